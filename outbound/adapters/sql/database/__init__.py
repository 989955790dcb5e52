"""The database itself: connections, keys, column types, prepared statements, migration."""
