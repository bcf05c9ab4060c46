-- Visitors whom the website knows: the secret that it signs with, and what a signed token proves.

-- The secrets of a site, at most two: while its owner goes over to a new one, the one before still
-- counts. Both ends need the text itself, so it is stored as it is, away from what is read of a site
-- otherwise.
CREATE TABLE identity_secrets (
    workspace_id BLOB NOT NULL,
    site_id      BLOB NOT NULL,
    slot         TEXT NOT NULL,
    secret       TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    CONSTRAINT identity_secrets_pkey PRIMARY KEY (workspace_id, site_id, slot),
    CONSTRAINT identity_secrets_slot_check CHECK (slot IN ('current', 'before')),
    CONSTRAINT identity_secrets_site_fkey FOREIGN KEY (workspace_id, site_id) REFERENCES sites (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- The website's own name for the visitor, from the token's sub. Who has one is verified.
ALTER TABLE visitors ADD COLUMN external_id TEXT;
-- JSON object: which of the details a token vouches for.
ALTER TABLE visitors ADD COLUMN verified TEXT NOT NULL DEFAULT '{}';
-- Another device of an identified visitor: the token of this row means that visitor, and the row has
-- no conversations any more. An identified visitor is never merged, so one step always arrives. The
-- statement that writes it looks for the other row in the same workspace and site: SQLite cannot add
-- a foreign key of two columns to a table. Who deletes a visitor deletes the rows that name them.
ALTER TABLE visitors ADD COLUMN merged_into BLOB
    CONSTRAINT visitors_merged_check CHECK (merged_into IS NULL OR (merged_into <> id AND external_id IS NULL));

-- One visitor per site and external id: the database decides a race of two devices.
CREATE UNIQUE INDEX visitors_external_key ON visitors (site_id, external_id) WHERE external_id IS NOT NULL;
-- The devices of an identified visitor, when a conversation starts.
CREATE INDEX visitors_merged ON visitors (merged_into) WHERE merged_into IS NOT NULL;
