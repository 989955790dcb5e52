"""One law a function: a case in, its violations out."""
