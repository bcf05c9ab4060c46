-- Opening hours, and chats in which nobody says anything any more.

-- JSON object: time zone, week, holidays (server/hours/). Null: always open, or as the site.
ALTER TABLE queues ADD COLUMN hours TEXT;
-- The same for a site's chats in queues that have none. Null: always open.
ALTER TABLE sites ADD COLUMN hours TEXT;
-- The last opening that routing has noticed.
ALTER TABLE queues ADD COLUMN opened_at INTEGER;
ALTER TABLE sites ADD COLUMN opened_at INTEGER;

-- After so long without a word of the visitor's they are asked whether they are there; 0: never.
ALTER TABLE queues ADD COLUMN nudge_after_s INTEGER NOT NULL DEFAULT 0
    CONSTRAINT queues_nudge_after_check CHECK (nudge_after_s >= 0);
-- After so long again, or for the first time where they are not asked, the chat is closed; 0: never.
ALTER TABLE queues ADD COLUMN close_after_s INTEGER NOT NULL DEFAULT 0
    CONSTRAINT queues_close_after_check CHECK (close_after_s >= 0);

-- When the visitor's silence has lasted so long; null while they wait, or nobody has the chat.
ALTER TABLE conversations ADD COLUMN quiet_due_at INTEGER;
-- When they were asked whether they are there, since the agent's last words.
ALTER TABLE conversations ADD COLUMN nudged_at INTEGER;

CREATE INDEX conversations_quiet_due ON conversations (quiet_due_at) WHERE quiet_due_at IS NOT NULL;
