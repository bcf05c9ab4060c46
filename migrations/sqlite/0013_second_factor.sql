-- Signing in with a second factor.

-- The shared secret of the authenticator app (RFC 6238); null: off.
ALTER TABLE agents ADD COLUMN totp_secret BLOB;
-- The last time step whose code was used: a code is good once.
ALTER TABLE agents ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;

-- Codes for when the app is lost; each is good once.
CREATE TABLE recovery_codes (
    workspace_id BLOB NOT NULL,
    agent_id     BLOB NOT NULL,
    -- SHA-256 of the code.
    code_hash    BLOB NOT NULL,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (workspace_id, agent_id, code_hash),
    CONSTRAINT recovery_codes_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- Somebody whose password was right, and whose code is waited for.
CREATE TABLE half_sign_ins (
    -- SHA-256 of what the page with the form for the code holds.
    token_hash   BLOB NOT NULL,
    workspace_id BLOB NOT NULL,
    agent_id     BLOB NOT NULL,
    attempts     INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    CONSTRAINT half_sign_ins_pkey PRIMARY KEY (token_hash),
    CONSTRAINT half_sign_ins_agent_fkey FOREIGN KEY (workspace_id, agent_id) REFERENCES agents (workspace_id, id)
) STRICT, WITHOUT ROWID;
