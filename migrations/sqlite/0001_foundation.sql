-- The foundation: who there is, what they say, and what waits to be done.
--
-- The same text stands in the folder of the other database, with that database's types.
-- Times are integers: milliseconds since the Unix epoch, UTC. Ids are UUIDv7, drawn by the
-- program. Every row of a tenant carries workspace_id, and foreign keys carry it too, so that a
-- row can never point into another workspace. Every constraint has a name: server/db/constraint.rs
-- turns the name into a domain error.

-- One row: what this database is.
CREATE TABLE instance (
    id               INTEGER NOT NULL,
    -- Opaque text that clients compare: it changes when a backup is restored, so that they drop
    -- caches which know more than the database does.
    generation       TEXT NOT NULL,
    -- SHA-256 of the one-time set-up token; null once there is an owner.
    setup_token_hash BLOB,
    created_at       INTEGER NOT NULL,
    CONSTRAINT instance_pkey PRIMARY KEY (id),
    CONSTRAINT instance_single CHECK (id = 1)
) STRICT;

-- The oldest program that may still run on this schema. A migration that an older program could
-- not live with inserts a row.
CREATE TABLE schema_compatibility (
    migration       INTEGER NOT NULL,
    min_app_version TEXT NOT NULL,
    CONSTRAINT schema_compatibility_pkey PRIMARY KEY (migration)
) STRICT;

