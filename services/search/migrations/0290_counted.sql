-- How many photos a gallery shows, by status. To count a million took half a second and was done every
-- five; so changes are noted by the way and added up by search now and then, as those of words are.
CREATE TABLE photo_count (
    owner  text NOT NULL,
    status text NOT NULL,
    photos bigint NOT NULL,
    PRIMARY KEY (owner, status)
);
CREATE TABLE photo_count_change (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner     text NOT NULL,
    status    text NOT NULL,
    by        int NOT NULL
);

DO $$
DECLARE
    of_what text;
BEGIN
    FOREACH of_what IN ARRAY ARRAY['photo_count', 'photo_count_change'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', of_what);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', of_what);
        EXECUTE format('CREATE POLICY all_galleries ON %I TO CURRENT_USER USING (true)', of_what);
        EXECUTE format('CREATE POLICY own_gallery ON %I TO imgcap_gallery'
                       ' USING (owner = (SELECT current_setting(''imgcap.owner'', true)))', of_what);
    END LOOP;
END $$;

CREATE FUNCTION photo_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.status NOT IN ('receiving', 'deleting', 'deleted') THEN
        INSERT INTO photo_count_change (owner, status, by) VALUES (OLD.owner, OLD.status, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.status NOT IN ('receiving', 'deleting', 'deleted') THEN
        INSERT INTO photo_count_change (owner, status, by) VALUES (NEW.owner, NEW.status, 1);
    END IF;
    RETURN NULL;
END $$;

-- Nobody writes between what is counted here and what is noted from now on.
LOCK TABLE photo IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO photo_count (owner, status, photos)
SELECT owner, status, count(*)
FROM photo
WHERE status NOT IN ('receiving', 'deleting', 'deleted')
GROUP BY owner, status;
CREATE TRIGGER photo_counted AFTER INSERT OR DELETE ON photo
FOR EACH ROW EXECUTE FUNCTION photo_counted();
CREATE TRIGGER photo_counted_anew AFTER UPDATE ON photo
FOR EACH ROW WHEN (OLD.status <> NEW.status OR OLD.owner <> NEW.owner)
EXECUTE FUNCTION photo_counted();
