"""What may be sent and what is received: the contract of the service."""
