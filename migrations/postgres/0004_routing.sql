-- Routing: who gets a waiting chat, and why. docs/routing.md explains it.

-- manual: nobody is given a chat, agents take. It is the default here so that a queue from before
-- this migration goes on as it was; the program makes new queues least_loaded.
ALTER TABLE queues ADD COLUMN policy TEXT NOT NULL DEFAULT 'manual'
    CONSTRAINT queues_policy_check CHECK (policy IN ('manual', 'least_loaded', 'round_robin'));
-- 1: the agent of last time comes first.
ALTER TABLE queues ADD COLUMN sticky BIGINT NOT NULL DEFAULT 0
    CONSTRAINT queues_sticky_check CHECK (sticky IN (0, 1));
-- How long an agent may let a new chat wait for the first answer; 0: for ever.
ALTER TABLE queues ADD COLUMN answer_timeout_s BIGINT NOT NULL DEFAULT 0
    CONSTRAINT queues_answer_timeout_check CHECK (answer_timeout_s >= 0);
-- After so long a waiting chat goes on to the other queue; 0: never. The statement that writes the
-- queue looks for it in the same workspace: SQLite cannot add a foreign key of two columns.
ALTER TABLE queues ADD COLUMN overflow_after_s BIGINT NOT NULL DEFAULT 0
    CONSTRAINT queues_overflow_after_check CHECK (overflow_after_s >= 0);
ALTER TABLE queues ADD COLUMN overflow_queue_id UUID;
-- The last ticket drawn: microseconds since the Unix epoch, rising strictly within the queue.
ALTER TABLE queues ADD COLUMN last_ticket BIGINT NOT NULL DEFAULT 0;
-- Set where another process changed something that routing depends on: a server looks at the queue.
ALTER TABLE queues ADD COLUMN settle_at BIGINT;

-- Whose turn it is in this queue: the smallest.
ALTER TABLE queue_agents ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;

-- Assigned chats. Changed with each change of owner, in its transaction.
ALTER TABLE agents ADD COLUMN load BIGINT NOT NULL DEFAULT 0;
-- A live session renews it: until then the agent is there.
ALTER TABLE agents ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;
-- Since when the chosen state is away.
ALTER TABLE agents ADD COLUMN away_since BIGINT;
-- When the agent was last given a chat.
ALTER TABLE agents ADD COLUMN assigned_at BIGINT NOT NULL DEFAULT 0;

-- Higher goes first: -1 low, 0 normal, 1 high, 2 urgent.
ALTER TABLE conversations ADD COLUMN priority BIGINT NOT NULL DEFAULT 0
    CONSTRAINT conversations_priority_check CHECK (priority BETWEEN -1 AND 2);
-- The place in the line: drawn when it enters, kept when it comes back to the head; 0: not drawn yet.
ALTER TABLE conversations ADD COLUMN ticket BIGINT NOT NULL DEFAULT 0;
-- When the state's time is over: queued, the overflow; assigned, the first answer; snoozed, the sleep.
ALTER TABLE conversations ADD COLUMN due_at BIGINT;
-- Who had it last.
ALTER TABLE conversations ADD COLUMN last_agent_id UUID;
-- JSON array of agents who had it since it entered the line and did not answer.
ALTER TABLE conversations ADD COLUMN passed_over JSONB;

-- The line of one queue, in its order; the one before was by time alone.
DROP INDEX conversations_line;
CREATE INDEX conversations_line ON conversations (workspace_id, queue_id, priority DESC, ticket) WHERE state = 'queued';
CREATE INDEX conversations_due ON conversations (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX agents_loaded ON agents (state) WHERE load > 0;

-- Why a conversation went to whom: one row for each hand-over, so for each epoch.
CREATE TABLE routing_decisions (
    workspace_id    UUID NOT NULL,
    conversation_id UUID NOT NULL,
    epoch           BIGINT NOT NULL,
    queue_id        UUID NOT NULL,
    rule            TEXT NOT NULL,
    -- Who got it; null where it went into a line or ended.
    agent_id        UUID,
    -- Who had it before.
    from_agent_id   UUID,
    -- JSON: the agents who were on duty, with their loads, as far as there is room.
    candidates      JSONB,
    -- Chats that those on duty could have at once, all together.
    slots           BIGINT NOT NULL,
    -- The how-manieth assignment of its queue, where routing gave it to somebody: their order.
    turn            BIGINT,
    -- How long it had stood in line, where it was taken from one.
    wait_ms         BIGINT,
    -- The command that did it, so that a repeat is known.
    command_id      UUID,
    at              BIGINT NOT NULL,
    CONSTRAINT routing_decisions_pkey PRIMARY KEY (workspace_id, conversation_id, epoch),
    CONSTRAINT routing_decisions_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

-- A queue's recent waits, newest first.
CREATE INDEX routing_decisions_waits ON routing_decisions (workspace_id, queue_id, at) WHERE wait_ms IS NOT NULL;

-- Who waits now keeps their place, and loads are what they are.
UPDATE conversations SET ticket = queued_at * 1000 WHERE state <> 'closed';
UPDATE agents SET load = (SELECT count(*) FROM conversations c WHERE c.workspace_id = agents.workspace_id
    AND c.owner_agent_id = agents.id AND c.state = 'assigned');
