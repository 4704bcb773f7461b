"""Who gets in: accounts, sessions, keys, links, and the walls between galleries."""
