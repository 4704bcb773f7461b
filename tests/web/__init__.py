"""The page in a real browser, with the real product behind it."""
