"""The neighbours of `make run`: broker, database and store, for a machine that has none."""
