-- Practice: a queue in which nobody real waits, and customers who follow a script.

ALTER TABLE queues ADD COLUMN is_practice BOOLEAN NOT NULL DEFAULT FALSE;

-- A chat with such a customer: how far their script is, and when they say the next line.
CREATE TABLE practice_chats (
    workspace_id    UUID NOT NULL,
    conversation_id UUID NOT NULL,
    -- As whom the customer writes: SHA-256 of a token that nobody has.
    token_hash      BYTEA NOT NULL,
    script          TEXT NOT NULL,
    locale          TEXT NOT NULL,
    -- Lines that were said.
    step            BIGINT NOT NULL,
    -- Null while the customer waits for an answer.
    due_at          BIGINT,
    CONSTRAINT practice_chats_pkey PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT practice_chats_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

CREATE INDEX practice_chats_due ON practice_chats (due_at) WHERE due_at IS NOT NULL;
