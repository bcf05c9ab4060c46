//! SQL of finding.

use super::{Found, MOST_FOUND, NEWEST_CHATS, NEWEST_MESSAGES, pattern};
use crate::conversations::list_store::Viewer;
use crate::db::{Conn, Error};
use crate::on;

/// Chats of the viewer: `$1` workspace, `$2` agent, `$3` whether they see every queue, `$4` to `$6` the
/// patterns, `$7` how many of the newest are looked through, `$8` how many are wanted.
macro_rules! found {
    ($text:literal, $from:literal, $like:literal) => {
        concat!(
            "SELECT c.id, c.state, COALESCE(v.name, '') AS name, COALESCE(v.email, '') AS email, ",
            $text,
            " AS text FROM ",
            $from,
            " JOIN visitors v ON v.workspace_id = c.workspace_id AND v.id = c.visitor_id WHERE (",
            $like,
            ") AND ($3 OR c.owner_agent_id = $2 \
             OR EXISTS (SELECT 1 FROM queue_agents qa WHERE qa.workspace_id = c.workspace_id \
             AND qa.queue_id = c.queue_id AND qa.agent_id = $2) \
             OR EXISTS (SELECT 1 FROM participants p WHERE p.workspace_id = c.workspace_id \
             AND p.conversation_id = c.id AND p.kind = 'agent' AND p.participant_id = $2)) \
             AND c.merged_into IS NULL ORDER BY (c.state = 'closed'), c.row_id DESC LIMIT $8"
        )
    };
}

const BY_NAME: &str = found!(
    "''",
    "(SELECT * FROM conversations WHERE workspace_id = $1 ORDER BY row_id DESC LIMIT $7) c",
    "v.name LIKE $4 ESCAPE '\\' OR v.name LIKE $5 ESCAPE '\\' OR v.name LIKE $6 ESCAPE '\\' OR v.email LIKE $5 ESCAPE '\\'"
);
const BY_WORDS: &str = found!(
    "m.text",
    "(SELECT workspace_id, conversation_id, text, row_id FROM messages WHERE workspace_id = $1 \
     ORDER BY row_id DESC LIMIT $7) m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id",
    "m.text LIKE $4 ESCAPE '\\' OR m.text LIKE $5 ESCAPE '\\' OR m.text LIKE $6 ESCAPE '\\'"
);

/// Chats whose visitor has this name or address, and after them those in which it was said; each once,
/// open ones first. SQLite folds only ASCII letters, so the text is tried as typed, small and capital.
pub async fn find(mut conn: Conn<'_>, viewer: Viewer, text: &str) -> Result<Vec<Found>, Error> {
    let mut found = search(conn.again(), viewer, text, BY_NAME, NEWEST_CHATS).await?;
    for by_words in search(conn, viewer, text, BY_WORDS, NEWEST_MESSAGES).await? {
        if !found.iter().any(|there| there.id == by_words.id) {
            found.push(by_words);
        }
    }
    found.sort_by_key(|found| found.state == "closed");
    found.truncate(usize::try_from(MOST_FOUND).unwrap_or(usize::MAX));
    Ok(found)
}

async fn search(
    conn: Conn<'_>,
    viewer: Viewer,
    text: &str,
    sql: &'static str,
    newest: i64,
) -> Result<Vec<Found>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(viewer.workspace_id)
        .bind(viewer.agent_id)
        .bind(viewer.role.sees_every_queue())
        .bind(pattern(text))
        .bind(pattern(&text.to_lowercase()))
        .bind(pattern(&text.to_uppercase()))
        .bind(newest)
        .bind(MOST_FOUND)
        .fetch_all(c)
        .await)?)
}
