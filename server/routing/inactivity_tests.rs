//! Stories about visitors who say nothing any more, on both databases, by a clock that is held.

use super::floor::Floor;
use super::line_store::LineChanges;
use crate::conversations::{ActingAgent, State};
use crate::ids::ConversationId;
use crate::live::owning::Owning;
use crate::testing::each_database;

/// Bo has answered a chat of a queue that asks after 120 seconds and closes after 60 more.
async fn answered(floor: &Floor<'_>) -> (ActingAgent, ConversationId) {
    let pauses = LineChanges { nudge_after_s: Some(120), close_after_s: Some(60), ..LineChanges::default() };
    floor.rules(floor.desk.queue_id, pauses).await;
    let bo = floor.hires("bo", 1).await;
    floor.live(&[&bo]).await;
    let chat = floor.says(1).await;
    floor.answers(&bo, chat).await;
    (bo, chat)
}

async fn events(floor: &Floor<'_>, name: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM messages WHERE CAST(extra AS TEXT) LIKE '%{name}%'");
    floor.test.number(&sql).await
}

#[tokio::test]
async fn a_silent_visitor_is_asked_and_then_the_place_is_free() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, chat) = answered(&floor).await;
        let next = floor.says(2).await;
        floor.passes_with(119, &[&bo]).await;
        assert_eq!(events(&floor, "visitor_warned").await, 0);
        floor.passes_with(1, &[&bo]).await;
        assert_eq!(events(&floor, "visitor_warned").await, 1, "after two minutes");
        assert_eq!(floor.sees(chat).await.state, State::Assigned);
        floor.passes_with(59, &[&bo]).await;
        assert_eq!(floor.sees(chat).await.state, State::Assigned);
        floor.passes_with(1, &[&bo]).await;
        assert_eq!(floor.sees(chat).await.state, State::Closed, "and one more");
        assert_eq!(events(&floor, "conversation_timed_out").await, 1);
        assert_eq!(floor.sees(next).await.owner_agent_id, Some(bo.id), "whoever waited has the place");
        floor.is_in_order().await;
        floor.says(1).await;
        assert_ne!(floor.sees(chat).await.state, State::Closed, "and words open it again");
    })
    .await;
}

#[tokio::test]
async fn words_of_either_side_begin_the_silence_anew() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, chat) = answered(&floor).await;
        floor.passes_with(130, &[&bo]).await;
        floor.writes_on(1, chat).await;
        floor.passes_with(45, &[&bo]).await;
        assert_eq!(floor.sees(chat).await.state, State::Assigned, "now it is the agent's turn");
        floor.passes_with(600, &[&bo]).await;
        assert_eq!((floor.sees(chat).await.state, events(&floor, "visitor_warned").await), (State::Assigned, 1));
        floor.answers(&bo, chat).await;
        floor.passes_with(100, &[&bo]).await;
        floor.answers(&bo, chat).await;
        floor.passes_with(100, &[&bo]).await;
        assert_eq!(events(&floor, "visitor_warned").await, 1, "the agent spoke again meanwhile");
        floor.passes_with(30, &[&bo]).await;
        assert_eq!(events(&floor, "visitor_warned").await, 2);
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_put_off_or_waits_is_not_silent() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, chat) = answered(&floor).await;
        floor.does(&bo, chat, Owning::Snooze(test.clock.now().plus_seconds(3_600))).await;
        let waiting = floor.says(2).await;
        let other = floor.says(3).await;
        floor.passes_with(600, &[&bo]).await;
        assert_eq!(floor.sees(chat).await.state, State::Snoozed);
        assert_eq!(floor.sees(waiting).await.state, State::Assigned, "bo owes an answer");
        assert_eq!(floor.sees(other).await.state, State::Queued);
        assert_eq!(events(&floor, "visitor_warned").await, 0);
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn either_pause_may_be_off_and_a_change_holds_for_what_is_silent_already() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, chat) = answered(&floor).await;
        let queue = floor.desk.queue_id;
        let (nudge, close) = (
            |s| LineChanges { nudge_after_s: Some(s), ..LineChanges::default() },
            |s| LineChanges { close_after_s: Some(s), ..LineChanges::default() },
        );
        floor.rules(queue, close(0)).await;
        floor.passes_with(600, &[&bo]).await;
        assert_eq!(events(&floor, "visitor_nudged").await, 1, "asked once, and nothing more is said");
        assert_eq!(floor.sees(chat).await.state, State::Assigned);
        floor.rules(queue, nudge(0)).await;
        floor.rules(queue, close(60)).await;
        floor.asks_to_settle(queue).await;
        floor.passes_with(15, &[&bo]).await;
        assert_eq!(floor.sees(chat).await.state, State::Closed, "it was silent for longer");
        floor.is_in_order().await;
    })
    .await;
}
