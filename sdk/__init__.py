"""Clients: how SDKs and collections of requests are made of openapi.yaml."""
