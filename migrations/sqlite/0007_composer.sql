-- What agents write with: drafts that follow them over devices, canned replies, mentions in notes.

-- What an agent typed and did not send yet: no log, and no rev.
CREATE TABLE drafts (
    workspace_id    BLOB NOT NULL,
    agent_id        BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    text            TEXT NOT NULL,
    -- 1: typed as a note.
    note            INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    CONSTRAINT drafts_pkey PRIMARY KEY (workspace_id, agent_id, conversation_id),
    CONSTRAINT drafts_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id),
    CONSTRAINT drafts_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- Words that are used again and again: an agent's own, a queue's, or everybody's.
CREATE TABLE canned_replies (
    workspace_id BLOB NOT NULL,
    id           BLOB NOT NULL,
    agent_id     BLOB,
    queue_id     BLOB,
    shortcut     TEXT NOT NULL,
    title        TEXT NOT NULL,
    text         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    CONSTRAINT canned_replies_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT canned_replies_scope_check CHECK (agent_id IS NULL OR queue_id IS NULL),
    CONSTRAINT canned_replies_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id),
    CONSTRAINT canned_replies_queue_fkey FOREIGN KEY (workspace_id, queue_id) REFERENCES queues (workspace_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX canned_replies_by_agent ON canned_replies (workspace_id, agent_id);
CREATE INDEX canned_replies_by_queue ON canned_replies (workspace_id, queue_id);

-- Who was named in which note, and whether they have seen it.
CREATE TABLE mentions (
    workspace_id    BLOB NOT NULL,
    agent_id        BLOB NOT NULL,
    message_id      BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    -- The note's place in its conversation.
    seq             INTEGER NOT NULL,
    by_agent_id     BLOB NOT NULL,
    created_at      INTEGER NOT NULL,
    seen_at         INTEGER,
    CONSTRAINT mentions_pkey PRIMARY KEY (workspace_id, agent_id, message_id),
    CONSTRAINT mentions_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id),
    CONSTRAINT mentions_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX mentions_unseen ON mentions (workspace_id, agent_id, conversation_id) WHERE seen_at IS NULL;

-- What a message said before it was edited, for agents.
CREATE TABLE message_edits (
    workspace_id BLOB NOT NULL,
    message_id   BLOB NOT NULL,
    -- The rev at which these words stood.
    rev          INTEGER NOT NULL,
    text         TEXT NOT NULL,
    replaced_at  INTEGER NOT NULL,
    CONSTRAINT message_edits_pkey PRIMARY KEY (workspace_id, message_id, rev)
) STRICT, WITHOUT ROWID;
