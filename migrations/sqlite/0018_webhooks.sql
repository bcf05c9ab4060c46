-- The workspace's event log, and webhooks, which are told of it.

-- A workspace whose events are written down, from the first webhook or the first question for them on.
CREATE TABLE event_logs (
    workspace_id BLOB NOT NULL,
    -- The number of its last event. Taken under this row's lock, so that a lower number is never seen later.
    last_number  INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    CONSTRAINT event_logs_pkey PRIMARY KEY (workspace_id),
    CONSTRAINT event_logs_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;

-- How far each conversation is written down: what is beyond these is still to be.
CREATE TABLE event_marks (
    workspace_id    BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    rev             INTEGER NOT NULL,
    epoch           INTEGER NOT NULL,
    CONSTRAINT event_marks_pkey PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT event_marks_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- What happened. It only points: words stay in messages, where they can be erased.
CREATE TABLE events (
    workspace_id    BLOB NOT NULL,
    number          INTEGER NOT NULL,
    id              BLOB NOT NULL,
    kind            TEXT NOT NULL,
    conversation_id BLOB NOT NULL,
    message_id      BLOB,
    -- Who got the conversation.
    agent_id        BLOB,
    at              INTEGER NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (workspace_id, number),
    CONSTRAINT events_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_by_conversation ON events (workspace_id, conversation_id);
CREATE INDEX events_by_age ON events (at);

-- Another server that is told of events.
CREATE TABLE webhooks (
    workspace_id     BLOB NOT NULL,
    id               BLOB NOT NULL,
    url              TEXT NOT NULL,
    -- JSON array of the kinds of events that it is told of.
    kinds            TEXT NOT NULL,
    -- `whsec_` and base64: both sides have to know it.
    secret           TEXT NOT NULL,
    -- The one before, which signs as well until it ends.
    old_secret       TEXT,
    created_by_agent_id BLOB,
    created_at       INTEGER NOT NULL,
    disabled_at      INTEGER,
    -- by_hand or gone (it answered 410).
    disabled_why     TEXT,
    CONSTRAINT webhooks_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT webhooks_disabled_check CHECK ((disabled_at IS NULL) = (disabled_why IS NULL)),
    CONSTRAINT webhooks_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
    CONSTRAINT webhooks_agent_fkey FOREIGN KEY (workspace_id, created_by_agent_id) REFERENCES agents (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- One event for one webhook.
CREATE TABLE webhook_deliveries (
    workspace_id    BLOB NOT NULL,
    webhook_id      BLOB NOT NULL,
    number          INTEGER NOT NULL,
    conversation_id BLOB NOT NULL,
    state           TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    -- Not before this.
    next_at         INTEGER NOT NULL,
    -- Under way until then; whoever does it may be gone by then.
    locked_until    INTEGER,
    -- Of the last attempt: the status of the answer, or why there was none, the answer's beginning, how long it took.
    status          INTEGER,
    error           TEXT,
    answer          TEXT,
    took_ms         INTEGER,
    tried_at        INTEGER,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (workspace_id, webhook_id, number),
    CONSTRAINT webhook_deliveries_state_check CHECK (state IN ('pending', 'sent', 'dead')),
    CONSTRAINT webhook_deliveries_webhook_fkey FOREIGN KEY (workspace_id, webhook_id) REFERENCES webhooks (workspace_id, id),
    CONSTRAINT webhook_deliveries_event_fkey FOREIGN KEY (workspace_id, number) REFERENCES events (workspace_id, number)
) STRICT, WITHOUT ROWID;

-- Each conversation's events go one after another.
CREATE INDEX webhook_deliveries_line ON webhook_deliveries (workspace_id, webhook_id, conversation_id, number) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (workspace_id, webhook_id, next_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (workspace_id, number);
