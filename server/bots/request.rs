//! What a bot is told of a conversation: gathered once, and put into the words of its kind by an adapter.

use serde::Serialize;
use serde_json::{Map, Value};

use super::redact::redact;
use super::turn_store;
use super::turns::Asked;
use crate::agents::faces::Faces;
use crate::conversations::{Conversation, Error, Moment};
use crate::db::Db;
use crate::ids::{BotId, ConversationId, MessageId, QueueId, SiteId, VisitorId};
use crate::live::protocol::{Author, AuthorKind, MessageForm, MessageKind};
use crate::messages::store::{self as messages, MessageRow, Scope};
use crate::queues::store as queues;
use crate::sites::store as sites;
use crate::visitors::store as visitors;

/// Entries of the log that are read for the history: its texts are sent.
const MOST_HISTORY: i64 = 60;

/// One message, as a bot is told.
#[derive(Debug, Clone, Serialize)]
pub struct Said {
    /// Its id.
    pub id: MessageId,
    /// Who said it, as the visitor sees them: what a bot knows it may say.
    pub author: Author,
    /// The words.
    pub text: String,
    /// What the visitor chose, as the bot gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
    /// What the visitor put into a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<FilledForm>,
    /// RFC 3339.
    pub created_at: String,
    #[serde(skip)]
    seq: i64,
}

/// The answers to a form of the bot.
#[derive(Debug, Clone, Serialize)]
pub struct FilledForm {
    /// The bot's message with the form.
    pub message: MessageId,
    /// By the names of its fields; what was left empty is not there.
    pub values: Map<String, Value>,
}

impl FilledForm {
    /// With what looks like a secret blacked out, where that is wished.
    fn of(form: MessageForm, redacts: bool) -> Option<Self> {
        let mut values = form.values?;
        for value in values.values_mut().filter(|value| redacts && (value.is_string() || value.is_number())) {
            let said = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let told = redact(&said);
            if told != said {
                *value = Value::String(told);
            }
        }
        Some(Self { message: form.of?, values })
    }
}

/// A site or a queue.
#[derive(Debug, Clone, Serialize)]
pub struct Named<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
}

/// The conversation.
#[derive(Debug, Clone, Serialize)]
pub struct About {
    /// Its id.
    pub id: ConversationId,
    /// Where it waits if the bot hands off.
    pub queue: Named<QueueId>,
    /// Queues that a hand-off may name.
    pub queues: Vec<String>,
    /// RFC 3339.
    pub started_at: String,
}

/// Who asks.
#[derive(Debug, Clone, Serialize)]
pub struct VisitorOf {
    /// Their id.
    pub id: VisitorId,
    /// As they or the website say.
    pub name: Option<String>,
    /// As they or the website say.
    pub email: Option<String>,
    /// As they or the website say.
    pub phone: Option<String>,
    /// Whether the website has proved who they are.
    pub verified: bool,
    /// The website's own id for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What the website tells of them.
    pub attributes: Map<String, Value>,
}

/// Where the visitor is.
#[derive(Debug, Clone, Serialize)]
pub struct PageOf {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
}

/// Everything that a bot is told: the body of the native contract (docs/bots.md).
#[derive(Debug, Clone, Serialize)]
pub struct Asking {
    /// `message`: the visitor said something; `given`: an agent gave the conversation back.
    pub event: &'static str,
    /// The same at each attempt.
    pub id: String,
    /// What the bot does counts while the conversation has this one.
    pub epoch: i64,
    /// Who is asked.
    pub bot: Named<BotId>,
    /// The website.
    pub site: Named<SiteId>,
    /// The conversation.
    pub conversation: About,
    /// Who asks.
    pub visitor: VisitorOf,
    /// Their language, as a BCP 47 tag.
    pub locale: String,
    /// Where they are.
    pub page: PageOf,
    /// Their last words; null if an agent gave it back without any.
    pub message: Option<Said>,
    /// All that they said since the bot was asked last, the oldest first.
    pub messages: Vec<Said>,
    /// What was said before, the oldest first.
    pub history: Vec<Said>,
    /// Tokens that the conversation has used.
    #[serde(skip)]
    pub tokens: u64,
    /// The conversation's number, for kinds that want integers.
    #[serde(skip)]
    pub number: i64,
}

