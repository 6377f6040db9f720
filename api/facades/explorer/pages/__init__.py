"""The pages: each asks the API, and fills a template."""
