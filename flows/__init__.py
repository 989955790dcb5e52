"""Prefect flows: one for each batch verb, under the verb's name. So thin that they can be read aloud."""

import os

# Prefect reads these when it is first imported. Nothing is sent home; a line for every flow run would hide the rest.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
