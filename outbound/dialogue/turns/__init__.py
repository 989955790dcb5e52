"""The work of one turn, one job a module: recognising, answering, walking, speaking, and what may come in between."""
