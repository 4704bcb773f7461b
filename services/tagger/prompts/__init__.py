"""Prompts are documents of their own; a changed one gets a new name, and photos are asked anew."""

from pathlib import Path

FOLDER = Path(__file__).parent
VISION = "vision-1"


def read(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text()
