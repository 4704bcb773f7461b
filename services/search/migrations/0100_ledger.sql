-- The books: one row for each paid call, made before it and settled after it. It says both what a
-- call cost and what of a photo left the house. No reference to the photo: the books outlive it.
CREATE TABLE spend (
    call_id       uuid PRIMARY KEY,
    photo_id      uuid,
    owner         text NOT NULL,
    provider      text NOT NULL,
    model         text NOT NULL,
    prompt        text NOT NULL DEFAULT '',
    purpose       text NOT NULL,
    width         int NOT NULL DEFAULT 0,
    height        int NOT NULL DEFAULT 0,
    bytes         bigint NOT NULL DEFAULT 0,
    words         int NOT NULL DEFAULT 0,
    input_tokens  int NOT NULL DEFAULT 0,
    output_tokens int NOT NULL DEFAULT 0,
    estimate      numeric(14, 8) NOT NULL CHECK (estimate >= 0),
    cost          numeric(14, 8),                -- null: not known (yet), the estimate counts
    outcome       text NOT NULL DEFAULT 'open',
    made_at       timestamptz NOT NULL DEFAULT now(),
    settled_at    timestamptz
);
CREATE INDEX spend_photo ON spend (photo_id, made_at);
CREATE INDEX spend_made ON spend (made_at);

-- What each day and each month has cost so far, reservations included: the row is the lock.
CREATE TABLE budget (
    period text PRIMARY KEY,                     -- 2026-11 or 2026-11-22, UTC
    spent  numeric(14, 8) NOT NULL DEFAULT 0
);

-- How the providers are, as the workers have last found them.
CREATE TABLE provider (
    name       text PRIMARY KEY,
    state      text NOT NULL CHECK (state IN ('well', 'down', 'paused')),
    code       text NOT NULL DEFAULT '',
    text       text NOT NULL DEFAULT '',
    model      text NOT NULL DEFAULT '',
    ends       date,                             -- when the model is shut down
    since      timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Nothing of this photo may leave the house.
ALTER TABLE photo ADD COLUMN local_only boolean NOT NULL DEFAULT false;
