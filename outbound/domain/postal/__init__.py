"""Which part of a country a postal code lies in, for countries whose codes say so without fail."""
