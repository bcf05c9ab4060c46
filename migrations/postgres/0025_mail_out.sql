-- Whether the visitor is to be asked, at the next look, if the address is theirs: they left it and have no answer yet.
ALTER TABLE conversation_mail ADD COLUMN asks_proof BOOLEAN NOT NULL DEFAULT FALSE;
