-- Whoever comes without a name, where the gallery is open to all.
SELECT 'guest' AS role, 'local' AS gallery, guests_take AS originals
FROM house
WHERE open_gallery
