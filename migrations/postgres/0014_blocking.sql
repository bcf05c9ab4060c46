-- Visitors who may not write any more.

-- When they were blocked; null: they are not. Of a person with several devices it stands in their own row.
ALTER TABLE visitors ADD COLUMN blocked_at BIGINT;

CREATE INDEX visitors_blocked ON visitors (workspace_id, blocked_at) WHERE blocked_at IS NOT NULL;
