-- Which process sends a mail: its number (server/db/presence.rs). Null: of an older program, or nobody.
ALTER TABLE mails ADD COLUMN claimed_by INTEGER;
