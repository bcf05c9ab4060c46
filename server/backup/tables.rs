//! What a backup holds: every table in an order in which its rows may be written again, and whose each
//! row is. A test holds this against the schema, so that no table is forgotten.

/// One table.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The visitor whose a row `t` is, as SQL; none for what is nobody's in particular.
    pub owner: Option<&'static str>,
    /// Columns that point into the same table: written once all rows are there.
    pub late: &'static [&'static str],
}

/// Tables that are not in backups: sessions and invitations would come back to life, answers that are kept for
/// repeats hold what belongs to visitors and are of a day, and the others are the schema's own.
/// Mails in no conversation are nobody's, and are kept for a while only.
pub const LEFT_OUT: [&str; 8] = [
    "sessions",
    "invitations",
    "half_sign_ins",
    "idempotency_keys",
    "mail_links",
    "set_aside_mails",
    "schema_compatibility",
    "_sqlx_migrations",
];

/// By the visitor's id in the row.
const BY_VISITOR: Option<&str> = Some(
    "(SELECT COALESCE(v.merged_into, v.id) FROM visitors v \
     WHERE v.workspace_id = t.workspace_id AND v.id = t.visitor_id)",
);
/// By the conversation's.
const BY_CONVERSATION: Option<&str> = Some(
    "(SELECT COALESCE(v.merged_into, v.id) FROM conversations c \
     JOIN visitors v ON v.workspace_id = c.workspace_id AND v.id = c.visitor_id \
     WHERE c.workspace_id = t.workspace_id AND c.id = t.conversation_id)",
);
/// By the message's.
const BY_MESSAGE: Option<&str> = Some(
    "(SELECT COALESCE(v.merged_into, v.id) FROM messages m \
     JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id \
     JOIN visitors v ON v.workspace_id = c.workspace_id AND v.id = c.visitor_id \
     WHERE m.workspace_id = t.workspace_id AND m.id = t.message_id)",
);

const fn plain(name: &'static str) -> Table {
    Table { name, owner: None, late: &[] }
}

const fn owned(name: &'static str, owner: Option<&'static str>) -> Table {
    Table { name, owner, late: &[] }
}

/// All of them, in order.
pub const TABLES: &[Table] = &[
    plain("instance"),
    plain("workspaces"),
    plain("bots"),
    Table { late: &["overflow_queue_id"], ..plain("queues") },
    plain("sites"),
    plain("site_sightings"),
    plain("identity_secrets"),
    plain("agents"),
    plain("agent_pictures"),
    plain("recovery_codes"),
    plain("queue_agents"),
    plain("api_keys"),
    plain("tags"),
    plain("saved_views"),
    plain("canned_replies"),
    plain("word_filters"),
    plain("audit_log"),
    plain("jobs"),
    plain("event_logs"),
    plain("webhooks"),
    plain("erasures"),
    plain("mail_addresses"),
    plain("mailbox_marks"),
    Table { late: &["merged_into"], ..owned("visitors", Some("COALESCE(t.merged_into, t.id)")) },
    owned("next_chats", BY_VISITOR),
    owned("form_answers", BY_VISITOR),
    owned("visitor_trail", BY_VISITOR),
    Table { late: &["merged_into"], ..owned("conversations", BY_VISITOR) },
    owned("participants", BY_CONVERSATION),
    owned("messages", BY_CONVERSATION),
    owned("message_edits", BY_MESSAGE),
    owned("ratings", BY_CONVERSATION),
    owned("conversation_tags", BY_CONVERSATION),
    owned("routing_decisions", BY_CONVERSATION),
    owned("bot_turns", BY_CONVERSATION),
    owned("drafts", BY_CONVERSATION),
    owned("mentions", BY_CONVERSATION),
    owned("event_marks", BY_CONVERSATION),
    owned("events", BY_CONVERSATION),
    owned("webhook_deliveries", BY_CONVERSATION),
    owned("practice_chats", BY_CONVERSATION),
    owned("conversation_mail", BY_CONVERSATION),
    owned("mail_threads", BY_CONVERSATION),
    owned("mails", BY_CONVERSATION),
    owned("received_mails", BY_CONVERSATION),
    owned("agent_alerts", BY_CONVERSATION),
];

/// The table of this name.
pub fn find(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}
