-- How agents show themselves to visitors.

-- In the place of the name; null where visitors see that.
ALTER TABLE agents ADD COLUMN public_name TEXT;

-- One for each agent at most. Another picture has another id, by which it is shown.
CREATE TABLE agent_pictures (
    workspace_id BLOB NOT NULL,
    agent_id     BLOB NOT NULL,
    id           BLOB NOT NULL,
    -- By its bytes: image/png, image/jpeg or image/webp.
    mime         TEXT NOT NULL,
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    bytes        BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    CONSTRAINT agent_pictures_pkey PRIMARY KEY (workspace_id, agent_id),
    CONSTRAINT agent_pictures_id_key UNIQUE (id),
    CONSTRAINT agent_pictures_mime_check CHECK (mime IN ('image/png', 'image/jpeg', 'image/webp')),
    CONSTRAINT agent_pictures_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
) STRICT;
