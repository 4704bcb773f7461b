"""The local eyes, one test module per concern."""
