-- What a model used for an answer, so that a conversation has a limit.
ALTER TABLE bot_turns ADD COLUMN tokens BIGINT;
