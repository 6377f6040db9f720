"""What several test modules share: the service, its clients, models of what it must answer."""
