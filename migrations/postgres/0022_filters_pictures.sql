-- Words that visitors' messages are looked through for; how agents show themselves to visitors.

CREATE TABLE word_filters (
    workspace_id UUID NOT NULL,
    id           UUID NOT NULL,
    -- As it was written.
    phrase       TEXT NOT NULL,
    -- Its words, without case and accents: two that are the same here look for the same.
    folded       TEXT NOT NULL,
    action       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT word_filters_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT word_filters_folded_key UNIQUE (workspace_id, folded),
    CONSTRAINT word_filters_action_check CHECK (action IN ('refuse', 'flag')),
    CONSTRAINT word_filters_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);
