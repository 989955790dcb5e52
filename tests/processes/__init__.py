"""The whole system as separate processes on PostgreSQL, over sockets: `make kill` kills them while they call."""
