"""openapi.yaml, derived from the views and the schemas."""
