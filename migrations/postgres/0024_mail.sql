-- Mail, both ways.

-- Signs reply addresses and the ids of mails; drawn when it is first needed.
ALTER TABLE workspaces ADD COLUMN mail_key BYTEA;

-- The address at which the visitor proved to read, by a link that was mailed there. It counts while it is their address.
ALTER TABLE visitors ADD COLUMN proved_email TEXT;
-- Who came by mail and has no device is found again by it.
ALTER TABLE visitors ADD COLUMN mail_address TEXT;
CREATE UNIQUE INDEX visitors_mail_address_key ON visitors (site_id, mail_address) WHERE mail_address IS NOT NULL;

-- Which mails an agent wants: a JSON object, empty for those that everybody gets at first.
ALTER TABLE agents ADD COLUMN mail_alerts TEXT NOT NULL DEFAULT '{}';
-- When the last digest went out.
ALTER TABLE agents ADD COLUMN digest_at BIGINT;

-- What of a conversation goes by mail.
CREATE TABLE conversation_mail (
    workspace_id    UUID NOT NULL,
    conversation_id UUID NOT NULL,
    -- chat or mail: how it began.
    channel         TEXT NOT NULL,
    subject         TEXT,
    -- When what the visitor has not read by then goes out; null: nothing does.
    due_at          BIGINT,
    -- All up to it went out.
    mailed_seq      BIGINT NOT NULL,
    CONSTRAINT conversation_mail_pkey PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT conversation_mail_channel_check CHECK (channel IN ('chat', 'mail')),
    CONSTRAINT conversation_mail_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

CREATE INDEX conversation_mail_due ON conversation_mail (due_at) WHERE due_at IS NOT NULL;

-- A conversation and somebody who reads it by mail: what a reply address names.
CREATE TABLE mail_threads (
    workspace_id    UUID NOT NULL,
    id              UUID NOT NULL,
    conversation_id UUID NOT NULL,
    -- In lower case.
    address         TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    CONSTRAINT mail_threads_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT mail_threads_id_key UNIQUE (id),
    CONSTRAINT mail_threads_address_key UNIQUE (workspace_id, conversation_id, address),
    CONSTRAINT mail_threads_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

-- A mail that goes out, or went. Written in the transaction of its cause.
CREATE TABLE mails (
    workspace_id    UUID NOT NULL,
    id              UUID NOT NULL,
    kind            TEXT NOT NULL,
    site_id         UUID,
    conversation_id UUID,
    -- An agent of ours whom it is for.
    agent_id        UUID,
    -- Who gets it.
    address         TEXT NOT NULL,
    -- JSON object: what its template needs, and copies.
    payload         TEXT NOT NULL,
    -- The header, without brackets.
    message_id      TEXT NOT NULL,
    state           TEXT NOT NULL,
    attempts        BIGINT NOT NULL,
    -- Not before this.
    next_at         BIGINT NOT NULL,
    -- Under way until then; whoever does it may be gone by then.
    locked_until    BIGINT,
    -- Of the last attempt: the server's code, and what it or we said.
    code            BIGINT,
    error           TEXT,
    created_at      BIGINT NOT NULL,
    sent_at         BIGINT,
    CONSTRAINT mails_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT mails_message_id_key UNIQUE (message_id),
    CONSTRAINT mails_state_check CHECK (state IN ('pending', 'sent', 'dead', 'void', 'bounced')),
    CONSTRAINT mails_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
    CONSTRAINT mails_site_fkey FOREIGN KEY (workspace_id, site_id) REFERENCES sites (workspace_id, id),
    CONSTRAINT mails_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id),
    CONSTRAINT mails_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

CREATE INDEX mails_due ON mails (next_at) WHERE state = 'pending';
CREATE INDEX mails_by_conversation ON mails (workspace_id, conversation_id, id) WHERE conversation_id IS NOT NULL;
CREATE INDEX mails_by_address ON mails (workspace_id, address, created_at);
CREATE INDEX mails_by_age ON mails (created_at);

-- What is known of an address, which itself is not written here.
CREATE TABLE mail_addresses (
    workspace_id    UUID NOT NULL,
    -- SHA-256 over the workspace's mail_key and the address in lower case.
    address_hash    BYTEA NOT NULL,
    -- The last notice to it while it was not proved.
    noticed_at      BIGINT,
    -- It does not take mail any more, and what its server said.
    bounced_at      BIGINT,
    bounce          TEXT,
    -- It wants none.
    unsubscribed_at BIGINT,
    CONSTRAINT mail_addresses_pkey PRIMARY KEY (workspace_id, address_hash),
    CONSTRAINT mail_addresses_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

-- A link in a mail. Good once, until it ends.
CREATE TABLE mail_links (
    -- SHA-256 of what stands in the link.
    token_hash      BYTEA NOT NULL,
    workspace_id    UUID NOT NULL,
    -- prove or back.
    purpose         TEXT NOT NULL,
    visitor_id      UUID NOT NULL,
    conversation_id UUID NOT NULL,
    address         TEXT NOT NULL,
    expires_at      BIGINT NOT NULL,
    used_at         BIGINT,
    CONSTRAINT mail_links_pkey PRIMARY KEY (token_hash),
    CONSTRAINT mail_links_visitor_fkey FOREIGN KEY (workspace_id, visitor_id) REFERENCES visitors (workspace_id, id),
    CONSTRAINT mail_links_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

CREATE INDEX mail_links_by_conversation ON mail_links (workspace_id, conversation_id);
CREATE INDEX mail_links_by_visitor ON mail_links (workspace_id, visitor_id);

-- A mail that came and is in a conversation, whole.
CREATE TABLE received_mails (
    workspace_id    UUID NOT NULL,
    id              UUID NOT NULL,
    -- What tells a mail that comes twice: SHA-256 over what a way through other servers does not change.
    dedupe          BYTEA NOT NULL,
    conversation_id UUID NOT NULL,
    -- The message that it became; null where it is told in another way.
    message_id      UUID,
    -- The header, without brackets.
    header_id       TEXT,
    sender          TEXT NOT NULL,
    subject         TEXT,
    -- imap, lmtp or http.
    way             TEXT NOT NULL,
    -- As it came.
    raw             BYTEA NOT NULL,
    received_at     BIGINT NOT NULL,
    CONSTRAINT received_mails_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT received_mails_dedupe_key UNIQUE (workspace_id, dedupe),
    CONSTRAINT received_mails_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

CREATE INDEX received_mails_by_conversation ON received_mails (workspace_id, conversation_id);
CREATE INDEX received_mails_by_header ON received_mails (workspace_id, header_id);

-- A mail that came and is in no conversation, with the reason; kept for a while.
CREATE TABLE set_aside_mails (
    workspace_id UUID NOT NULL,
    id           UUID NOT NULL,
    dedupe       BYTEA NOT NULL,
    -- ignored (automatic, ours, a repeat of a loop) or poison (could not be read).
    state        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    sender       TEXT NOT NULL,
    subject      TEXT,
    way          TEXT NOT NULL,
    raw          BYTEA NOT NULL,
    received_at  BIGINT NOT NULL,
    CONSTRAINT set_aside_mails_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT set_aside_mails_dedupe_key UNIQUE (workspace_id, dedupe),
    CONSTRAINT set_aside_mails_state_check CHECK (state IN ('ignored', 'poison')),
    CONSTRAINT set_aside_mails_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

CREATE INDEX set_aside_mails_by_age ON set_aside_mails (received_at);

-- How far a mailbox was read.
CREATE TABLE mailbox_marks (
    -- SHA-256 of its server, user and folder.
    mailbox      BYTEA NOT NULL,
    uid_validity BIGINT NOT NULL,
    -- All up to it were taken.
    uid          BIGINT NOT NULL,
    looked_at    BIGINT NOT NULL,
    CONSTRAINT mailbox_marks_pkey PRIMARY KEY (mailbox)
);
