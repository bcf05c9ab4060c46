-- Bots that answer first, and what they were asked.

-- A chatbot behind a web address. Its queue's chats begin with it.
CREATE TABLE bots (
    workspace_id  BLOB NOT NULL,
    id            BLOB NOT NULL,
    -- For visitors and agents.
    name          TEXT NOT NULL,
    -- What it speaks.
    kind          TEXT NOT NULL,
    url           TEXT NOT NULL,
    -- JSON object: what only its kind reads.
    settings      TEXT NOT NULL,
    -- Signs what it is sent. While it is exchanged, the one before signs, too.
    secret        TEXT NOT NULL,
    secret_before TEXT,
    -- In how many milliseconds it has to answer.
    deadline_ms   INTEGER NOT NULL,
    -- In how many seconds it has to act, where it said that it acts later.
    later_s       INTEGER NOT NULL,
    -- 1: card numbers and secrets are blacked out in what it is sent.
    redacts       INTEGER NOT NULL,
    disabled_at   INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    CONSTRAINT bots_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT bots_name_key UNIQUE (workspace_id, name),
    CONSTRAINT bots_kind_check CHECK (kind IN ('webhook', 'openai', 'rasa', 'chatwoot')),
    CONSTRAINT bots_deadline_check CHECK (deadline_ms BETWEEN 1 AND 60000),
    CONSTRAINT bots_later_check CHECK (later_s BETWEEN 1 AND 3600),
    CONSTRAINT bots_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;

-- The bot that acts with this key, and may nothing else; null: other software, which administers.
ALTER TABLE api_keys ADD COLUMN bot_id BLOB;
-- Who answers first in this queue; null: people.
ALTER TABLE queues ADD COLUMN bot_id BLOB;
-- The bot that owns the conversation, or had it last.
ALTER TABLE conversations ADD COLUMN bot_id BLOB;

-- What a bot was asked, one row a call: the outbox of calls, and their log. The id is the event's, the same
-- at every attempt.
CREATE TABLE bot_turns (
    workspace_id    BLOB NOT NULL,
    id              BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    bot_id          BLOB NOT NULL,
    -- Of the conversation when the bot got it: what it says counts while this holds.
    epoch           INTEGER NOT NULL,
    -- The visitor's words after the first and up to the second are what it is asked about.
    from_seq        INTEGER NOT NULL,
    to_seq          INTEGER NOT NULL,
    -- waiting, calling, later; then done, failed or void.
    state           TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    -- waiting: when it begins; calling: when another may take it over; later: when the bot has to have acted.
    due_at          INTEGER NOT NULL,
    -- What came of it, in a word.
    outcome         TEXT,
    -- Of the answer, where one came.
    status          INTEGER,
    took_ms         INTEGER,
    -- The beginning of both, for whoever looks for a mistake.
    request         TEXT,
    response        TEXT,
    created_at      INTEGER NOT NULL,
    ended_at        INTEGER,
    CONSTRAINT bot_turns_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT bot_turns_state_check CHECK (state IN ('waiting', 'calling', 'later', 'done', 'failed', 'void')),
    CONSTRAINT bot_turns_bot_fkey FOREIGN KEY (workspace_id, bot_id) REFERENCES bots (workspace_id, id),
    CONSTRAINT bot_turns_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- One at a time for each conversation: in order, and what comes meanwhile is one turn.
CREATE UNIQUE INDEX bot_turns_one_open ON bot_turns (workspace_id, conversation_id)
    WHERE state IN ('waiting', 'calling', 'later');
CREATE INDEX bot_turns_due ON bot_turns (due_at) WHERE state IN ('waiting', 'calling', 'later');
CREATE INDEX bot_turns_by_bot ON bot_turns (workspace_id, bot_id, created_at);
CREATE INDEX bot_turns_by_conversation ON bot_turns (workspace_id, conversation_id, to_seq);
