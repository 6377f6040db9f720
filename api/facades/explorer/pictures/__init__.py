"""Pictures as SVG, drawn by the server: they need no script, can be printed, and have no colour."""
