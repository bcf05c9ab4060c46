//! Stories about routing, on both databases, by a clock that is held.

use super::floor::Floor;
use super::line_store::LineChanges;
use super::{Policy, Priority, Rule, decision_store, why};
use crate::agents::AgentState;
use crate::conversations::{Error, State};
use crate::db::Error as DbError;
use crate::ids::ConversationId;
use crate::live::owning::Owning;
use crate::testing::each_database;
use crate::words::Lang;

fn with(name: &str) -> (State, Option<String>) {
    (State::Assigned, Some(name.to_owned()))
}

const WAITS: (State, Option<String>) = (State::Queued, None);

async fn rules_of(floor: &Floor<'_>, id: ConversationId) -> Vec<Rule> {
    let mut conn = floor.test.db.read().await.expect("a connection");
    let rows = decision_store::of_conversation(conn.conn(), floor.ws(), id).await.expect("rows");
    rows.into_iter().map(|row| row.rule).collect()
}

async fn says_why(floor: &Floor<'_>, id: ConversationId) -> String {
    let mut conn = floor.test.db.read().await.expect("a connection");
    let why = why::of(conn.conn(), floor.ws(), id).await.expect("read").expect("a reason");
    why.sentence(Lang::En.words()).to_string()
}

#[tokio::test]
async fn a_chat_goes_to_whom_has_room_in_the_transaction_that_makes_it_possible() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, cy) = (floor.hires("bo", 1).await, floor.hires("cy", 2).await);
        let first = floor.says(1).await;
        assert_eq!(floor.place(first).await, WAITS, "nobody is there");
        floor.live(&[&bo]).await;
        assert_eq!(floor.place(first).await, with("bo"), "coming on duty gives it");
        let (second, third) = (floor.says(2).await, floor.says(3).await);
        assert_eq!((floor.place(second).await, floor.place(third).await), (WAITS, WAITS), "bo is full");
        floor.live(&[&bo, &cy]).await;
        assert_eq!((floor.place(second).await, floor.place(third).await), (with("cy"), with("cy")));
        let fourth = floor.says(4).await;
        floor.does(&bo, first, Owning::Close).await;
        assert_eq!(floor.place(fourth).await, with("bo"), "closing gives the next one");
        let fifth = floor.says(5).await;
        floor.does(&cy, second, Owning::Snooze(test.clock.now().plus_seconds(3_600))).await;
        assert_eq!(floor.place(fifth).await, with("cy"), "putting off gives the next one");
        assert_eq!(rules_of(&floor, first).await, [Rule::LeastLoaded, Rule::Closed]);
        assert!(says_why(&floor, fifth).await.contains("cy"), "{}", says_why(&floor, fifth).await);
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn a_first_answer_that_does_not_come_gives_the_chat_to_somebody_else() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, cy) = (floor.hires("bo", 3).await, floor.hires("cy", 3).await);
        floor.live(&[&bo]).await;
        let (ignored, answered) = (floor.says(1).await, floor.says(2).await);
        floor.answers(&bo, answered).await;
        floor.passes_with(70, &[&bo]).await;
        assert_eq!(floor.place(ignored).await, with("bo"), "there is nobody else");
        floor.live(&[&bo, &cy]).await;
        let ticket = floor.sees(ignored).await.ticket;
        floor.passes_with(60, &[&bo, &cy]).await;
        assert_eq!(floor.place(ignored).await, with("cy"));
        assert_eq!(floor.place(answered).await, with("bo"), "who answered keeps it");
        assert_eq!((floor.sees(ignored).await.epoch, floor.sees(ignored).await.ticket), (4, ticket));
        assert_eq!(rules_of(&floor, ignored).await, [Rule::LeastLoaded, Rule::NoAnswer, Rule::LeastLoaded]);
        floor.passes_with(60, &[&bo, &cy]).await;
        assert_eq!(floor.place(ignored).await, with("bo"), "both had it: it begins anew");
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn whoever_did_not_answer_goes_on_with_the_next_in_line() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, cy) = (floor.hires("bo", 1).await, floor.hires("cy", 1).await);
        floor.live(&[&bo]).await;
        let ignored = floor.says(1).await;
        floor.live(&[&bo, &cy]).await;
        let busy = floor.says(2).await;
        floor.answers(&cy, busy).await;
        let next = floor.says(3).await;
        floor.passes_with(60, &[&bo, &cy]).await;
        assert_eq!((floor.place(ignored).await, floor.place(next).await), (WAITS, with("bo")));
        floor.does(&cy, busy, Owning::Close).await;
        assert_eq!(floor.place(ignored).await, with("cy"));
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn states_say_who_gets_and_who_keeps() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, cy) = (floor.hires("bo", 3).await, floor.hires("cy", 3).await);
        floor.live(&[&bo]).await;
        let chat = floor.says(1).await;
        floor.answers(&bo, chat).await;
        floor.chooses(&bo, AgentState::Draining).await;
        let second = floor.says(2).await;
        floor.passes_with(300, &[&bo]).await;
        assert_eq!((floor.place(chat).await, floor.place(second).await), (with("bo"), WAITS), "draining keeps");
        floor.chooses(&bo, AgentState::Away).await;
        floor.passes_with(119, &[&bo]).await;
        assert_eq!(floor.place(chat).await, with("bo"), "within the grace");
        floor.passes_with(1, &[&bo]).await;
        assert_eq!(floor.place(chat).await, WAITS, "away for too long");
        floor.live(&[&cy]).await;
        assert_eq!((floor.place(chat).await, floor.place(second).await), (with("cy"), with("cy")));
        assert!(floor.sees(chat).await.ticket < floor.sees(second).await.ticket);
        floor.chooses(&bo, AgentState::Online).await;
        floor.live(&[&bo, &cy]).await;
        floor.chooses(&cy, AgentState::Offline).await;
        assert_eq!((floor.place(chat).await, floor.place(second).await), (with("bo"), with("bo")), "at once");
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_connection_counts_as_away_from_the_end_of_its_lease() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, cy) = (floor.hires("bo", 3).await, floor.hires("cy", 3).await);
        floor.live(&[&bo]).await;
        let chat = floor.says(1).await;
        floor.answers(&bo, chat).await;
        floor.passes(46).await;
        let second = floor.says(2).await;
        assert_eq!((floor.place(chat).await, floor.place(second).await), (with("bo"), WAITS));
        floor.passes_with(100, &[&cy]).await;
        assert_eq!((floor.place(chat).await, floor.place(second).await), (with("bo"), with("cy")));
        floor.passes_with(20, &[&cy]).await;
        assert_eq!(floor.place(chat).await, with("cy"));
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn urgency_goes_first_and_age_within_it() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let bo = floor.hires("bo", 1).await;
        let chats = [floor.says(1).await, floor.says(2).await, floor.says(3).await, floor.says(4).await];
        floor.does(&bo, chats[2], Owning::Priority(Priority::High)).await;
        floor.does(&bo, chats[0], Owning::Priority(Priority::Low)).await;
        floor.live(&[&bo]).await;
        for n in [2, 1, 3, 0] {
            assert_eq!(floor.place(chats[n]).await, with("bo"), "{n}");
            floor.does(&bo, chats[n], Owning::Close).await;
        }
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn who_waited_too_long_goes_on_with_their_age() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let sales = floor.another_queue("Sales").await;
        let changes =
            LineChanges { overflow_after_s: Some(90), overflow_queue_id: Some(sales), ..LineChanges::default() };
        floor.rules(floor.desk.queue_id, changes).await;
        let chat = floor.says(1).await;
        floor.passes(95).await;
        assert_eq!(floor.sees(chat).await.queue_name, "Support", "nobody serves the other one");
        let cy = floor.hires("cy", 1).await;
        floor
            .test
            .sql("DELETE FROM queue_agents WHERE agent_id IN (SELECT id FROM agents WHERE name = 'cy')")
            .await
            .expect("done");
        floor.joins(cy.id, sales).await;
        floor.live(&[&cy]).await;
        assert_eq!(floor.place(chat).await, WAITS);
        floor.passes_with(90, &[&cy]).await;
        assert_eq!((floor.place(chat).await, floor.sees(chat).await.queue_name.as_str()), (with("cy"), "Sales"));
        assert_eq!(rules_of(&floor, chat).await, [Rule::Overflow, Rule::LeastLoaded]);
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn a_snoozed_chat_wakes_with_its_owner_or_in_line() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, cy) = (floor.hires("bo", 2).await, floor.hires("cy", 2).await);
        floor.live(&[&bo]).await;
        let (timed, spoken) = (floor.says(1).await, floor.says(2).await);
        for chat in [timed, spoken] {
            floor.answers(&bo, chat).await;
            floor.does(&bo, chat, Owning::Snooze(test.clock.now().plus_seconds(60))).await;
            assert_eq!(floor.place(chat).await, (State::Snoozed, Some("bo".to_owned())));
        }
        assert_eq!(floor.test.number("SELECT max(load) FROM agents").await, 0, "snoozed chats do not count");
        floor.writes_on(2, spoken).await;
        assert_eq!(floor.place(spoken).await, with("bo"), "by the visitor's words");
        floor.passes_with(60, &[&bo]).await;
        assert_eq!(floor.place(timed).await, with("bo"), "by time");
        floor.does(&bo, timed, Owning::Snooze(test.clock.now().plus_seconds(600))).await;
        floor.chooses(&bo, AgentState::Away).await;
        floor.live(&[&cy]).await;
        floor.writes_on(1, timed).await;
        assert_eq!(floor.place(timed).await, with("cy"), "its owner is not there");
        assert_eq!(rules_of(&floor, timed).await, [Rule::LeastLoaded, Rule::OwnerGone, Rule::LeastLoaded]);
        let past = floor.tries(&cy, timed, Owning::Snooze(test.clock.now())).await;
        assert!(matches!(past, Err(Error::Invalid(_))), "{past:?}");
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn a_transfer_goes_to_somebody_who_is_there_or_into_a_line() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let sales = floor.another_queue("Sales").await;
        let (bo, cy, di) = (floor.hires("bo", 1).await, floor.hires("cy", 1).await, floor.hires("di", 1).await);
        floor.joins(di.id, sales).await;
        floor.live(&[&bo]).await;
        let chat = floor.says(1).await;
        let to_cy = || Owning::transfer(None, Some(cy.id), Some("knows cameras".to_owned()), None).expect("a transfer");
        let refused = floor.tries(&bo, chat, to_cy()).await;
        assert!(matches!(&refused, Err(Error::NotThere(name)) if name == "cy"), "{refused:?}");
        floor.chooses(&cy, AgentState::Draining).await;
        floor.live(&[&bo, &cy]).await;
        floor.does(&bo, chat, to_cy()).await;
        assert_eq!(floor.place(chat).await, with("cy"), "by hand also to who gets no new ones");
        assert_eq!(floor.test.number("SELECT count(*) FROM messages WHERE kind = 'note'").await, 1);
        let command = crate::ids::CommandId::from_uuid(test.ids.draw());
        let to_sales = || Owning::transfer(Some(sales), None, None, Some(command)).expect("a transfer");
        floor.live(&[&bo, &cy, &di]).await;
        let epoch = floor.sees(chat).await.epoch;
        floor.tries_at(&cy, chat, epoch, to_sales()).await.expect("done");
        assert_eq!((floor.place(chat).await, floor.sees(chat).await.queue_name.as_str()), (with("di"), "Sales"));
        let ticket = floor.sees(chat).await.ticket;
        floor.tries_at(&cy, chat, epoch, to_sales()).await.expect("a repeat is acknowledged");
        assert_eq!(floor.sees(chat).await.ticket, ticket);
        let late = floor.tries_at(&cy, chat, epoch, to_cy()).await;
        assert!(matches!(late, Err(Error::OwnerChanged { .. })), "{late:?}");
        let both = Owning::transfer(Some(sales), Some(cy.id), None, None);
        assert!(matches!(both, Err(Error::Invalid(_))));
        assert!(says_why(&floor, chat).await.contains("di"));
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn a_reopened_chat_goes_to_the_line_and_sticks_only_to_who_is_there() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let (bo, cy) = (floor.hires("bo", 3).await, floor.hires("cy", 3).await);
        floor.rules(floor.desk.queue_id, LineChanges { sticky: Some(true), ..LineChanges::default() }).await;
        floor.live(&[&bo]).await;
        let chat = floor.says(1).await;
        floor.live(&[&bo, &cy]).await;
        floor.says(2).await;
        floor.does(&bo, chat, Owning::Close).await;
        assert_eq!(floor.says(1).await, chat);
        assert_eq!(floor.place(chat).await, with("bo"), "the agent of last time");
        assert_eq!(rules_of(&floor, chat).await.last(), Some(&Rule::Sticky));
        floor.does(&bo, chat, Owning::Close).await;
        floor.chooses(&bo, AgentState::Offline).await;
        floor.says(1).await;
        assert_eq!(floor.place(chat).await, with("cy"), "bo is off shift");
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_may_leave_it_to_its_agents() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let bo = floor.hires("bo", 1).await;
        floor.rules(floor.desk.queue_id, LineChanges { policy: Some(Policy::Manual), ..LineChanges::default() }).await;
        floor.live(&[&bo]).await;
        let (first, second) = (floor.says(1).await, floor.says(2).await);
        assert_eq!((floor.place(first).await, floor.place(second).await), (WAITS, WAITS));
        for chat in [first, second] {
            floor.does(&bo, chat, Owning::Take).await;
        }
        assert_eq!(floor.test.number("SELECT max(load) FROM agents").await, 2, "by hand beyond the capacity");
        floor.is_in_order().await;
    })
    .await;
}

