"""Everything in containers, for real: `make compose-test`. No part of `make test`."""
