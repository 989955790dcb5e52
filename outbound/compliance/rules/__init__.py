"""Rules as values: packs, calendars, and who signed them."""
