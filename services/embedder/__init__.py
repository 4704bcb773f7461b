"""Turns words into vectors: photo.tagged -> photo.embedded, and the texts of queries."""