#[tokio::test]
async fn the_sweep_repairs_what_cannot_be_and_says_how_much() {
    each_database(async |test| {
        let floor = Floor::open(test).await;
        let bo = floor.hires("bo", 2).await;
        floor.live(&[&bo]).await;
        let chat = floor.says(1).await;
        test.sql("UPDATE agents SET load = 2 WHERE name = 'bo'").await.expect("broken");
        let stranded = floor.says(2).await;
        assert_eq!(floor.place(stranded).await, WAITS);
        let now = test.clock.now();
        let repaired = super::sweep::sweep(&test.db, &test.writer, now).await.expect("swept");
        assert_eq!((repaired, floor.place(stranded).await), (1, with("bo")), "counted anew, and served with it");
        test.sql("UPDATE conversations SET ticket = 0, state = 'queued', owner_agent_id = NULL").await.expect("broken");
        test.sql("UPDATE agents SET load = 0").await.expect("broken");
        assert_eq!(super::sweep::sweep(&test.db, &test.writer, now).await.expect("swept"), 4, "tickets, then chats");
        assert_eq!(floor.place(chat).await, with("bo"));
        assert_eq!(super::sweep::sweep(&test.db, &test.writer, now).await.expect("swept"), 0);
    })
    .await;
}

#[tokio::test]
async fn an_operation_that_found_a_row_moved_is_begun_again() {
    each_database(async |test| {
        if !test.db.is_pg() {
            return;
        }
        let tries = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let count = std::sync::Arc::clone(&tries);
        let operation = crate::writer::again(move |_: &mut crate::db::Tx| {
            Box::pin(async move {
                let before = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                if before < 2 { Err(DbError::Moved) } else { Ok(before) }
            })
        });
        assert_eq!(test.writer.run_again("test", operation).await.expect("the third time"), 2);
    })
    .await;
}

/// Not a story: what a reason looks like whatever its names are.
#[test]
fn every_reason_has_a_sentence_in_every_language() {
    let rules = [
        Rule::LeastLoaded,
        Rule::RoundRobin,
        Rule::Sticky,
        Rule::Taken,
        Rule::Transferred,
        Rule::NoAnswer,
        Rule::Away,
        Rule::Offline,
        Rule::OwnerGone,
        Rule::Overflow,
        Rule::Moved,
        Rule::Reopened,
        Rule::Closed,
    ];
    for lang in Lang::ALL {
        for rule in rules {
            for name in ["", "<b>Bo</b>"] {
                let (agent, from, queue) = (name.to_owned(), name.to_owned(), "Support".to_owned());
                let (load, capacity, others, passed_over, waited_s) = (1, 3, 2, 0, Some(5));
                let why = why::Why {
                    rule,
                    agent,
                    from,
                    queue,
                    load,
                    capacity,
                    others,
                    passed_over,
                    candidates: Vec::new(),
                    waited_s,
                };
                let sentence = why.sentence(lang.words()).to_string();
                assert!(
                    !sentence.is_empty() && !sentence.contains("<b>") && !sentence.starts_with("why-"),
                    "{sentence}"
                );
            }
        }
    }
}
