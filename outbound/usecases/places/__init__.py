"""Where contacts are, and areas where nobody is called for a while."""
