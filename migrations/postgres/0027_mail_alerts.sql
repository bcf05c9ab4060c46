-- Which agent was told by mail of what, so that nobody is told twice.
CREATE TABLE agent_alerts (
    workspace_id    UUID NOT NULL,
    agent_id        UUID NOT NULL,
    -- waiting, mention or assigned.
    about           TEXT NOT NULL,
    conversation_id UUID NOT NULL,
    -- Which time of it: since when it waits, the note's place, or the epoch.
    mark            BIGINT NOT NULL,
    told_at         BIGINT NOT NULL,
    CONSTRAINT agent_alerts_pkey PRIMARY KEY (workspace_id, agent_id, about, conversation_id, mark),
    CONSTRAINT agent_alerts_about_check CHECK (about IN ('waiting', 'mention', 'assigned')),
    CONSTRAINT agent_alerts_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id),
    CONSTRAINT agent_alerts_conversation_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);

CREATE INDEX agent_alerts_by_conversation ON agent_alerts (workspace_id, conversation_id);
