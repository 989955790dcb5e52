"""Prefect flows: one for each batch verb, under the verb's name. So thin that they can be read aloud."""
