"""A script: a graph of steps as data, with its prompts by language."""
