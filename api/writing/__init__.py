"""One write, from a request's body to stored records, in one transaction."""
