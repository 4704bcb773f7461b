-- How many photos of one owner a re-tag would look at anew.
SELECT count(*), now() FROM photo
WHERE owner = %(owner)s AND status IN ('ready', 'partial', 'failed')
