"""Parts of placing and settling calls; the verbs themselves are in `place_calls` and `settle_calls`."""
