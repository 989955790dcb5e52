"""What `outbound serve` is made of: the checks at the start, the lock, the web server, the flows, the end."""
