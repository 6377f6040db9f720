"""The page for people: the API's own answers as HTML, drawn on the server."""
