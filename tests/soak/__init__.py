"""Half an hour of an ordinary day: nothing may grow, and no photo may wait."""
