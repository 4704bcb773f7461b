"""Tests of the record, the gallery and the search, on a real PostgreSQL."""
