use proptest::prelude::*;
use sqlx::types::Json;

use super::*;
use crate::conversations::State;
use crate::ids::{ConversationId, SiteId, VisitorId, WorkspaceId};

fn uuid(n: u8) -> uuid::Uuid {
    uuid::Builder::from_unix_timestamp_millis(u64::from(n), &[n; 10]).into_uuid()
}

fn agent(n: u8) -> AgentId {
    AgentId::from_uuid(uuid(n))
}

fn queue(n: u8) -> QueueId {
    QueueId::from_uuid(uuid(n))
}

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

fn chat(n: u8, priority: i64, ticket: i64) -> Conversation {
    Conversation {
        is_test: false,
        bot_id: None,
        bot_name: None,
        workspace_id: WorkspaceId::from_uuid(uuid(0)),
        id: ConversationId::from_uuid(uuid(n)),
        site_id: SiteId::from_uuid(uuid(0)),
        visitor_id: VisitorId::from_uuid(uuid(n)),
        queue_id: queue(1),
        state: State::Queued,
        owner_agent_id: None,
        epoch: 1,
        rev: 1,
        visitor_rev: 1,
        last_seq: 1,
        floor_seq: 0,
        waiting_since: Some(NOW),
        queued_at: NOW,
        merged_into: None,
        started_at: NOW,
        updated_at: NOW,
        closed_at: None,
        priority,
        ticket,
        due_at: None,
        last_agent_id: None,
        passed_over: None,
        answer_due_at: None,
        first_answered_at: None,
        quiet_due_at: None,
        nudged_at: None,
        first_answer_s: 0,
        reply_s: 0,
        nudge_after_s: 0,
        close_after_s: 0,
        visitor_name: None,
        owner_name: None,
        queue_name: "Support".to_owned(),
    }
}

fn line(n: u8, policy: Policy) -> Line {
    Line {
        id: queue(n),
        name: "Support".to_owned(),
        policy,
        sticky: 0,
        answer_timeout_s: 60,
        overflow_after_s: 0,
        overflow_queue_id: None,
        hours: None,
    }
}

fn on_duty(n: u8, load: i64, capacity: i64) -> OnDuty {
    OnDuty {
        id: agent(n),
        name: format!("Agent {n}"),
        load,
        capacity,
        assigned_at: Timestamp::from_millis(i64::from(n)),
    }
}

/// One queue, served by all.
fn desk(policy: Policy, chats: Vec<Conversation>, agents: Vec<OnDuty>) -> Desk {
    let member = |agent: &OnDuty| Member { queue_id: queue(1), agent_id: agent.id, turn: 0 };
    Desk {
        members: agents.iter().map(member).collect(),
        waiting: vec![Waiting { line: line(1, policy), heads: chats.into() }],
        on_duty: agents,
        now: NOW,
    }
}

fn given(desk: Desk) -> Vec<(ConversationId, AgentId, Rule)> {
    desk.plan().into_iter().map(|one| (one.conversation.id, one.agent.id, one.rule)).collect()
}

fn to(n: u8, who: u8, rule: Rule) -> (ConversationId, AgentId, Rule) {
    (ConversationId::from_uuid(uuid(n)), agent(who), rule)
}

#[test]
fn whoever_has_the_most_room_gets_the_first_in_line() {
    let chats = (1..=4).map(|n| chat(n, 0, i64::from(n))).collect();
    let agents = vec![on_duty(1, 1, 2), on_duty(2, 0, 4), on_duty(3, 3, 3)];
    let rule = Rule::LeastLoaded;
    assert_eq!(
        given(desk(Policy::LeastLoaded, chats, agents)),
        [to(1, 2, rule), to(2, 2, rule), to(3, 1, rule), to(4, 2, rule)]
    );
}

#[test]
fn equal_loads_go_to_whom_was_given_none_for_longest() {
    let mut busy = on_duty(1, 0, 3);
    busy.assigned_at = NOW;
    let chats = vec![chat(1, 0, 1)];
    assert_eq!(given(desk(Policy::LeastLoaded, chats, vec![busy, on_duty(2, 0, 3)])), [to(1, 2, Rule::LeastLoaded)]);
}

#[test]
fn round_robin_goes_by_turns_whatever_the_load() {
    let chats = (1..=4).map(|n| chat(n, 0, i64::from(n))).collect();
    let agents = vec![on_duty(1, 0, 9), on_duty(2, 7, 9), on_duty(3, 9, 9)];
    let rule = Rule::RoundRobin;
    assert_eq!(
        given(desk(Policy::RoundRobin, chats, agents)),
        [to(1, 1, rule), to(2, 2, rule), to(3, 1, rule), to(4, 2, rule)]
    );
}

