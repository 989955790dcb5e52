"""What goes wrong inside of the product: its database, its clock, its receiver, its processes, and who writes to it."""
