//! Stories about opening hours, on both databases, by a clock that is held: it is Tuesday, ten o'clock UTC.

use super::floor::Floor;
use super::line_store::LineChanges;
use super::timer;
use crate::agents::AgentState;
use crate::conversations::State;
use crate::hours::{self, Hours};
use crate::ids::QueueId;
use crate::live::owning::Owning;
use crate::testing::each_database;

const WAITS: (State, Option<String>) = (State::Queued, None);
const HOUR: u64 = 3_600;

fn with(name: &str) -> (State, Option<String>) {
    (State::Assigned, Some(name.to_owned()))
}

fn daily(times: &str) -> Hours {
    Hours {
        time_zone: Hours::parse_time_zone("UTC").expect("a zone"),
        week: Hours::parse_week(&[format!("mon-sun {times}")]).expect("a week"),
        holidays: Vec::new(),
    }
}

impl Floor<'_> {
    async fn queue_is_open(&self, queue: QueueId, times: &str) {
        let (ws, hours) = (self.ws(), daily(times));
        self.test
            .run(move |tx| {
                Box::pin(async move { hours::store::set_of_queue(tx.conn(), ws, queue, Some(&hours)).await })
            })
            .await;
    }

    async fn site_is_open(&self, times: &str) {
        let (ws, site, hours) = (self.ws(), self.site.id, daily(times));
        self.test
            .run(move |tx| Box::pin(async move { hours::store::set_of_site(tx.conn(), ws, site, Some(&hours)).await }))
            .await;
    }
}

#[tokio::test]
async fn a_shut_queue_gives_nothing_and_opens_by_itself() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let bo = floor.hires("bo", 1).await;
        floor.queue_is_open(floor.desk.queue_id, "12:00-14:00").await;
        floor.live(&[&bo]).await;
        let (first, second) = (floor.says(1).await, floor.says(2).await);
        floor.passes_with(HOUR, &[&bo]).await;
        assert_eq!(floor.place(first).await, WAITS, "bo has room, and it is eleven");
        floor.is_in_order().await;
        floor.passes_with(HOUR, &[&bo]).await;
        assert_eq!((floor.place(first).await, floor.place(second).await), (with("bo"), WAITS), "it opens");
        floor.answers(&bo, first).await;
        floor.passes_with(2 * HOUR, &[&bo]).await;
        floor.does(&bo, first, Owning::Close).await;
        assert_eq!(floor.place(second).await, WAITS, "it is shut again");
        floor.does(&bo, second, Owning::Take).await;
        assert_eq!(floor.place(second).await, with("bo"), "a person may take what routing does not give");
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn a_site_shuts_its_chats_where_the_queue_has_no_hours_of_its_own() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let bo = floor.hires("bo", 2).await;
        let night = floor.another_queue("Night").await;
        floor.joins(bo.id, night).await;
        floor.queue_is_open(night, "00:00-24:00").await;
        floor.site_is_open("12:00-14:00").await;
        floor.live(&[&bo]).await;
        let chat = floor.says(1).await;
        let other = floor.says(2).await;
        assert_eq!(floor.place(chat).await, WAITS);
        floor.does(&bo, other, Owning::Take).await;
        floor.does(&bo, other, Owning::transfer(Some(night), None, None, None).expect("a queue")).await;
        assert_eq!(floor.place(other).await, with("bo"), "the queue's own hours go before the site's");
        floor.passes_with(2 * HOUR, &[&bo]).await;
        assert_eq!(floor.place(chat).await, with("bo"), "the site opens");
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_is_timed_out_while_nobody_else_may_have_the_chat() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, cy) = (floor.hires("bo", 1).await, floor.hires("cy", 1).await);
        floor.queue_is_open(floor.desk.queue_id, "09:00-10:00,12:00-14:00").await;
        floor.chooses(&cy, AgentState::Draining).await;
        floor.live(&[&bo, &cy]).await;
        let chat = floor.says(1).await;
        floor.does(&bo, chat, Owning::Take).await;
        floor.chooses(&cy, AgentState::Online).await;
        floor.passes_with(HOUR, &[&bo, &cy]).await;
        assert_eq!(floor.place(chat).await, with("bo"));
        floor.passes_with(HOUR + 30, &[&bo, &cy]).await;
        assert_eq!(floor.place(chat).await, with("bo"), "the answer's time begins at the opening");
        floor.passes_with(45, &[&bo, &cy]).await;
        assert_eq!(floor.place(chat).await, with("cy"));
    })
    .await;
}

#[tokio::test]
async fn targets_begin_with_the_opening_and_once_only() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        floor.rules(floor.desk.queue_id, LineChanges { first_answer_s: Some(60), ..LineChanges::default() }).await;
        floor.queue_is_open(floor.desk.queue_id, "12:00-14:00").await;
        let chat = floor.says(1).await;
        let opens = test.clock.now().plus_seconds(2 * 3_600);
        floor.passes(2 * HOUR + 20).await;
        assert_eq!(floor.sees(chat).await.answer_due_at, Some(opens.plus_seconds(60)));
        let later = floor.says(2).await;
        let due = floor.sees(later).await.answer_due_at;
        assert_eq!(due, Some(test.clock.now().plus_seconds(60)));
        let again = timer::run_due(&test.db, &test.writer, test.clock.now()).await.expect("done");
        assert_eq!(again, [], "the opening was noticed");
        assert_eq!(floor.sees(later).await.answer_due_at, due);
    })
    .await;
}

#[tokio::test]
async fn who_waits_in_a_shut_queue_goes_on_to_one_that_is_open() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let bo = floor.hires("bo", 2).await;
        let night = floor.another_queue("Night").await;
        floor.joins(bo.id, night).await;
        let on = LineChanges { overflow_after_s: Some(60), overflow_queue_id: Some(night), ..LineChanges::default() };
        floor.rules(floor.desk.queue_id, on).await;
        floor.queue_is_open(floor.desk.queue_id, "15:00-17:00").await;
        floor.queue_is_open(night, "12:00-14:00").await;
        floor.live(&[&bo]).await;
        let chat = floor.says(1).await;
        floor.passes_with(600, &[&bo]).await;
        assert_eq!(floor.sees(chat).await.queue_id, floor.desk.queue_id, "both are shut");
        floor.passes_with(2 * HOUR, &[&bo]).await;
        assert_eq!((floor.sees(chat).await.queue_id, floor.place(chat).await), (night, with("bo")));
        floor.is_in_order().await;
    })
    .await;
}
