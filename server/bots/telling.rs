//! What a bot's visitor sees before anything is stored: that it writes, and its answer as it grows. Both
//! are fenced by the epoch, so that nothing of a bot is heard once somebody else has the conversation.

use super::Bot;
use super::turns::Asked;
use crate::ids::{ConversationId, MessageId};
use crate::live::hub::Hub;
use crate::live::protocol::{AuthorKind, By, ServerFrame};

/// The bot writes, or stopped. False where it does not own the conversation any more.
pub fn typing(hub: &Hub, asked: &Asked, on: bool) -> bool {
    let id = asked.conversation.id;
    let by = By { kind: AuthorKind::Bot, id: asked.bot.id.to_string() };
    let frame = ServerFrame::Typing { conversation: Some(id), by, on, preview: None };
    hub.tell_of_bot(id, asked.turn.epoch, &frame)
}

/// A bot that acts by itself says that it writes.
pub fn writes(hub: &Hub, bot: &Bot, conversation: ConversationId, epoch: i64) {
    let by = By { kind: AuthorKind::Bot, id: bot.id.to_string() };
    let frame = ServerFrame::Typing { conversation: Some(conversation), by, on: true, preview: None };
    hub.tell_of_bot(conversation, epoch, &frame);
}

/// The answer of a bot that acts by itself, as far as it has come.
pub fn grows(hub: &Hub, conversation: ConversationId, epoch: i64, message: MessageId, text: &str) {
    let frame = ServerFrame::Partial { message, text: text.to_owned() };
    hub.tell_of_bot(conversation, epoch, &frame);
}

/// The bot's answer as far as it has come. False as above.
pub fn partial(hub: &Hub, asked: &Asked, text: &str) -> bool {
    let frame = ServerFrame::Partial { message: asked.message(), text: text.to_owned() };
    hub.tell_of_bot(asked.conversation.id, asked.turn.epoch, &frame)
}
