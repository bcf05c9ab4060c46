-- The foundation: who there is, what they say, and what waits to be done.
--
-- The same text stands in the folder of the other database, with that database's types.
-- Times are integers: milliseconds since the Unix epoch, UTC. Ids are UUIDv7, drawn by the
-- program. Every row of a tenant carries workspace_id, and foreign keys carry it too, so that a
-- row can never point into another workspace. Every constraint has a name: server/db/constraint.rs
-- turns the name into a domain error.

-- One row: what this database is.
CREATE TABLE instance (
    id               BIGINT NOT NULL,
    -- Opaque text that clients compare: it changes when a backup is restored, so that they drop
    -- caches which know more than the database does.
    generation       TEXT NOT NULL,
    -- SHA-256 of the one-time set-up token; null once there is an owner.
    setup_token_hash BYTEA,
    created_at       BIGINT NOT NULL,
    CONSTRAINT instance_pkey PRIMARY KEY (id),
    CONSTRAINT instance_single CHECK (id = 1)
);

-- The oldest program that may still run on this schema. A migration that an older program could
-- not live with inserts a row.
CREATE TABLE schema_compatibility (
    migration       BIGINT NOT NULL,
    min_app_version TEXT NOT NULL,
    CONSTRAINT schema_compatibility_pkey PRIMARY KEY (migration)
);

CREATE TABLE workspaces (
    id         UUID NOT NULL,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT workspaces_pkey PRIMARY KEY (id)
);

