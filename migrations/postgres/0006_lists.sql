-- Lists: what a chat is about (tags), when an answer is due, and views that agents keep.

-- When the first answer, and every later one, is due: seconds of the visitor's waiting; 0: never.
ALTER TABLE queues ADD COLUMN first_answer_s BIGINT NOT NULL DEFAULT 0
    CONSTRAINT queues_first_answer_check CHECK (first_answer_s >= 0);
ALTER TABLE queues ADD COLUMN reply_s BIGINT NOT NULL DEFAULT 0
    CONSTRAINT queues_reply_check CHECK (reply_s >= 0);

-- When the visitor's waiting breaks the queue's target; null while they do not wait.
ALTER TABLE conversations ADD COLUMN answer_due_at BIGINT;
-- When an agent answered for the first time.
ALTER TABLE conversations ADD COLUMN first_answered_at BIGINT;

UPDATE conversations SET first_answered_at = (SELECT MIN(m.created_at) FROM messages m
    WHERE m.workspace_id = conversations.workspace_id AND m.conversation_id = conversations.id
    AND m.author_kind = 'agent' AND m.kind = 'text') WHERE state <> 'closed';

-- Who waits, over all queues in the order in which they are served, and since when in each.
CREATE INDEX conversations_waiting ON conversations (workspace_id, priority DESC, ticket) WHERE state = 'queued';
CREATE INDEX conversations_queued_since ON conversations (workspace_id, queue_id, queued_at) WHERE state = 'queued';
CREATE INDEX conversations_bot ON conversations (workspace_id, queued_at) WHERE state = 'bot';
CREATE INDEX conversations_snoozed ON conversations (workspace_id, due_at) WHERE state = 'snoozed';
CREATE INDEX conversations_answer_due ON conversations (answer_due_at) WHERE answer_due_at IS NOT NULL;

-- What a conversation is about, in the workspace's own words.
CREATE TABLE tags (
    workspace_id UUID NOT NULL,
    id           UUID NOT NULL,
    name         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT tags_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT tags_name_key UNIQUE (workspace_id, name),
    CONSTRAINT tags_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

CREATE TABLE conversation_tags (
    workspace_id    UUID NOT NULL,
    conversation_id UUID NOT NULL,
    tag_id          UUID NOT NULL,
    created_at      BIGINT NOT NULL,
    CONSTRAINT conversation_tags_pkey PRIMARY KEY (workspace_id, conversation_id, tag_id),
    CONSTRAINT conversation_tags_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id),
    CONSTRAINT conversation_tags_tag_fkey FOREIGN KEY (workspace_id, tag_id) REFERENCES tags (workspace_id, id)
);

CREATE INDEX conversation_tags_by_tag ON conversation_tags (workspace_id, tag_id, conversation_id);

-- A list that an agent keeps: a name for a filter.
CREATE TABLE saved_views (
    workspace_id UUID NOT NULL,
    id           UUID NOT NULL,
    -- Whose; null for everybody's.
    agent_id     UUID,
    name         TEXT NOT NULL,
    -- As in addresses: state=late,queue=ID (server/views/filter.rs).
    filter       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT saved_views_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT saved_views_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
    CONSTRAINT saved_views_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
);

CREATE INDEX saved_views_by_agent ON saved_views (workspace_id, agent_id);
