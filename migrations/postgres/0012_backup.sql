-- Backups, and visitors who are erased.

-- When the last backup was taken; null for never.
ALTER TABLE instance ADD COLUMN last_backup_at BIGINT;

-- Who was erased, by an id that says nothing any more: their key leaves every key file with the next backup.
CREATE TABLE erasures (
    workspace_id UUID NOT NULL,
    visitor_id   UUID NOT NULL,
    erased_at    BIGINT NOT NULL,
    CONSTRAINT erasures_pkey PRIMARY KEY (workspace_id, visitor_id),
    CONSTRAINT erasures_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);
