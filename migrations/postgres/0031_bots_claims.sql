-- Which process has a call of a bot, or a delivery to a webhook: its number (server/db/presence.rs). Null: of
-- an older program, or nobody.
ALTER TABLE bot_turns ADD COLUMN claimed_by BIGINT;
ALTER TABLE webhook_deliveries ADD COLUMN claimed_by BIGINT;
-- What went wrong, for readers of any language: a word and a JSON object of its parameters, as
-- server/outgoing/failed.rs names them. The error's text stays beside it.
ALTER TABLE webhook_deliveries ADD COLUMN failure JSONB;
ALTER TABLE bot_turns ADD COLUMN failure JSONB;
