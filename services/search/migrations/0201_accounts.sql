-- Who gets in. Tokens, keys and passwords are here as hashes only.

CREATE TABLE account (
    account_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name         text NOT NULL,
    role         text NOT NULL CHECK (role IN ('owner', 'member', 'guest')),
    gallery      text NOT NULL,          -- whose photos it sees: the owner of the rows
    password     text,                   -- argon2id; null: signs in elsewhere
    oidc_issuer  text,
    oidc_subject text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (oidc_issuer, oidc_subject)
);
CREATE UNIQUE INDEX account_name ON account (lower(name));

-- A link that makes one account, once.
CREATE TABLE invitation (
    invitation_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash    text NOT NULL UNIQUE,
    role          text NOT NULL CHECK (role IN ('owner', 'member', 'guest')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL
);

CREATE TABLE login_session (
    session_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash text NOT NULL UNIQUE,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    agent      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_session_account ON login_session (account_id);

CREATE TABLE api_key (
    key_id      text PRIMARY KEY,
    secret_hash text NOT NULL,
    account_id  uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    name        text NOT NULL,
    scopes      text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'upload', 'edit', 'admin']),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    used_at     timestamptz
);
CREATE INDEX api_key_account ON api_key (account_id);

CREATE TABLE share (
    share_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash text NOT NULL UNIQUE,
    owner      text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('photo', 'search', 'selection')),
    photo_ids  uuid[] NOT NULL DEFAULT '{}',
    query      text NOT NULL DEFAULT '',
    strictness int NOT NULL DEFAULT 50,
    title      text NOT NULL DEFAULT '',
    password   text,
    facts      boolean NOT NULL DEFAULT false,   -- camera, time and name of the file are shown
    originals  boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    opened_at  timestamptz
);
CREATE INDEX share_owner ON share (owner, created_at);

-- Who did what, for the owner to read; nothing here is ever changed.
CREATE TABLE audit_entry (
    entry_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    what       text NOT NULL,
    account_id uuid,
    name       text NOT NULL DEFAULT '',
    address    text NOT NULL DEFAULT '',
    more       jsonb NOT NULL DEFAULT '{}'
);

-- One row: what holds for the whole house.
CREATE TABLE house (
    one           boolean PRIMARY KEY DEFAULT true CHECK (one),
    open_gallery  boolean NOT NULL DEFAULT false,   -- anybody may look at the owner's photos
    guests_take   boolean NOT NULL DEFAULT false    -- guests may have originals
);
INSERT INTO house DEFAULT VALUES;

-- What answers people about photos has no business here.
REVOKE ALL ON account, invitation, login_session, api_key, share, audit_entry, house
    FROM imgcap_gallery;
