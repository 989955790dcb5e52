"""From words to a named time: tokens by language, one grammar over them, and the calendar that resolves it."""
