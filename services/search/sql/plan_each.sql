-- Statements of this transaction are planned for what they ask.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true)