CREATE TABLE workspaces (
    id         BLOB NOT NULL,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT workspaces_pkey PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

-- Where conversations wait.
CREATE TABLE queues (
    workspace_id BLOB NOT NULL,
    id           BLOB NOT NULL,
    name         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    CONSTRAINT queues_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT queues_name_key UNIQUE (workspace_id, name),
    CONSTRAINT queues_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;

-- One website that embeds the widget.
CREATE TABLE sites (
    workspace_id    BLOB NOT NULL,
    id              BLOB NOT NULL,
    -- Public: it stands in the page's script tag.
    key             TEXT NOT NULL,
    name            TEXT NOT NULL,
    -- JSON array of origins, as browsers write them.
    origins         TEXT NOT NULL,
    queue_id        BLOB NOT NULL,
    on_closed       TEXT NOT NULL,
    edit_window_s   INTEGER NOT NULL,
    delete_window_s INTEGER NOT NULL,
    locale          TEXT NOT NULL,
    -- JSON object: colour, greeting and what else only the widget reads.
    appearance      TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    CONSTRAINT sites_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT sites_key_key UNIQUE (key),
    CONSTRAINT sites_name_key UNIQUE (workspace_id, name),
    CONSTRAINT sites_on_closed_check CHECK (on_closed IN ('reopen', 'new')),
    CONSTRAINT sites_edit_window_check CHECK (edit_window_s >= 0),
    CONSTRAINT sites_delete_window_check CHECK (delete_window_s >= 0),
    CONSTRAINT sites_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
    CONSTRAINT sites_queue_fkey FOREIGN KEY (workspace_id, queue_id) REFERENCES queues (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- A person who answers.
CREATE TABLE agents (
    workspace_id  BLOB NOT NULL,
    id            BLOB NOT NULL,
    -- Folded to lower case by the program.
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    -- Argon2id as a PHC string.
    password_hash TEXT NOT NULL,
    -- Chats at once.
    capacity      INTEGER NOT NULL,
    state         TEXT NOT NULL,
    disabled_at   INTEGER,
    created_at    INTEGER NOT NULL,
    CONSTRAINT agents_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT agents_email_key UNIQUE (workspace_id, email),
    CONSTRAINT agents_role_check CHECK (role IN ('owner', 'admin', 'supervisor', 'agent')),
    CONSTRAINT agents_state_check CHECK (state IN ('online', 'draining', 'away', 'offline')),
    CONSTRAINT agents_capacity_check CHECK (capacity BETWEEN 0 AND 100),
    CONSTRAINT agents_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;

-- Sign-in looks an address up before it knows the workspace.
CREATE INDEX agents_by_email ON agents (email);

CREATE TABLE queue_agents (
    workspace_id BLOB NOT NULL,
    queue_id     BLOB NOT NULL,
    agent_id     BLOB NOT NULL,
    CONSTRAINT queue_agents_pkey PRIMARY KEY (workspace_id, queue_id, agent_id),
    CONSTRAINT queue_agents_queue_fkey FOREIGN KEY (workspace_id, queue_id) REFERENCES queues (workspace_id, id),
    CONSTRAINT queue_agents_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- A signed-in device of an agent. The cookie holds the token; here stands its SHA-256.
CREATE TABLE sessions (
    token_hash   BLOB NOT NULL,
    workspace_id BLOB NOT NULL,
    agent_id     BLOB NOT NULL,
    -- Goes into every form of this session.
    csrf         TEXT NOT NULL,
    user_agent   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (token_hash),
    CONSTRAINT sessions_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_agent ON sessions (workspace_id, agent_id);

-- Keys of the REST API: shown once, kept as SHA-256.
CREATE TABLE api_keys (
    workspace_id BLOB NOT NULL,
    id           BLOB NOT NULL,
    name         TEXT NOT NULL,
    key_hash     BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    CONSTRAINT api_keys_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT api_keys_hash_key UNIQUE (key_hash),
    CONSTRAINT api_keys_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;

-- A person on a site, known by SHA-256 of the token that their browser drew. The row is written
-- with the first durable act, not before.
CREATE TABLE visitors (
    workspace_id BLOB NOT NULL,
    id           BLOB NOT NULL,
    site_id      BLOB NOT NULL,
    token_hash   BLOB NOT NULL,
    name         TEXT,
    email        TEXT,
    phone        TEXT,
    locale       TEXT,
    attributes   TEXT NOT NULL,
    page         TEXT NOT NULL,
    consent      INTEGER,
    created_at   INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    CONSTRAINT visitors_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT visitors_token_key UNIQUE (site_id, token_hash),
    CONSTRAINT visitors_site_fkey FOREIGN KEY (workspace_id, site_id) REFERENCES sites (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- One visitor's thread. row_id is for the full-text index, which wants integers.
--
-- A message changes rev, visitor_rev, last_seq, waiting_since and updated_at only: no index names
-- them, so the hot path pays for none of these indexes (and PostgreSQL can update in place).
CREATE TABLE conversations (
    row_id         INTEGER NOT NULL,
    workspace_id   BLOB NOT NULL,
    id             BLOB NOT NULL,
    site_id        BLOB NOT NULL,
    visitor_id     BLOB NOT NULL,
    queue_id       BLOB NOT NULL,
    state          TEXT NOT NULL,
    -- The owner while assigned or snoozed.
    owner_agent_id BLOB,
    -- Rises at every hand-over.
    epoch          INTEGER NOT NULL,
    -- The one dense counter: every durable change takes the next.
    rev            INTEGER NOT NULL,
    -- The last rev that the visitor can see.
    visitor_rev    INTEGER NOT NULL,
    -- The seq of the last text that everybody can see.
    last_seq       INTEGER NOT NULL,
    -- Messages below this seq are gone.
    floor_seq      INTEGER NOT NULL,
    -- Since when the visitor waits for an answer; null when the last word is ours.
    waiting_since  INTEGER,
    -- Its place in the queue, drawn when it entered.
    queued_at      INTEGER NOT NULL,
    merged_into    BLOB,
    started_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    closed_at      INTEGER,
    CONSTRAINT conversations_pkey PRIMARY KEY (row_id),
    CONSTRAINT conversations_id_key UNIQUE (workspace_id, id),
    CONSTRAINT conversations_state_check CHECK (state IN ('bot', 'queued', 'assigned', 'snoozed', 'closed')),
    CONSTRAINT conversations_owner_check CHECK ((owner_agent_id IS NOT NULL) = (state IN ('assigned', 'snoozed'))),
    CONSTRAINT conversations_site_fkey FOREIGN KEY (workspace_id, site_id) REFERENCES sites (workspace_id, id),
    CONSTRAINT conversations_visitor_fkey FOREIGN KEY (workspace_id, visitor_id) REFERENCES visitors (workspace_id, id),
    CONSTRAINT conversations_queue_fkey FOREIGN KEY (workspace_id, queue_id) REFERENCES queues (workspace_id, id),
    CONSTRAINT conversations_agent_fkey FOREIGN KEY (workspace_id, owner_agent_id) REFERENCES agents (workspace_id, id),
    CONSTRAINT conversations_merged_fkey FOREIGN KEY (workspace_id, merged_into) REFERENCES conversations (workspace_id, id)
) STRICT;

-- One open chat per site and visitor: the database decides a race of two first messages.
CREATE UNIQUE INDEX conversations_one_open ON conversations (workspace_id, site_id, visitor_id) WHERE state <> 'closed';
-- A visitor's latest conversation, at every hello, and the list of earlier ones.
CREATE INDEX conversations_by_visitor ON conversations (workspace_id, site_id, visitor_id, started_at);
-- The console's lists: waiting, mine, all open, closed.
CREATE INDEX conversations_queued ON conversations (workspace_id, queued_at) WHERE state = 'queued';
CREATE INDEX conversations_owned ON conversations (workspace_id, owner_agent_id) WHERE owner_agent_id IS NOT NULL;
CREATE INDEX conversations_open ON conversations (workspace_id, started_at) WHERE state <> 'closed';
CREATE INDEX conversations_closed ON conversations (workspace_id, closed_at) WHERE state = 'closed';

-- Who is in a conversation, and how far they are. Monotone, takes no rev.
CREATE TABLE participants (
    workspace_id    BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    kind            TEXT NOT NULL,
    participant_id  BLOB NOT NULL,
    delivered_seq   INTEGER NOT NULL,
    read_seq        INTEGER NOT NULL,
    joined_at       INTEGER NOT NULL,
    CONSTRAINT participants_pkey PRIMARY KEY (workspace_id, conversation_id, kind, participant_id),
    CONSTRAINT participants_kind_check CHECK (kind IN ('visitor', 'agent', 'bot')),
    CONSTRAINT participants_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- One entry of a conversation. The two unique constraints and row_id are all that an insert pays:
-- the id makes a resend the same message, and (conversation, seq) is both the order and how pages
-- are read.
CREATE TABLE messages (
    row_id          INTEGER NOT NULL,
    workspace_id    BLOB NOT NULL,
    id              BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    -- The rev that created it.
    seq             INTEGER NOT NULL,
    -- The last rev that touched it.
    rev             INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    author_kind     TEXT NOT NULL,
    -- Null for the system.
    author_id       BLOB,
    -- Empty once deleted.
    text            TEXT NOT NULL,
    -- JSON object for what few messages have: event, payload. Null for plain text.
    extra           TEXT,
    reply_to        BLOB,
    -- The first 64 bits of SHA-256 over what was sent: tells a resend from an id reused, also
    -- after an edit.
    digest          INTEGER NOT NULL,
    edited_at       INTEGER,
    deleted_at      INTEGER,
    created_at      INTEGER NOT NULL,
    CONSTRAINT messages_pkey PRIMARY KEY (row_id),
    CONSTRAINT messages_id_key UNIQUE (workspace_id, id),
    CONSTRAINT messages_seq_key UNIQUE (workspace_id, conversation_id, seq),
    CONSTRAINT messages_kind_check CHECK (kind IN ('text', 'note', 'event', 'form')),
    CONSTRAINT messages_author_check CHECK (author_kind IN ('visitor', 'agent', 'bot', 'system')),
    CONSTRAINT messages_rev_check CHECK (rev >= seq),
    CONSTRAINT messages_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT;

-- "Everything since rev N" is the unedited ones by seq and these few: an insert pays nothing.
CREATE INDEX messages_touched ON messages (workspace_id, conversation_id, rev) WHERE rev <> seq;

-- Deferred work, written in the transaction of its cause.
CREATE TABLE jobs (
    workspace_id BLOB NOT NULL,
    id           BLOB NOT NULL,
    kind         TEXT NOT NULL,
    payload      TEXT NOT NULL,
    state        TEXT NOT NULL,
    run_at       INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    -- While a worker has it; past this time another may take it over.
    locked_until INTEGER,
    last_error   TEXT,
    created_at   INTEGER NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT jobs_state_check CHECK (state IN ('ready', 'dead')),
    CONSTRAINT jobs_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'ready';
