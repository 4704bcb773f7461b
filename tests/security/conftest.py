"""The gateway's house, for whoever wants to break into it."""

from tests.gateway.conftest import house, shared_house, street, web

__all__ = ["house", "shared_house", "street", "web"]
