-- What search looks at: one row a photo, made anew by the same transaction that changes the photo.

-- Named colours in CIE L*a*b* (D65): a photo has one by the share of its pixels that lie near it.
CREATE TABLE colour (
    number int PRIMARY KEY,        -- its place in a colour vector, from 1
    name   text NOT NULL UNIQUE,
    l real NOT NULL, a real NOT NULL, b real NOT NULL
);
INSERT INTO colour (number, name, l, a, b) VALUES
    (1, 'black', 8, 0, 0), (2, 'grey', 50, 0, 0), (3, 'white', 95, 0, 0),
    (4, 'red', 46, 66, 46), (5, 'orange', 66, 36, 66), (6, 'yellow', 86, -4, 76),
    (7, 'lime', 78, -48, 62), (8, 'green', 46, -42, 36), (9, 'teal', 52, -30, -8),
    (10, 'cyan', 82, -36, -14), (11, 'blue', 40, 14, -58), (12, 'sky blue', 74, -10, -26),
    (13, 'navy', 18, 14, -34), (14, 'purple', 36, 44, -42), (15, 'magenta', 52, 74, -28),
    (16, 'pink', 76, 34, 4), (17, 'brown', 34, 18, 28), (18, 'beige', 84, 3, 18),
    (19, 'gold', 70, 8, 58), (20, 'olive', 48, -10, 44);

-- Where moods lie when their source gave no numbers: valence and energy, -1..1.
CREATE TABLE mood_place (text text PRIMARY KEY, valence real NOT NULL, energy real NOT NULL);
INSERT INTO mood_place VALUES
    ('melancholic', -.6, -.5), ('sad', -.7, -.4), ('lonely', -.6, -.5), ('gloomy', -.6, -.4),
    ('bleak', -.6, -.4), ('nostalgic', .1, -.4), ('serene', .6, -.7), ('calm', .5, -.7),
    ('peaceful', .6, -.7), ('tranquil', .6, -.7), ('contemplative', .1, -.5), ('dreamy', .4, -.4),
    ('romantic', .6, -.1), ('cozy', .6, -.4), ('warm', .5, -.1), ('hopeful', .6, .2),
    ('joyful', .8, .6), ('happy', .8, .5), ('cheerful', .8, .5), ('playful', .7, .6),
    ('energetic', .5, .8), ('lively', .6, .7), ('vibrant', .6, .6), ('exciting', .6, .8),
    ('majestic', .5, .4), ('dramatic', -.1, .7), ('intense', -.1, .8), ('tense', -.5, .6),
    ('ominous', -.6, .4), ('mysterious', -.2, .1), ('eerie', -.5, .2), ('angry', -.7, .8),
    ('fearful', -.7, .6), ('moody', -.3, -.1), ('cold', -.3, -.3), ('fresh', .5, .3);

-- What is true of a photo besides its tags, counted and found like them: colours, years, cameras...
-- Negative ids, so that one array holds both.
CREATE TABLE trait (
    trait_id int GENERATED ALWAYS AS IDENTITY (INCREMENT BY -1 START WITH -1) PRIMARY KEY,
    kind     text NOT NULL CHECK (kind IN ('colour', 'orientation', 'year', 'camera', 'lens')),
    text     text NOT NULL,
    UNIQUE (kind, text)
);
INSERT INTO trait (kind, text) SELECT 'colour', name FROM colour ORDER BY number;
INSERT INTO trait (kind, text) VALUES
    ('orientation', 'landscape'), ('orientation', 'portrait'), ('orientation', 'square'),
    ('orientation', 'panorama');

CREATE TABLE photo_facts (
    photo_id    uuid PRIMARY KEY REFERENCES photo ON DELETE CASCADE,
    owner       text NOT NULL,
    tags        int[] NOT NULL,       -- tag ids and trait ids
    sure        smallint[] NOT NULL,  -- beside them, in percent
    facts       jsonb NOT NULL,       -- what filters ask; see docs/search.md
    words       tsvector NOT NULL,    -- the file's name and the caption
    composition halfvec(24),          -- geometry, whatever the content
    colours     halfvec(20),          -- how much of each named colour
    print_bits  bit(48) NOT NULL,     -- a perceptual hash
    print_keys  int[] NOT NULL,       -- its parts: prints that are alike share one
    seen_at     timestamptz NOT NULL DEFAULT now()  -- first found by search
) WITH (fillfactor = 90);

CREATE INDEX photo_facts_owner ON photo_facts (owner, photo_id);
CREATE INDEX photo_facts_facts ON photo_facts USING gin (facts jsonb_path_ops);
CREATE INDEX photo_facts_words ON photo_facts USING gin (words);
CREATE INDEX photo_facts_prints ON photo_facts USING gin (print_keys);
-- Dates are everybody's filter and cover few photos each.
CREATE INDEX photo_facts_day ON photo_facts (owner, ((facts -> 'd')::int));
CREATE INDEX photo_facts_composition ON photo_facts USING hnsw (composition halfvec_l2_ops)
    WITH (m = 8, ef_construction = 32);
CREATE INDEX photo_facts_colours ON photo_facts USING hnsw (colours halfvec_cosine_ops)
    WITH (m = 8, ef_construction = 32);

-- Photos that look the same, found when the later one came.
CREATE TABLE photo_twin (
    photo_id uuid NOT NULL REFERENCES photo_facts ON DELETE CASCADE,
    twin_id  uuid NOT NULL REFERENCES photo_facts (photo_id) ON DELETE CASCADE,
    owner    text NOT NULL,
    distance int NOT NULL,
    PRIMARY KEY (photo_id, twin_id)
);
CREATE INDEX photo_twin_other ON photo_twin (twin_id);
CREATE INDEX photo_twin_owner ON photo_twin (owner);

-- How many photos have a word: changes are noted by the way, and added up by search now and then.
-- Counting in place would make every photo wait for the row of 'animal'.
CREATE TABLE tag_use (
    owner  text NOT NULL,
    tag_id int NOT NULL,
    photos int NOT NULL,
    PRIMARY KEY (owner, tag_id)
);
CREATE TABLE tag_use_change (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner     text NOT NULL,
    gained    int[] NOT NULL,
    lost      int[] NOT NULL
);

-- Query texts that were placed before: the embedder is asked once, whoever asks.
CREATE TABLE query_vector (
    model_id  int NOT NULL REFERENCES embedding_model ON DELETE CASCADE,
    text      text NOT NULL,
    embedding halfvec NOT NULL,
    used_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model_id, text)
);
CREATE INDEX query_vector_used ON query_vector (used_at);

-- A question worth keeping; answered anew whenever it is opened.
CREATE TABLE saved_search (
    saved_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner      text NOT NULL,
    name       text NOT NULL,
    query      text NOT NULL,
    strictness int NOT NULL DEFAULT 50 CHECK (strictness BETWEEN 0 AND 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    looked_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner, name)
);
