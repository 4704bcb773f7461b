"""Reading photos that nobody trusts."""
