//! Domain to HTML: fills the console's view structs. What is pushed and what the page shows come
//! from here alike.

use bytestring::ByteString;
use serde_json::Value;

use super::listing::Listed;
use super::protocol::{AgentItem, AuthorKind, Message};
use crate::agents::faces::Faces;
use crate::app::App;
use crate::bots;
use crate::clock::Timestamp;
use crate::conversations::fragments::{self, BotView, EventView, MailView, MessageView, OfferView, PaneView, RowView};
use crate::conversations::{Change, Conversation, Error, State, participant_store};
use crate::db::Conn;
use crate::mail::reach;
use crate::messages::{author_word, kind_word};
use crate::visitors;
use crate::words::Lang;

/// Characters of the last line that a row shows.
const LAST_LINE_CHARS: usize = 160;
/// Characters of a visitor's name that a row shows.
const NAME_CHARS: usize = 80;
/// Characters of the page's path that a row shows.
const PATH_CHARS: usize = 100;

/// One message for a template.
pub fn message_view(conversation: &Conversation, message: &Message) -> MessageView {
    let author = &message.author;
    let name = match author.kind {
        AuthorKind::Visitor => conversation.visitor_name.clone(),
        _ => author.name.clone(),
    };
    MessageView {
        id: message.id.to_string(),
        seq: message.seq,
        rev: message.rev,
        // An event that agents alone see is stored as a note.
        kind: message.event.as_ref().map_or(kind_word(message.kind), |_| "event").to_owned(),
        author_kind: author_word(author.kind).to_owned(),
        author_id: author.id.clone().unwrap_or_default(),
        author_name: name.unwrap_or_default(),
        text: message.text.clone(),
        mentions: message.mentions.clone(),
        offer: OfferView::of(message),
        mail: message.mail.as_ref().map(MailView::of),
        event: message.event.as_ref().map(|event| event_view(&event.name, &event.params)),
        created_at: message.created_at.clone(),
        edited: message.edited_at.is_some(),
        deleted: message.deleted_at.is_some(),
    }
}

