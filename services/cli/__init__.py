"""The `imgcap` command: the gallery and its workers from a terminal."""