impl Asking {
    /// What the visitor said, in one text: for bots that take one message at a time.
    pub fn words(&self) -> String {
        self.messages.iter().map(|said| said.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// Reads what the bot is to be told.
pub async fn gather(db: &Db, faces: Option<&Faces>, asked: &Asked) -> Result<Asking, Error> {
    let (conversation, bot, turn) = (&asked.conversation, &asked.bot, &asked.turn);
    let ws = conversation.workspace_id;
    let mut conn = db.read().await?;
    let scope = Scope { workspace_id: ws, conversation_id: conversation.id, visitor: true };
    let rows = messages::before(conn.conn(), scope, turn.to_seq.max(conversation.rev) + 1, MOST_HISTORY).await?;
    let visitor = visitors::find(conn.conn(), ws, conversation.visitor_id).await?.ok_or(Error::NotFound)?;
    let site = sites::find(conn.conn(), ws, conversation.site_id).await?.ok_or(Error::NotFound)?;
    let queues = queues::of_workspace(conn.conn(), ws).await?;
    let tokens = turn_store::tokens(conn.conn(), ws, conversation.id).await?;
    let number = turn_store::number(conn.conn(), ws, conversation.id).await?;
    drop(conn);
    let (history, messages) = told(rows, faces, (turn.from_seq, turn.to_seq), bot.redacts);
    Ok(Asking {
        event: if messages.is_empty() { "given" } else { "message" },
        id: turn.id.to_string(),
        epoch: turn.epoch,
        bot: Named { id: bot.id, name: bot.name.clone() },
        conversation: About {
            id: conversation.id,
            queue: Named { id: conversation.queue_id, name: conversation.queue_name.clone() },
            queues: queues.into_iter().map(|queue| queue.name).collect(),
            started_at: conversation.started_at.rfc3339(),
        },
        visitor: VisitorOf {
            id: visitor.id,
            name: visitor.name,
            email: visitor.email,
            phone: visitor.phone,
            verified: visitor.external_id.is_some(),
            external_id: visitor.external_id,
            attributes: visitor.attributes.0,
        },
        locale: visitor.locale.unwrap_or_else(|| site.locale.clone()),
        site: Named { id: site.id, name: site.name },
        page: PageOf { url: visitor.page.0.url, title: visitor.page.0.title },
        message: messages.last().cloned(),
        messages,
        history,
        tokens: u64::try_from(tokens).unwrap_or_default(),
        number,
    })
}

/// The last that was said, the oldest first, as the bot may read it.
pub async fn last(
    db: &Db,
    faces: Option<&Faces>,
    c: &Conversation,
    most: i64,
    redacts: bool,
) -> Result<Vec<Said>, Error> {
    let scope = Scope { workspace_id: c.workspace_id, conversation_id: c.id, visitor: true };
    let mut conn = db.read().await?;
    let rows = messages::before(conn.conn(), scope, c.rev + 1, MOST_HISTORY).await?;
    drop(conn);
    let mut said = told(rows, faces, (0, 0), redacts).0;
    let most = usize::try_from(most).unwrap_or_default();
    Ok(said.split_off(said.len().saturating_sub(most)))
}

/// What was said, parted into what came before this turn and what it is about.
fn told(
    mut rows: Vec<MessageRow>,
    faces: Option<&Faces>,
    (from_seq, to_seq): (i64, i64),
    redacts: bool,
) -> (Vec<Said>, Vec<Said>) {
    rows.sort_unstable_by_key(|row| row.seq);
    let said = rows.into_iter().filter_map(|row| {
        let payload = row.payload().cloned();
        let mut message = row.into_message();
        if let Some(faces) = faces {
            faces.in_message(&mut message);
        }
        let is_said = matches!(message.kind, MessageKind::Text | MessageKind::Form) && message.deleted_at.is_none();
        is_said.then(|| Said {
            id: message.id,
            payload: payload.filter(|_| message.author.kind == AuthorKind::Visitor),
            author: message.author,
            text: if redacts { redact(&message.text) } else { message.text.clone() },
            form: message.form.and_then(|form| FilledForm::of(form, redacts)),
            created_at: message.created_at,
            seq: message.seq,
        })
    });
    let new = |said: &Said| said.author.kind == AuthorKind::Visitor && said.seq > from_seq && said.seq <= to_seq;
    let (new, old): (Vec<Said>, Vec<Said>) = said.partition(new);
    // What the visitor said since is the next turn's; what the bot answered to the last one came after words that
    // are new now, and belongs to what was said before.
    let known = |said: &Said| said.author.kind != AuthorKind::Visitor || said.seq <= to_seq || to_seq == 0;
    (old.into_iter().filter(known).collect(), new)
}

/// For a bot's page: a request that no visitor caused.
pub fn example(bot: Named<BotId>, site: Named<SiteId>, queue: Named<QueueId>, text: &str, moment: &Moment) -> Asking {
    let (id, at) = (moment.ids.draw(), moment.now);
    let said = Said {
        id: MessageId::from_uuid(id),
        author: Author { kind: AuthorKind::Visitor, id: None, name: None, avatar_url: None },
        text: text.to_owned(),
        payload: None,
        form: None,
        created_at: at.rfc3339(),
        seq: 1,
    };
    Asking {
        event: "message",
        id: id.to_string(),
        epoch: 1,
        bot,
        site,
        conversation: About {
            id: ConversationId::from_uuid(id),
            queues: vec![queue.name.clone()],
            queue,
            started_at: at.rfc3339(),
        },
        visitor: VisitorOf {
            id: VisitorId::from_uuid(id),
            name: None,
            email: None,
            phone: None,
            verified: false,
            external_id: None,
            attributes: Map::new(),
        },
        locale: "en".to_owned(),
        page: PageOf { url: String::new(), title: String::new() },
        message: Some(said.clone()),
        messages: vec![said],
        history: Vec::new(),
        tokens: 0,
        number: 1,
    }
}
