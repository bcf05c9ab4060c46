-- Administration: who changed what, and links by which people come in.

-- Every change of a setting: who, what, before and after. Never a password, a secret or a token.
CREATE TABLE audit_log (
    workspace_id UUID NOT NULL,
    id           UUID NOT NULL,
    -- Null for the command line.
    agent_id     UUID,
    -- As they were called then.
    agent_name   TEXT NOT NULL,
    -- agent.invited, queue.changed and so on (server/audit/).
    action       TEXT NOT NULL,
    -- What it was done to; its kind is the first word of the action.
    subject_id   UUID NOT NULL,
    subject_name TEXT NOT NULL,
    -- JSON object: {field: [before, after]}.
    changes      JSONB NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT audit_log_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT audit_log_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

-- A link by which an agent sets their password, for the first time or anew. One at a time.
CREATE TABLE invitations (
    workspace_id UUID NOT NULL,
    agent_id     UUID NOT NULL,
    -- SHA-256 of what stands in the link.
    token_hash   BYTEA NOT NULL,
    expires_at   BIGINT NOT NULL,
    CONSTRAINT invitations_pkey PRIMARY KEY (workspace_id, agent_id),
    CONSTRAINT invitations_token_hash_key UNIQUE (token_hash),
    CONSTRAINT invitations_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
);
