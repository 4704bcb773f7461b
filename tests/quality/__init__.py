"""How good the local eyes are, measured: `python -m tests.quality`."""
