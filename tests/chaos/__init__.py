"""What must stay true whatever dies, and when."""
