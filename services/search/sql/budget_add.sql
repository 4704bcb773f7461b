-- More (or less) was spent in these periods.
UPDATE budget SET spent = greatest(0, spent + %(amount)s) WHERE period = ANY (%(periods)s)
