"""HTTP and nothing else: from a request to the models and back."""
