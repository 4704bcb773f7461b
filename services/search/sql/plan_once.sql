-- Statements of this transaction differ in nothing that a plan could use.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true)