fn event_view(name: &str, params: &serde_json::Map<String, Value>) -> EventView {
    let text = |object: Option<&Value>, key: &str| {
        object.and_then(|o| o.get(key)).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let plain = |key: &str| params.get(key).and_then(Value::as_str).map(str::to_owned);
    let (agent, by) = (params.get("agent"), params.get("by"));
    EventView {
        name: name.to_owned(),
        by_kind: if agent.is_some() { "agent".to_owned() } else { text(by, "kind") },
        by_name: text(agent.or(by), "name"),
        // Whom a mail went to is an address, not somebody.
        to_name: plain("to").filter(|to| !to.is_empty()).unwrap_or_else(|| text(params.get("to"), "name")),
        until: params.get("until").and_then(Value::as_str).unwrap_or_default().to_owned(),
        priority: params.get("priority").and_then(Value::as_str).unwrap_or_default().to_owned(),
        score: params.get("score").and_then(Value::as_i64).map(|score| score.to_string()).unwrap_or_default(),
        comment: plain("comment").or_else(|| plain("why")).unwrap_or_default(),
        phrase: params.get("phrase").and_then(Value::as_str).unwrap_or_default().to_owned(),
        bot: BotView::of(params),
    }
}

/// One message as HTML.
pub fn html(lang: Lang, conversation: &Conversation, message: &Message) -> String {
    fragments::message(lang, &message_view(conversation, message))
}

/// Messages as pushed items.
pub fn items(lang: Lang, conversation: &Conversation, messages: &[Message]) -> Vec<AgentItem> {
    let item =
        |message: &Message| AgentItem { id: message.id, seq: message.seq, html: html(lang, conversation, message) };
    messages.iter().map(item).collect()
}

/// The head, strip and facts of a pane.
pub async fn pane(app: &App, lang: Lang, conversation: &Conversation) -> Result<String, Error> {
    Ok(fragments::pane(lang, &pane_view(app, conversation).await?))
}

/// What a pane says of its conversation.
pub async fn pane_view(app: &App, conversation: &Conversation) -> Result<PaneView, Error> {
    let (ws, id) = (conversation.workspace_id, conversation.id);
    let mut conn = app.db.read().await?;
    let visitor = visitors::store::find(conn.conn(), ws, conversation.visitor_id).await?.ok_or(Error::NotFound)?;
    let participants = participant_store::participants(conn.conn(), ws, id).await?;
    let site_name = crate::sites::store::name(conn.conn(), ws, conversation.site_id).await?.unwrap_or_default();
    let side = super::side::side(conn.conn(), conversation, &visitor, &participants).await?;
    let reach = reach::of(conn.conn(), &app.config.mail, conversation).await?;
    let marks = participants.iter().find(|p| p.kind == "visitor").map_or((0, 0), |p| (p.delivered_seq, p.read_seq));
    Ok(PaneView {
        id: id.to_string(),
        epoch: conversation.epoch,
        state: conversation.state.word().to_owned(),
        owner_agent_id: conversation.owner_agent_id.map(|id| id.to_string()).unwrap_or_default(),
        owner_name: conversation.owner_name.clone().unwrap_or_default(),
        visitor_id: conversation.visitor_id.to_string(),
        visitor_name: visitor.name.unwrap_or_default(),
        visitor_email: visitor.email.unwrap_or_default(),
        verified: visitor.external_id.is_some(),
        external_id: visitor.external_id.unwrap_or_default(),
        email_verified: visitor.verified.0.email,
        page_url: visitor.page.0.url,
        page_title: visitor.page.0.title,
        queue_name: conversation.queue_name.clone(),
        site_name,
        started_at: conversation.started_at.rfc3339(),
        since: since(conversation),
        rev: conversation.rev,
        last_seq: conversation.last_seq,
        visitor_delivered_seq: marks.0,
        visitor_read_seq: marks.1,
        is_test: conversation.is_test,
        is_practice: conversation.is_practice,
        is_blocked: visitor.is_blocked,
        reach,
        is_away: app.hub.visitor_present(id).is_none(),
        writes_mail: app.config.mail.smtp.is_some(),
        bot: bot_to_give_to(conn.conn(), conversation).await?,
        side,
    })
}

/// Who could have it of the bots: that of its queue, while a person has it.
async fn bot_to_give_to(conn: Conn<'_>, conversation: &Conversation) -> Result<Option<String>, Error> {
    if !matches!(conversation.state, State::Assigned | State::Snoozed) {
        return Ok(None);
    }
    let bot = bots::store::of_queue(conn, conversation.workspace_id, conversation.queue_id).await?;
    Ok(bot.map(|bot| bot.name))
}

/// What the timer of a conversation counts from.
fn since(conversation: &Conversation) -> String {
    let at = match conversation.state {
        State::Queued | State::Bot => conversation.queued_at,
        State::Closed => conversation.closed_at.unwrap_or(conversation.updated_at),
        State::Assigned | State::Snoozed => conversation.waiting_since.unwrap_or(conversation.updated_at),
    };
    at.rfc3339()
}

/// A row of a list.
pub fn row_view(listed: &Listed) -> RowView {
    let (conversation, last) = (&listed.conversation, listed.last.as_ref());
    let time = |at: Option<Timestamp>| at.map(Timestamp::rfc3339).unwrap_or_default();
    let awake = matches!(conversation.state, State::Queued | State::Assigned);
    let line = last.map(|message| crate::visitors::clean(&message.text, LAST_LINE_CHARS)).unwrap_or_default();
    let author = last.map(|message| &message.author);
    RowView {
        id: conversation.id.to_string(),
        state: conversation.state.word().to_owned(),
        epoch: conversation.epoch,
        owner_agent_id: conversation.owner_agent_id.map(|id| id.to_string()).unwrap_or_default(),
        owner_name: conversation.owner_name.clone().unwrap_or_default(),
        visitor_id: conversation.visitor_id.to_string(),
        visitor_name: crate::visitors::clean(conversation.visitor_name.as_deref().unwrap_or_default(), NAME_CHARS),
        last_line: line,
        last_author_kind: author.map(|author| author_word(author.kind).to_owned()).unwrap_or_default(),
        last_author_id: author.and_then(|author| author.id.clone()).unwrap_or_default(),
        last_author_name: author.and_then(|author| author.name.clone()).unwrap_or_default(),
        since: since(conversation),
        unread: listed.unread,
        page_path: page_path(&listed.page_url),
        tags: listed.tags.iter().map(|tag| tag.name.clone()).collect(),
        is_new: awake && conversation.first_answered_at.is_none(),
        answer_due_at: time(conversation.answer_due_at.filter(|_| awake)),
        answer_risk_at: time(conversation.answer_risk_at().filter(|_| awake)),
        snoozed_until: time(conversation.due_at.filter(|_| conversation.state == State::Snoozed)),
        priority: conversation.priority,
        is_test: conversation.is_test,
        is_practice: conversation.is_practice,
        by_mail: listed.by_mail,
        queue_name: conversation.queue_name.clone(),
    }
}

fn page_path(page_url: &str) -> String {
    url::Url::parse(page_url).map(|url| crate::visitors::clean(url.path(), PATH_CHARS)).unwrap_or_default()
}

/// The agents' `changes` frame after `from`, rendered once for each language.
pub async fn change_frame(app: &App, change: &Change, from: i64, lang: Lang) -> ByteString {
    change
        .agent_frame(from, lang, async {
            let conversation = &change.conversation;
            let messages: Vec<Message> = change.entries.iter().map(|entry| entry.message.clone()).collect();
            let pane = if change.state_changed { pane(app, lang, conversation).await.ok() } else { None };
            let faces = app.workspaces.faces(conversation.workspace_id);
            let tail = serde_json::json!({
                "conversation": Faces::pictured_head(faces.as_deref(), conversation.head()),
                "rev": change.rev(),
                "items": items(lang, conversation, &messages),
                "pane": pane,
                "more": false,
                "floor": conversation.floor_seq,
            });
            ByteString::from(tail.to_string().split_off(1))
        })
        .await
}