#[test]
fn nobody_is_given_anything_where_agents_take() {
    assert!(given(desk(Policy::Manual, vec![chat(1, 0, 1)], vec![on_duty(1, 0, 9)])).is_empty());
}

#[test]
fn the_agent_of_last_time_comes_first_if_they_have_room() {
    let mut known = chat(1, 0, 1);
    known.last_agent_id = Some(agent(2));
    let desk_of = |load| {
        let mut desk = desk(Policy::LeastLoaded, vec![known.clone()], vec![on_duty(1, 0, 3), on_duty(2, load, 3)]);
        desk.waiting[0].line.sticky = 1;
        given(desk)
    };
    assert_eq!(desk_of(2), [to(1, 2, Rule::Sticky)]);
    assert_eq!(desk_of(3), [to(1, 1, Rule::LeastLoaded)]);
}

#[test]
fn who_let_a_chat_wait_gets_the_next_one_and_that_one_only_if_there_is_nobody_else() {
    let mut head = chat(1, 0, 1);
    head.passed_over = Some(Json(vec![agent(1)]));
    let chats = vec![head.clone(), chat(2, 0, 2)];
    let full = given(desk(Policy::LeastLoaded, chats.clone(), vec![on_duty(1, 0, 3), on_duty(2, 3, 3)]));
    assert_eq!(full, [to(2, 1, Rule::LeastLoaded)], "the head waits for the other, who is there");
    let free = given(desk(Policy::LeastLoaded, chats.clone(), vec![on_duty(1, 0, 3), on_duty(2, 2, 3)]));
    assert_eq!(free, [to(1, 2, Rule::LeastLoaded), to(2, 1, Rule::LeastLoaded)]);
    let alone = given(desk(Policy::LeastLoaded, chats, vec![on_duty(1, 0, 3)]));
    assert_eq!(alone, [to(1, 1, Rule::LeastLoaded), to(2, 1, Rule::LeastLoaded)]);
    let plan = desk(Policy::LeastLoaded, vec![head], vec![on_duty(1, 0, 3), on_duty(2, 2, 3)]).plan();
    let passed: Vec<_> = plan[0].candidates.iter().map(|one| (one.agent, one.load, one.passed_over)).collect();
    assert_eq!(passed, [(agent(2), 2, false), (agent(1), 0, true)], "the chosen one first, with the load before it");
    assert_eq!(plan[0].slots, 6);
}

#[test]
fn over_several_queues_urgency_and_then_age_decide() {
    let (mut desk, mut other) =
        (desk(Policy::LeastLoaded, vec![chat(1, 0, 20), chat(2, 0, 30)], vec![on_duty(1, 0, 3)]), Vec::new());
    for (n, priority, ticket) in [(3, 1, 40), (4, 0, 10)] {
        other.push(Conversation { queue_id: queue(2), ..chat(n, priority, ticket) });
    }
    desk.members.push(Member { queue_id: queue(2), agent_id: agent(1), turn: 0 });
    desk.waiting.push(Waiting { line: line(2, Policy::LeastLoaded), heads: other.into() });
    let rule = Rule::LeastLoaded;
    assert_eq!(given(desk), [to(3, 1, rule), to(4, 1, rule), to(1, 1, rule)]);
}

proptest! {
    #[test]
    fn nobody_goes_over_their_capacity_and_nobody_overtakes(
        chats in prop::collection::vec((-1_i64..=2, 0_i64..50), 0..30),
        agents in prop::collection::vec((0_i64..5, 0_i64..5), 0..6),
        turns in any::<bool>(),
    ) {
        let mut heads: Vec<Conversation> =
            chats.iter().zip(1..).map(|((priority, ticket), n)| chat(n, *priority, *ticket)).collect();
        heads.sort_by_key(|chat| (Reverse(chat.priority), chat.ticket));
        let order: Vec<ConversationId> = heads.iter().map(|chat| chat.id).collect();
        let agents: Vec<OnDuty> = agents.iter().zip(1..).map(|((load, capacity), n)| on_duty(n, *load, *capacity)).collect();
        let free: i64 = agents.iter().map(|agent| (agent.capacity - agent.load).max(0)).sum();
        let policy = if turns { Policy::RoundRobin } else { Policy::LeastLoaded };
        let plan = desk(policy, heads, agents).plan();
        prop_assert_eq!(plan.len(), order.len().min(usize::try_from(free).unwrap_or(0)), "as many as there is room for");
        prop_assert!(plan.iter().zip(&order).all(|(one, id)| one.conversation.id == *id), "in the order of the line");
        prop_assert!(plan.iter().all(|one| one.agent.load <= one.agent.capacity));
    }
}
