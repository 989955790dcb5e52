"""The REST interface: Twilio's calls and messages, its parameters and its errors."""
