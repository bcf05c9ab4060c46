//! Putting a tag on a conversation, and taking it off.

use super::commands::{Done, Moment};
use super::recording::open_recording;
use super::{ActingAgent, Conversation, Error, access, store};
use crate::db::Tx;
use crate::ids::{ConversationId, TagId};
use crate::tags::{MOST_ON_ONE, MOST_TAGS, TagName, store as tags};

/// Puts a tag on, or takes it off. A name that the workspace does not have yet becomes one of its tags.
/// What is so already is acknowledged.
pub async fn set_tag(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    id: ConversationId,
    name: &TagName,
    on: bool,
) -> Result<Done, Error> {
    let ws = agent.workspace_id;
    let conversation = store::lock(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    access::check(tx.conn(), agent, &conversation).await?;
    let changed = if on {
        tag_by_name(tx, moment, &conversation, name).await?
    } else {
        match tags::named(tx.conn(), ws, name).await? {
            Some(tag) => tags::take_off(tx.conn(), ws, id, tag.id).await?,
            None => false,
        }
    };
    if !changed {
        return Ok(Done::already(&conversation));
    }
    let mut recording = open_recording(conversation);
    // Tags are the team's own.
    recording.next_rev(false);
    recording.finish(tx, moment).await
}

/// Puts the tag of this name on, which the workspace has from then on. False where it is there.
pub(crate) async fn tag_by_name(
    tx: &mut Tx,
    moment: &Moment,
    conversation: &Conversation,
    name: &TagName,
) -> Result<bool, Error> {
    let ws = conversation.workspace_id;
    if let Some(tag) = tags::named(tx.conn(), ws, name).await? {
        return put_on(tx, moment, conversation, tag.id).await;
    }
    if tags::count(tx.conn(), ws).await? >= MOST_TAGS {
        return Err(Error::Invalid(format!("A workspace has at most {MOST_TAGS} tags.")));
    }
    let tag = TagId::from_uuid(moment.ids.draw());
    let tag = tags::add(tx.conn(), ws, tag, name, moment.now).await?;
    put_on(tx, moment, conversation, tag).await
}

async fn put_on(tx: &mut Tx, moment: &Moment, conversation: &Conversation, tag: TagId) -> Result<bool, Error> {
    let (ws, id) = (conversation.workspace_id, conversation.id);
    let there = tags::of_conversations(tx.conn(), ws, &[id]).await?.remove(&id).unwrap_or_default();
    if there.iter().any(|other| other.id == tag) {
        return Ok(false);
    }
    if there.len() >= MOST_ON_ONE {
        return Err(Error::Invalid(format!("A chat has at most {MOST_ON_ONE} tags.")));
    }
    Ok(tags::put_on(tx.conn(), ws, id, tag, moment.now).await?)
}
