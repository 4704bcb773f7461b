"""Documentation that cannot lie: its tables are written by the code that they describe."""
