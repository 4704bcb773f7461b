"""The gateway: the public door. Takes photos in, hands answers out."""
