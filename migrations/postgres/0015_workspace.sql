-- What a workspace is to all of its people.

-- The language of pages for browsers that ask for none that is spoken, and of what begins anew.
ALTER TABLE workspaces ADD COLUMN locale TEXT NOT NULL DEFAULT 'en';
-- An IANA name: where its day begins.
ALTER TABLE workspaces ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
