"""The only owner of the database: keeps the record of every photo and answers queries."""
