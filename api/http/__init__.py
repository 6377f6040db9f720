"""A request in and an answer out: what every view needs of HTTP."""
