//! Named constraints, on both databases.
//!
//! PostgreSQL reports a violated constraint by name. SQLite names only CHECK constraints; of a
//! unique one it reports the columns, or the index when the index is partial, and of a foreign key
//! nothing at all.

/// The constraints that the program turns into a domain error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// Two agents of a workspace with one mail address.
    AgentsEmail,
    /// Two sites of a workspace with one name.
    SitesName,
    /// Two sites with one key.
    SitesKey,
    /// Two queues of a workspace with one name.
    QueuesName,
    /// Two bots of a workspace with one name.
    BotsName,
    /// Two visitors of a site with one token.
    VisitorsToken,
    /// Two visitors of a site to whom the website gave one name.
    VisitorsExternal,
    /// A second open conversation of one visitor on one site.
    ConversationsOneOpen,
    /// A form id that the workspace already has.
    FormAnswersId,
    /// A message id that the workspace already has.
    MessagesId,
    /// Two messages of a conversation with one seq: two writers took one rev.
    MessagesSeq,
    /// The one row of `instance` exists.
    InstanceSingle,
    /// A row that points to nothing, or into another workspace.
    ForeignKey,
    /// A CHECK constraint.
    Check,
}

/// Constraint, its name, and how SQLite reports it.
const NAMED: [(Constraint, &str, &str); 12] = [
    (Constraint::AgentsEmail, "agents_email_key", "agents.workspace_id, agents.email"),
    (Constraint::SitesName, "sites_name_key", "sites.workspace_id, sites.name"),
    (Constraint::SitesKey, "sites_key_key", "sites.key"),
    (Constraint::QueuesName, "queues_name_key", "queues.workspace_id, queues.name"),
    (Constraint::BotsName, "bots_name_key", "bots.workspace_id, bots.name"),
    (Constraint::VisitorsToken, "visitors_token_key", "visitors.site_id, visitors.token_hash"),
    (Constraint::VisitorsExternal, "visitors_external_key", "visitors.site_id, visitors.external_id"),
    (
        Constraint::ConversationsOneOpen,
        "conversations_one_open",
        "conversations.workspace_id, conversations.site_id, conversations.visitor_id",
    ),
    (Constraint::FormAnswersId, "form_answers_pkey", "form_answers.workspace_id, form_answers.id"),
    (Constraint::MessagesId, "messages_id_key", "messages.workspace_id, messages.id"),
    (Constraint::MessagesSeq, "messages_seq_key", "messages.workspace_id, messages.conversation_id, messages.seq"),
    (Constraint::InstanceSingle, "instance_pkey", "instance.id"),
];

impl Constraint {
    /// The constraint that this error is about, if it is about one.
    pub fn of(error: &sqlx::Error) -> Option<Self> {
        let db = error.as_database_error()?;
        if db.is_foreign_key_violation() {
            return Some(Self::ForeignKey);
        }
        if db.is_check_violation() {
            return Some(Self::Check);
        }
        if !db.is_unique_violation() {
            return None;
        }
        let by_name = |name: &str| NAMED.iter().find(|(_, n, _)| *n == name).map(|(c, ..)| *c);
        if let Some(name) = db.constraint() {
            return by_name(name);
        }
        let columns = db.message().rsplit(": ").next()?;
        NAMED.iter().find(|(_, _, lite)| *lite == columns).map(|(c, ..)| *c)
    }
}
