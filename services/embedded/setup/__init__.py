"""From a fresh clone to something that can start. Only the standard library is there to help."""
