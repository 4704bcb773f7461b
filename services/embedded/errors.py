"""The one way in which starting can fail: a sentence that says what to do."""


class CannotStart(Exception):
    """Shown to a person as it is, without a traceback."""
