-- REST: what a key may do and who made it, and what was answered to a request that is sent again.

-- Null for a key that `bootstrap` made.
ALTER TABLE api_keys ADD COLUMN created_by_agent_id UUID;
-- read: looks at everything; write: changes it, too.
ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'write' CONSTRAINT api_keys_scope_check CHECK (scope IN ('read', 'write'));
-- To within an hour.
ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT;
-- Null for a key without an end.
ALTER TABLE api_keys ADD COLUMN expires_at BIGINT;
-- Revoked keys stay, for the names in the audit log.
ALTER TABLE api_keys ADD COLUMN revoked_at BIGINT;

-- The key by which something was changed.
ALTER TABLE audit_log ADD COLUMN api_key_id UUID;

-- What was answered to a request with an Idempotency-Key; kept for 24 hours.
CREATE TABLE idempotency_keys (
    workspace_id UUID NOT NULL,
    api_key_id   UUID NOT NULL,
    -- As the client wrote it.
    key          TEXT NOT NULL,
    -- SHA-256 of method, path and body.
    digest       BYTEA NOT NULL,
    -- 0 within the transaction that does it.
    status       BIGINT NOT NULL,
    body         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, api_key_id, key),
    CONSTRAINT idempotency_keys_api_key_fkey FOREIGN KEY (workspace_id, api_key_id) REFERENCES api_keys (workspace_id, id)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
