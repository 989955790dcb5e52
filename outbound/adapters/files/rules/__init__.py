"""Rule packs, calendars and signatures as files."""
