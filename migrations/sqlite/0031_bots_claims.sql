-- Which process has a call of a bot, or a delivery to a webhook: its number (server/db/presence.rs). Null: of
-- an older program, or nobody.
ALTER TABLE bot_turns ADD COLUMN claimed_by INTEGER;
ALTER TABLE webhook_deliveries ADD COLUMN claimed_by INTEGER;
-- What went wrong, for readers of any language: a word and a JSON object of its parameters, as
-- server/outgoing/failed.rs names them. The error's text stays beside it.
ALTER TABLE webhook_deliveries ADD COLUMN failure TEXT;
ALTER TABLE bot_turns ADD COLUMN failure TEXT;