-- Where conversations wait.
CREATE TABLE queues (
    workspace_id UUID NOT NULL,
    id           UUID NOT NULL,
    name         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT queues_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT queues_name_key UNIQUE (workspace_id, name),
    CONSTRAINT queues_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

-- One website that embeds the widget.
CREATE TABLE sites (
    workspace_id    UUID NOT NULL,
    id              UUID NOT NULL,
    -- Public: it stands in the page's script tag.
    key             TEXT NOT NULL,
    name            TEXT NOT NULL,
    -- JSON array of origins, as browsers write them.
    origins         JSONB NOT NULL,
    queue_id        UUID NOT NULL,
    on_closed       TEXT NOT NULL,
    edit_window_s   BIGINT NOT NULL,
    delete_window_s BIGINT NOT NULL,
    locale          TEXT NOT NULL,
    -- JSON object: colour, greeting and what else only the widget reads.
    appearance      JSONB NOT NULL,
    created_at      BIGINT NOT NULL,
    CONSTRAINT sites_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT sites_key_key UNIQUE (key),
    CONSTRAINT sites_name_key UNIQUE (workspace_id, name),
    CONSTRAINT sites_on_closed_check CHECK (on_closed IN ('reopen', 'new')),
    CONSTRAINT sites_edit_window_check CHECK (edit_window_s >= 0),
    CONSTRAINT sites_delete_window_check CHECK (delete_window_s >= 0),
    CONSTRAINT sites_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
    CONSTRAINT sites_queue_fkey FOREIGN KEY (workspace_id, queue_id) REFERENCES queues (workspace_id, id)
);

-- A person who answers.
CREATE TABLE agents (
    workspace_id  UUID NOT NULL,
    id            UUID NOT NULL,
    -- Folded to lower case by the program.
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    -- Argon2id as a PHC string.
    password_hash TEXT NOT NULL,
    -- Chats at once.
    capacity      BIGINT NOT NULL,
    state         TEXT NOT NULL,
    disabled_at   BIGINT,
    created_at    BIGINT NOT NULL,
    CONSTRAINT agents_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT agents_email_key UNIQUE (workspace_id, email),
    CONSTRAINT agents_role_check CHECK (role IN ('owner', 'admin', 'supervisor', 'agent')),
    CONSTRAINT agents_state_check CHECK (state IN ('online', 'draining', 'away', 'offline')),
    CONSTRAINT agents_capacity_check CHECK (capacity BETWEEN 0 AND 100),
    CONSTRAINT agents_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

-- Sign-in looks an address up before it knows the workspace.
CREATE INDEX agents_by_email ON agents (email);

CREATE TABLE queue_agents (
    workspace_id UUID NOT NULL,
    queue_id     UUID NOT NULL,
    agent_id     UUID NOT NULL,
    CONSTRAINT queue_agents_pkey PRIMARY KEY (workspace_id, queue_id, agent_id),
    CONSTRAINT queue_agents_queue_fkey FOREIGN KEY (workspace_id, queue_id) REFERENCES queues (workspace_id, id),
    CONSTRAINT queue_agents_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
);

-- A signed-in device of an agent. The cookie holds the token; here stands its SHA-256.
CREATE TABLE sessions (
    token_hash   BYTEA NOT NULL,
    workspace_id UUID NOT NULL,
    agent_id     UUID NOT NULL,
    -- Goes into every form of this session.
    csrf         TEXT NOT NULL,
    user_agent   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (token_hash),
    CONSTRAINT sessions_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
);

CREATE INDEX sessions_by_agent ON sessions (workspace_id, agent_id);

-- Keys of the REST API: shown once, kept as SHA-256.
CREATE TABLE api_keys (
    workspace_id UUID NOT NULL,
    id           UUID NOT NULL,
    name         TEXT NOT NULL,
    key_hash     BYTEA NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT api_keys_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT api_keys_hash_key UNIQUE (key_hash),
    CONSTRAINT api_keys_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

-- A person on a site, known by SHA-256 of the token that their browser drew. The row is written
-- with the first durable act, not before.
CREATE TABLE visitors (
    workspace_id UUID NOT NULL,
    id           UUID NOT NULL,
    site_id      UUID NOT NULL,
    token_hash   BYTEA NOT NULL,
    name         TEXT,
    email        TEXT,
    phone        TEXT,
    locale       TEXT,
    attributes   JSONB NOT NULL,
    page         JSONB NOT NULL,
    consent      BOOLEAN,
    created_at   BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    CONSTRAINT visitors_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT visitors_token_key UNIQUE (site_id, token_hash),
    CONSTRAINT visitors_site_fkey FOREIGN KEY (workspace_id, site_id) REFERENCES sites (workspace_id, id)
);

-- One visitor's thread. row_id is for the full-text index, which wants integers.
--
-- A message changes rev, visitor_rev, last_seq, waiting_since and updated_at only: no index names
-- them, so the hot path pays for none of these indexes (and PostgreSQL can update in place).
CREATE TABLE conversations (
    row_id         BIGINT GENERATED ALWAYS AS IDENTITY NOT NULL,
    workspace_id   UUID NOT NULL,
    id             UUID NOT NULL,
    site_id        UUID NOT NULL,
    visitor_id     UUID NOT NULL,
    queue_id       UUID NOT NULL,
    state          TEXT NOT NULL,
    -- The owner while assigned or snoozed.
    owner_agent_id UUID,
    -- Rises at every hand-over.
    epoch          BIGINT NOT NULL,
    -- The one dense counter: every durable change takes the next.
    rev            BIGINT NOT NULL,
    -- The last rev that the visitor can see.
    visitor_rev    BIGINT NOT NULL,
    -- The seq of the last text that everybody can see.
    last_seq       BIGINT NOT NULL,
    -- Messages below this seq are gone.
    floor_seq      BIGINT NOT NULL,
    -- Since when the visitor waits for an answer; null when the last word is ours.
    waiting_since  BIGINT,
    -- Its place in the queue, drawn when it entered.
    queued_at      BIGINT NOT NULL,
    merged_into    UUID,
    started_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    closed_at      BIGINT,
    CONSTRAINT conversations_pkey PRIMARY KEY (row_id),
    CONSTRAINT conversations_id_key UNIQUE (workspace_id, id),
    CONSTRAINT conversations_state_check CHECK (state IN ('bot', 'queued', 'assigned', 'snoozed', 'closed')),
    CONSTRAINT conversations_owner_check CHECK ((owner_agent_id IS NOT NULL) = (state IN ('assigned', 'snoozed'))),
    CONSTRAINT conversations_site_fkey FOREIGN KEY (workspace_id, site_id) REFERENCES sites (workspace_id, id),
    CONSTRAINT conversations_visitor_fkey FOREIGN KEY (workspace_id, visitor_id) REFERENCES visitors (workspace_id, id),
    CONSTRAINT conversations_queue_fkey FOREIGN KEY (workspace_id, queue_id) REFERENCES queues (workspace_id, id),
    CONSTRAINT conversations_agent_fkey FOREIGN KEY (workspace_id, owner_agent_id) REFERENCES agents (workspace_id, id),
    CONSTRAINT conversations_merged_fkey FOREIGN KEY (workspace_id, merged_into) REFERENCES conversations (workspace_id, id)
);

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
    workspace_id    UUID NOT NULL,
    conversation_id UUID NOT NULL,
    kind            TEXT NOT NULL,
    participant_id  UUID NOT NULL,
    delivered_seq   BIGINT NOT NULL,
    read_seq        BIGINT NOT NULL,
    joined_at       BIGINT NOT NULL,
    CONSTRAINT participants_pkey PRIMARY KEY (workspace_id, conversation_id, kind, participant_id),
    CONSTRAINT participants_kind_check CHECK (kind IN ('visitor', 'agent', 'bot')),
    CONSTRAINT participants_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

-- One entry of a conversation. The two unique constraints and row_id are all that an insert pays:
-- the id makes a resend the same message, and (conversation, seq) is both the order and how pages
-- are read.
CREATE TABLE messages (
    row_id          BIGINT GENERATED ALWAYS AS IDENTITY NOT NULL,
    workspace_id    UUID NOT NULL,
    id              UUID NOT NULL,
    conversation_id UUID NOT NULL,
    -- The rev that created it.
    seq             BIGINT NOT NULL,
    -- The last rev that touched it.
    rev             BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    author_kind     TEXT NOT NULL,
    -- Null for the system.
    author_id       UUID,
    -- Empty once deleted.
    text            TEXT NOT NULL,
    -- JSON object for what few messages have: event, payload. Null for plain text.
    extra           JSONB,
    reply_to        UUID,
    -- The first 64 bits of SHA-256 over what was sent: tells a resend from an id reused, also
    -- after an edit.
    digest          BIGINT NOT NULL,
    edited_at       BIGINT,
    deleted_at      BIGINT,
    created_at      BIGINT NOT NULL,
    CONSTRAINT messages_pkey PRIMARY KEY (row_id),
    CONSTRAINT messages_id_key UNIQUE (workspace_id, id),
    CONSTRAINT messages_seq_key UNIQUE (workspace_id, conversation_id, seq),
    CONSTRAINT messages_kind_check CHECK (kind IN ('text', 'note', 'event', 'form')),
    CONSTRAINT messages_author_check CHECK (author_kind IN ('visitor', 'agent', 'bot', 'system')),
    CONSTRAINT messages_rev_check CHECK (rev >= seq),
    CONSTRAINT messages_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

-- "Everything since rev N" is the unedited ones by seq and these few: an insert pays nothing.
CREATE INDEX messages_touched ON messages (workspace_id, conversation_id, rev) WHERE rev <> seq;

-- Deferred work, written in the transaction of its cause.
CREATE TABLE jobs (
    workspace_id UUID NOT NULL,
    id           UUID NOT NULL,
    kind         TEXT NOT NULL,
    payload      JSONB NOT NULL,
    state        TEXT NOT NULL,
    run_at       BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    -- While a worker has it; past this time another may take it over.
    locked_until BIGINT,
    last_error   TEXT,
    created_at   BIGINT NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT jobs_state_check CHECK (state IN ('ready', 'dead')),
    CONSTRAINT jobs_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'ready';
