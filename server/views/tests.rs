use std::collections::HashMap;
use std::sync::Arc;

use super::filter::{Channel, Standing};
use super::{Filter, Looked, View};
use crate::agents::Role;
use crate::conversations::list_store::{self, Viewer};
use crate::conversations::store;
use crate::ids::{ConversationId, TagId};
use crate::live::owning::Owning;
use crate::mail::channel_store;
use crate::routing::floor::Floor;
use crate::routing::line_store::LineChanges;
use crate::routing::{Policy, Priority};
use crate::tags::store as tags;
use crate::testing::each_database;

const FIRST_ANSWER_S: i64 = 120;

/// Chats in every standing that there is.
async fn chats(floor: &Floor<'_>) -> Vec<ConversationId> {
    let manual = LineChanges {
        policy: Some(Policy::Manual),
        first_answer_s: Some(FIRST_ANSWER_S),
        reply_s: Some(60),
        ..LineChanges::default()
    };
    floor.rules(floor.desk.queue_id, manual).await;
    let bo = floor.hires("bo", 9).await;
    let mut ids = Vec::new();
    for n in 0..8 {
        ids.push(floor.says(n).await);
    }
    // Taken; answered; answered and asked again; closed; put off; urgent.
    for id in &ids[1..6] {
        floor.does(&bo, *id, Owning::Take).await;
    }
    for id in &ids[2..6] {
        floor.answers(&bo, *id).await;
    }
    floor.says(3).await;
    floor.does(&bo, ids[4], Owning::Close).await;
    floor.does(&bo, ids[5], Owning::Snooze(floor.test.clock.now().plus_seconds(36_000))).await;
    floor.does(&bo, ids[6], Owning::Priority(Priority::Urgent)).await;
    floor.does(&bo, ids[7], Owning::tag("e-bike", true).unwrap()).await;
    ids
}

#[tokio::test]
async fn what_the_database_lets_through_is_what_a_changed_row_is_held_against() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let ids = chats(&floor).await;
        let (ws, agent_id) = (floor.ws(), floor.desk.owner_id);
        let viewer = Viewer { workspace_id: ws, agent_id, role: Role::Owner };
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let tag = tag_of(&floor, ids[7]).await;
        for seconds in [0, FIRST_ANSWER_S * 3 / 4, FIRST_ANSWER_S / 4, 60] {
            test.clock.advance(std::time::Duration::from_secs(u64::try_from(seconds).unwrap()));
            let now = test.clock.now();
            for filter in filters(&floor, tag) {
                let mut conn = test.db.read().await.unwrap();
                let view = View::Filtered(Arc::new(filter.clone()));
                let listed = list_store::list(conn.conn(), viewer, &view, 100, now).await.unwrap();
                let mut listed: Vec<_> = listed.into_iter().map(|conversation| conversation.id).collect();
                let mut held = Vec::new();
                for id in &ids {
                    let conversation = store::find(conn.conn(), ws, *id).await.unwrap().unwrap();
                    let on = tags::of_conversations(conn.conn(), ws, &[*id]).await.unwrap();
                    let on: Vec<TagId> = on.into_values().flatten().map(|tag| tag.id).collect();
                    let by_mail = channel_store::by_mail(conn.conn(), ws, &[*id]).await.unwrap().contains(id);
                    if view.holds(&Looked { conversation: &conversation, tags: &on, by_mail, now }, agent_id) {
                        held.push(*id);
                    }
                }
                listed.sort();
                held.sort();
                assert_eq!(listed, held, "{filter} after {seconds} s");
                *seen.entry(filter.standing.map_or("", Standing::word)).or_default() += held.len();
            }
        }
        let never: Vec<_> = Standing::ALL.iter().map(|s| s.word()).filter(|word| seen.get(word) == Some(&0)).collect();
        assert_eq!(never, ["bot"], "each standing was there, but for bots");
    })
    .await;
}

fn filters(floor: &Floor<'_>, tag: TagId) -> Vec<Filter> {
    let any = Filter::default();
    let mut filters: Vec<Filter> =
        Standing::ALL.into_iter().map(|standing| Filter { standing: Some(standing), ..any.clone() }).collect();
    filters.push(any.clone());
    filters.push(Filter { tag: Some(tag), ..any.clone() });
    filters.push(Filter { queue: Some(floor.desk.queue_id), site: Some(floor.site.id), ..any.clone() });
    filters.push(Filter { priority: Some(Priority::Urgent), ..any.clone() });
    filters.extend(Channel::ALL.map(|channel| Filter { channel: Some(channel), ..any.clone() }));
    filters.push(Filter { agent: Some(floor.desk.owner_id), ..any });
    filters
}

async fn tag_of(floor: &Floor<'_>, id: ConversationId) -> TagId {
    let mut conn = floor.test.db.read().await.unwrap();
    let mut tags = tags::of_conversations(conn.conn(), floor.ws(), &[id]).await.unwrap();
    tags.remove(&id).unwrap().remove(0).id
}

#[tokio::test]
async fn a_tag_is_put_on_once_and_known_by_its_name() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let bo = floor.hires("bo", 9).await;
        let id = floor.says(1).await;
        let mut revs = Vec::new();
        for (name, on) in [("e-bike", true), ("e-bike", true), ("E-bike", true), ("e-bike", false), ("no", false)] {
            revs.push(floor.tries(&bo, id, Owning::tag(name, on).unwrap()).await.unwrap().rev);
        }
        assert!(revs[0] == revs[1] && revs[1] < revs[2] && revs[2] < revs[3] && revs[3] == revs[4], "{revs:?}");
        assert_eq!(test.number("SELECT count(*) FROM conversation_tags").await, 1);
    })
    .await;
}
