"""Tests are sentences; whoever needs a neighbour gets a real one."""
