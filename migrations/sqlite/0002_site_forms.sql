-- What a site asks of its visitors, and what they answered.

-- JSON object: what the site asks and tells (server/sites/settings.rs). Null is all defaults, which
-- is what an older program writes.
ALTER TABLE sites ADD COLUMN settings TEXT;

-- When consent was given or refused. The column consent itself is there already.
ALTER TABLE visitors ADD COLUMN consent_at INTEGER;

-- What a visitor answered or chose for their next conversation. Gone when it begins.
CREATE TABLE next_chats (
    workspace_id BLOB NOT NULL,
    visitor_id   BLOB NOT NULL,
    -- Where it is to wait; null where the site says.
    queue_id     BLOB,
    -- When the form before the chat was answered; null while it is not.
    pre_chat_at  INTEGER,
    CONSTRAINT next_chats_pkey PRIMARY KEY (workspace_id, visitor_id),
    CONSTRAINT next_chats_visitor_fkey FOREIGN KEY (workspace_id, visitor_id) REFERENCES visitors (workspace_id, id),
    CONSTRAINT next_chats_queue_fkey FOREIGN KEY (workspace_id, queue_id) REFERENCES queues (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- Forms that were answered, so that a resend is recognized: the newest few of each visitor.
CREATE TABLE form_answers (
    workspace_id BLOB NOT NULL,
    -- Drawn by the client.
    id           BLOB NOT NULL,
    visitor_id   BLOB NOT NULL,
    form         TEXT NOT NULL,
    -- The first 64 bits of SHA-256 over what was sent: tells a resend from an id reused.
    digest       INTEGER NOT NULL,
    answered_at  INTEGER NOT NULL,
    CONSTRAINT form_answers_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT form_answers_form_check CHECK (form IN ('consent', 'pre_chat', 'offline', 'rating')),
    CONSTRAINT form_answers_visitor_fkey FOREIGN KEY (workspace_id, visitor_id) REFERENCES visitors (workspace_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX form_answers_by_visitor ON form_answers (workspace_id, visitor_id, answered_at);

-- What the visitor thought of a conversation: once.
CREATE TABLE ratings (
    workspace_id    BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    -- Null where they did not want to say.
    score           INTEGER,
    comment         TEXT,
    rated_at        INTEGER NOT NULL,
    CONSTRAINT ratings_pkey PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT ratings_score_check CHECK (score BETWEEN 1 AND 5),
    CONSTRAINT ratings_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- Where a visitor was and what they did on the site: the newest hundred.
CREATE TABLE visitor_trail (
    workspace_id BLOB NOT NULL,
    visitor_id   BLOB NOT NULL,
    -- Of the frame that told it, drawn by the client.
    id           BLOB NOT NULL,
    kind         TEXT NOT NULL,
    -- The page's address, or the event's name.
    name         TEXT NOT NULL,
    -- JSON: the page's title and referrer, or the event's data.
    data         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    CONSTRAINT visitor_trail_pkey PRIMARY KEY (workspace_id, visitor_id, id, kind),
    CONSTRAINT visitor_trail_kind_check CHECK (kind IN ('page', 'event')),
    CONSTRAINT visitor_trail_visitor_fkey FOREIGN KEY (workspace_id, visitor_id) REFERENCES visitors (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- The line of one queue, oldest first.
CREATE INDEX conversations_line ON conversations (workspace_id, queue_id, queued_at) WHERE state = 'queued';
