"""What a load balancer and a monitoring system ask: does it live, does it get on, and in what figures."""
