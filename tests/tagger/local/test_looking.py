"""The local tagger as the service uses it."""
