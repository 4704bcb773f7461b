"""Live status: what happens to photos, told to every open page."""
