"""Looks at a photo with this machine's own eyes: pure functions over pixels, no network."""
