-- The record of every photo, what was seen in it, and where that lies in the space of meaning.
CREATE EXTENSION IF NOT EXISTS vector;

-- Grows with every change of any photo, so that an open page can ask what it missed.
CREATE SEQUENCE change_seq;

-- One row is the truth, the outbox and the retry schedule of one photo.
CREATE TABLE photo (
    photo_id           uuid PRIMARY KEY,
    owner              text NOT NULL,
    sha256             text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    filename           text NOT NULL,
    content_type       text NOT NULL,
    bytes              bigint NOT NULL CHECK (bytes > 0),
    width              int NOT NULL CHECK (width > 0),
    height             int NOT NULL CHECK (height > 0),
    thumbhash          text NOT NULL,
    palette            jsonb NOT NULL DEFAULT '[]',
    exif               jsonb NOT NULL DEFAULT '{}',
    taken_at           timestamp,                   -- the camera's local time
    status             text NOT NULL DEFAULT 'receiving' CHECK (status IN
                       ('receiving', 'queued', 'ready', 'partial', 'failed', 'deleting', 'deleted')),
    generation         int NOT NULL DEFAULT 1,      -- a result of another generation is dropped
    blob_generation    int NOT NULL DEFAULT 1,      -- where the bytes lie
    applied_generation int NOT NULL DEFAULT 0,      -- whose tags and vectors are shown
    attempts           int NOT NULL DEFAULT 0,      -- tries that failed by the photo's own fault
    waits              int NOT NULL DEFAULT 0,      -- tries that failed by somebody else's
    sweeps             int NOT NULL DEFAULT 0,      -- times it was found lost and published again
    next_at            timestamptz,                 -- publish (again) then
    published_at       timestamptz,
    reason_code        text NOT NULL DEFAULT '',
    reason_text        text NOT NULL DEFAULT '',
    caption            text NOT NULL DEFAULT '',
    tagger             text NOT NULL DEFAULT '',
    embedder           text NOT NULL DEFAULT '',
    cost               numeric(14, 8) NOT NULL DEFAULT 0,
    seq                bigint NOT NULL DEFAULT nextval('change_seq'),
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    deleted_at         timestamptz
);

CREATE INDEX photo_newest ON photo (owner, created_at DESC, photo_id DESC)
    WHERE status NOT IN ('receiving', 'deleting', 'deleted');
CREATE INDEX photo_unfinished ON photo (created_at) WHERE status IN ('receiving', 'queued', 'deleting');
CREATE INDEX photo_due ON photo (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX photo_changes ON photo (owner, seq);

CREATE TABLE tag (
    tag_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind   text NOT NULL CHECK (kind IN ('label', 'mood', 'composition', 'user')),
    text   text NOT NULL,
    UNIQUE (kind, text)
);
CREATE INDEX tag_prefix ON tag (text text_pattern_ops);

CREATE TABLE photo_tag (
    photo_id   uuid NOT NULL REFERENCES photo ON DELETE CASCADE,
    tag_id     bigint NOT NULL REFERENCES tag,
    owner      text NOT NULL,
    confidence real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    source     text NOT NULL,
    model      text NOT NULL DEFAULT '',
    evidence   jsonb,
    PRIMARY KEY (photo_id, tag_id)
);
-- A tag's photos are read best first, and from the index alone.
CREATE INDEX photo_tag_best ON photo_tag (tag_id, confidence DESC) INCLUDE (photo_id);

-- What a person said of a photo wins over every model, for ever.
CREATE TABLE tag_edit (
    photo_id  uuid NOT NULL REFERENCES photo ON DELETE CASCADE,
    tag_id    bigint NOT NULL REFERENCES tag,
    verdict   text NOT NULL CHECK (verdict IN ('added', 'rejected')),
    edited_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (photo_id, tag_id)
);

-- Vectors of two models are never compared; the active one answers queries.
CREATE TABLE embedding_model (
    model_id   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    dimensions int NOT NULL CHECK (dimensions BETWEEN 1 AND 4000),
    active     boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX one_active_model ON embedding_model (active) WHERE active;

CREATE TABLE tag_vector (
    model_id  int NOT NULL REFERENCES embedding_model ON DELETE CASCADE,
    tag_id    bigint NOT NULL REFERENCES tag ON DELETE CASCADE,
    embedding halfvec NOT NULL,
    PRIMARY KEY (model_id, tag_id)
);

-- Narrow and written once per result: mutable columns stay out of the table that HNSW indexes.
CREATE TABLE photo_vector (
    model_id  int NOT NULL REFERENCES embedding_model ON DELETE CASCADE,
    photo_id  uuid NOT NULL REFERENCES photo ON DELETE CASCADE,
    owner     text NOT NULL,
    embedding halfvec NOT NULL,
    PRIMARY KEY (model_id, photo_id)
);

-- Bytes that must go: first at once, then once more, for what was still on its way.
CREATE TABLE doomed_blobs (
    prefix    text PRIMARY KEY,
    photo_id  uuid NOT NULL,
    passes    int NOT NULL DEFAULT 0,
    due_at    timestamptz NOT NULL DEFAULT now(),
    doomed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX doomed_due ON doomed_blobs (due_at);

-- HNSW needs the number of dimensions, so each model has indexes of its own.
-- m and ef_construction: the measured choice of the performance page.
CREATE FUNCTION make_vector_indexes(model text, dimensions int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE id int := (SELECT model_id FROM embedding_model WHERE name = model);
        of_what text;
BEGIN
    FOREACH of_what IN ARRAY ARRAY['tag', 'photo'] LOOP
        EXECUTE format(
            'CREATE INDEX IF NOT EXISTS %I ON %I USING hnsw ((embedding::halfvec(%s)) halfvec_cosine_ops)'
            ' WITH (m = 16, ef_construction = 64) WHERE model_id = %s',
            of_what || '_vector_model_' || id, of_what || '_vector', dimensions, id);
    END LOOP;
END $$;
