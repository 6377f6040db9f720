"""Collections of requests for Postman and for editors, made of openapi.yaml and the scenario."""
