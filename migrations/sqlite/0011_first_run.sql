-- The first run: where a site's tag was seen, and chats that only try things out.

-- Pages on which a site's widget asked this server for something: the owner sees that the tag is there,
-- and where it is without being allowed.
CREATE TABLE site_sightings (
    workspace_id BLOB NOT NULL,
    site_id      BLOB NOT NULL,
    -- As browsers write it.
    origin       TEXT NOT NULL,
    seen_at      INTEGER NOT NULL,
    CONSTRAINT site_sightings_pkey PRIMARY KEY (workspace_id, site_id, origin),
    CONSTRAINT site_sightings_site_fkey FOREIGN KEY (workspace_id, site_id) REFERENCES sites (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- Somebody of the team tries things out; left out of every number.
ALTER TABLE conversations ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0;
