"""The 1000 classes of the label model in plain words, and the script that makes the table."""
