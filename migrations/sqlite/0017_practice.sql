-- Practice: a queue in which nobody real waits, and customers who follow a script.

ALTER TABLE queues ADD COLUMN is_practice INTEGER NOT NULL DEFAULT 0;

-- A chat with such a customer: how far their script is, and when they say the next line.
CREATE TABLE practice_chats (
    workspace_id    BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    -- As whom the customer writes: SHA-256 of a token that nobody has.
    token_hash      BLOB NOT NULL,
    script          TEXT NOT NULL,
    locale          TEXT NOT NULL,
    -- Lines that were said.
    step            INTEGER NOT NULL,
    -- Null while the customer waits for an answer.
    due_at          INTEGER,
    CONSTRAINT practice_chats_pkey PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT practice_chats_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX practice_chats_due ON practice_chats (due_at) WHERE due_at IS NOT NULL;
