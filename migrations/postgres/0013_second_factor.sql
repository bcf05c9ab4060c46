-- Signing in with a second factor.

-- The shared secret of the authenticator app (RFC 6238); null: off.
ALTER TABLE agents ADD COLUMN totp_secret BYTEA;
-- The last time step whose code was used: a code is good once.
ALTER TABLE agents ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;

-- Codes for when the app is lost; each is good once.
CREATE TABLE recovery_codes (
    workspace_id UUID NOT NULL,
    agent_id     UUID NOT NULL,
    -- SHA-256 of the code.
    code_hash    BYTEA NOT NULL,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (workspace_id, agent_id, code_hash),
    CONSTRAINT recovery_codes_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
);

-- Somebody whose password was right, and whose code is waited for.
CREATE TABLE half_sign_ins (
    -- SHA-256 of what the page with the form for the code holds.
    token_hash   BYTEA NOT NULL,
    workspace_id UUID NOT NULL,
    agent_id     UUID NOT NULL,
    attempts     BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    CONSTRAINT half_sign_ins_pkey PRIMARY KEY (token_hash),
    CONSTRAINT half_sign_ins_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
);
