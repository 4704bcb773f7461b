-- How many photos of one owner have failed.
SELECT count(*) FROM photo WHERE owner = %(owner)s AND status = 'failed'
