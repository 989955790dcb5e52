"""TwiML: what it says, how long that takes, and how it is carried out."""
