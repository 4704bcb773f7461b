-- Somebody who owns the house.
SELECT account_id FROM account WHERE role = 'owner' LIMIT 1
