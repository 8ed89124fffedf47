"""Read models kept in SQLite, one file each."""
