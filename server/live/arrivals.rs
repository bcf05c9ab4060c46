//! What sessions read when they begin, for all who begin at the same moment.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::protocol::PAGE_MESSAGES;
use crate::conversations::Conversation;
use crate::conversations::arrival_store::{self, Place};
use crate::conversations::participant_store::ParticipantRow;
use crate::db::{Conn, Db, Error, Gather};
use crate::ids::{SiteId, VisitorId};
use crate::messages::missed_store;
use crate::messages::store::MessageRow;

/// Whose token.
pub struct Who {
    /// The site that was named.
    pub site: SiteId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
}

/// Whom a token is known as.
#[derive(Debug, Clone)]
pub enum Known {
    /// The visitor's current conversation.
    Conversation(Box<Conversation>),
    /// They have none.
    Visitor(VisitorId),
    /// There is no such visitor yet.
    Nobody,
}

/// What a visitor who comes back reads of their conversation.
pub struct Rest {
    /// Who is in it.
    pub participants: Vec<ParticipantRow>,
    /// What they missed; none where it was not asked for.
    pub missed: Option<Vec<MessageRow>>,
}

/// Reads for `hello`.
pub struct Arrivals {
    who: Gather<Who, Known>,
    rest: Gather<Place, Rest>,
}

impl Arrivals {
    /// Starts.
    pub fn start(db: &Db) -> Self {
        Self { who: Gather::start(db.clone(), read_who), rest: Gather::start(db.clone(), read_rest) }
    }

    /// Whom a token belongs to, and their current conversation.
    pub async fn who(&self, who: Who) -> Result<Known, Error> {
        self.who.ask(who).await
    }

    /// Who is in a conversation, and what came after `since` if that is at most one page.
    pub async fn rest(&self, conversation: &Conversation, since: Option<i64>) -> Result<Rest, Error> {
        let top = conversation.visitor_rev;
        let since = since.filter(|since| *since > 0 && *since <= top && top - *since <= PAGE_MESSAGES);
        self.rest.ask(Place { workspace_id: conversation.workspace_id, conversation_id: conversation.id, since }).await
    }
}

fn read_who<'c>(mut conn: Conn<'c>, asked: &'c [Who]) -> BoxFuture<'c, Result<Vec<Known>, Error>> {
    async move {
        let mut known = vec![Known::Nobody; asked.len()];
        let keys: Vec<_> = asked.iter().map(|who| (who.site, who.token_hash)).collect();
        for (place, conversation) in arrival_store::current(conn.again(), &keys).await? {
            known[place] = Known::Conversation(Box::new(conversation));
        }
        if known.iter().any(|one| matches!(one, Known::Nobody)) {
            for (place, visitor) in arrival_store::visitors(conn, &keys).await? {
                if matches!(known[place], Known::Nobody) {
                    known[place] = Known::Visitor(visitor);
                }
            }
        }
        Ok(known)
    }
    .boxed()
}

fn read_rest<'c>(mut conn: Conn<'c>, places: &'c [Place]) -> BoxFuture<'c, Result<Vec<Rest>, Error>> {
    async move {
        let rest =
            places.iter().map(|place| Rest { participants: Vec::new(), missed: place.since.map(|_| Vec::new()) });
        let mut rest: Vec<Rest> = rest.collect();
        for (place, row) in arrival_store::participants(conn.again(), places).await? {
            rest[place].participants.push(row);
        }
        if places.iter().any(|place| place.since.is_some()) {
            for (place, row) in missed_store::missed(conn, places).await? {
                rest[place].missed.get_or_insert_default().push(row);
            }
        }
        Ok(rest)
    }
    .boxed()
}
