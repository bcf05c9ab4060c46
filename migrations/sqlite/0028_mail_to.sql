-- To whom answers to a conversation that is by mail go, in lower case: who wrote it, or whom an agent wrote to.
ALTER TABLE conversation_mail ADD COLUMN address TEXT;
UPDATE conversation_mail SET address = (
    SELECT t.address FROM mail_threads t WHERE t.workspace_id = conversation_mail.workspace_id
    AND t.conversation_id = conversation_mail.conversation_id ORDER BY t.created_at, t.id LIMIT 1
) WHERE channel = 'mail';
