"""What went wrong, in one sentence that says what to do."""


class Trouble(Exception):
    """Shown as it is; nobody who types a command wants to see a traceback."""
