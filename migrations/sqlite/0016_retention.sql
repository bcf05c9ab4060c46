-- Closed conversations are kept as long as their website says (sites.settings, keep_days), and then deleted.

-- What is due, of one website.
CREATE INDEX conversations_kept ON conversations (workspace_id, site_id, closed_at) WHERE state = 'closed';
-- What points at a conversation: without these each deletion would read whole tables.
CREATE INDEX conversations_merged ON conversations (workspace_id, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX drafts_by_conversation ON drafts (workspace_id, conversation_id);
CREATE INDEX mentions_by_conversation ON mentions (workspace_id, conversation_id);
