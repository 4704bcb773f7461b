"""Figures, always as ratios within one run: the machine is shared, and absolute values drift."""
