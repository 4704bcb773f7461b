-- Photos that may wait for half the price, and the batches that they wait in.

-- One of many that came together: a provider's answer may take a day.
ALTER TABLE photo ADD COLUMN patient boolean NOT NULL DEFAULT false;

-- Which answer a call is for, and until when it may still be on its way: nobody asks for the same
-- answer meanwhile. Empty for calls that are no one photo's.
ALTER TABLE spend ADD COLUMN version text NOT NULL DEFAULT '';
ALTER TABLE spend ADD COLUMN over_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX spend_open ON spend (photo_id) WHERE settled_at IS NULL;

CREATE TABLE batch (
    batch_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    provider      text NOT NULL,
    version       text NOT NULL,
    state         text NOT NULL DEFAULT 'filling' CHECK (state IN ('filling', 'sent', 'ended')),
    remote_id     text NOT NULL DEFAULT '',         -- its name at the provider
    remote_status text NOT NULL DEFAULT '',
    done          int NOT NULL DEFAULT 0,           -- answers that the provider has by now
    made_at       timestamptz NOT NULL DEFAULT now(),
    sent_at       timestamptz,
    expires_at    timestamptz,
    ended_at      timestamptz,
    look_at       timestamptz NOT NULL DEFAULT now()  -- a worker has it until then
);
CREATE INDEX batch_due ON batch (look_at) WHERE state <> 'ended';

-- One row for each answer that is waited for. The books know its call by the same id.
CREATE TABLE batch_photo (
    call_id         uuid PRIMARY KEY,
    photo_id        uuid NOT NULL,
    blob_generation int NOT NULL,
    provider        text NOT NULL,
    version         text NOT NULL,
    batch_id        uuid REFERENCES batch,
    state           text NOT NULL DEFAULT 'waiting'
                    CHECK (state IN ('waiting', 'sent', 'answered', 'refused', 'again')),
    text            text NOT NULL DEFAULT '',
    tries           int NOT NULL DEFAULT 0,
    told            boolean NOT NULL DEFAULT false,   -- the photo was woken to fetch its answer
    asked_at        timestamptz NOT NULL DEFAULT now(),
    not_before      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (photo_id, blob_generation, provider, version)
);
CREATE INDEX batch_photo_waiting ON batch_photo (provider, version, asked_at)
    WHERE state = 'waiting' AND batch_id IS NULL;
CREATE INDEX batch_photo_of ON batch_photo (batch_id) WHERE state IN ('waiting', 'sent');
CREATE INDEX batch_photo_told ON batch_photo (asked_at) WHERE told;
CREATE INDEX batch_photo_untold ON batch_photo (photo_id)
    WHERE state IN ('answered', 'refused', 'again') AND NOT told;

-- What waits where is the workers' affair, and no gallery's.
REVOKE ALL ON batch, batch_photo FROM imgcap_gallery;
