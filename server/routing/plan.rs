//! The choice itself, without a database: who in line goes to which agent. What is decided here is
//! written by [`super::settle`]; `docs/routing.md` says the same for people.

use std::cmp::Reverse;
use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::{MOST_AT_ONCE, MOST_CANDIDATES, Policy, Rule};
use crate::clock::Timestamp;
use crate::conversations::Conversation;
use crate::hours::Hours;
use crate::ids::{AgentId, QueueId};

/// A queue's rules.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    /// Which queue.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// How chats are given.
    pub policy: Policy,
    /// 1: the agent of last time comes first.
    pub sticky: i64,
    /// Seconds for the first answer; 0: for ever.
    pub answer_timeout_s: i64,
    /// Seconds until a chat goes on to the other queue; 0: never.
    pub overflow_after_s: i64,
    /// That other queue.
    pub overflow_queue_id: Option<QueueId>,
    /// When it is open; none for always, or as each chat's site.
    pub hours: Option<Json<Hours>>,
}

/// An agent in a queue.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Member {
    /// Which queue.
    pub queue_id: QueueId,
    /// Who.
    pub agent_id: AgentId,
    /// Whose turn it is: the smallest.
    pub turn: i64,
}

/// An agent with what the choice looks at. Only those on duty are here: chosen state `online`, and a
/// lease that runs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OnDuty {
    /// Who.
    pub id: AgentId,
    /// Their name.
    pub name: String,
    /// Assigned chats.
    pub load: i64,
    /// Chats at once.
    pub capacity: i64,
    /// When they were last given one.
    pub assigned_at: Timestamp,
}

/// Who was on duty when a decision was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub agent: AgentId,
    /// Their assigned chats before it.
    pub load: i64,
    /// Chats at once.
    pub capacity: i64,
    /// Whether they had this chat already and did not answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passed_over: bool,
}

/// A queue's line as far as it was read.
#[derive(Debug)]
pub struct Waiting {
    /// The rules.
    pub line: Line,
    /// From the head on.
    pub heads: VecDeque<Conversation>,
}

/// One chat for one agent.
#[derive(Debug)]
pub struct Assignment {
    /// The chat.
    pub conversation: Conversation,
    /// Who gets it.
    pub agent: OnDuty,
    /// By which rule.
    pub rule: Rule,
    /// The queue's rules.
    pub line: Line,
    /// Their turn in the queue from now on.
    pub turn: i64,
    /// Who was on duty.
    pub candidates: Vec<Candidate>,
    /// Chats that those on duty can have at once.
    pub slots: i64,
}

/// Everything that is known about some queues at one moment.
#[derive(Debug)]
pub struct Desk {
    /// The lines.
    pub waiting: Vec<Waiting>,
    /// Who serves which.
    pub members: Vec<Member>,
    /// Who is on duty.
    pub on_duty: Vec<OnDuty>,
    /// The moment.
    pub now: Timestamp,
}

enum Choice {
    /// This one, of [`Desk::on_duty`].
    Agent(usize, Rule),
    /// Only agents have room who had this very chat and did not answer.
    NotThis,
    /// Nobody has room.
    NoRoom,
}

impl Desk {
    /// Free places of those on duty.
    pub fn free(&self) -> usize {
        let free: i64 = self.on_duty.iter().map(|agent| (agent.capacity - agent.load).max(0)).sum();
        usize::try_from(free).unwrap_or(0)
    }

    /// Gives chats to agents until there is no room or nobody waits, at most [`MOST_AT_ONCE`]. Over
    /// several queues, who is more urgent and then who came earlier goes first.
    pub fn plan(mut self) -> Vec<Assignment> {
        let mut plan = Vec::new();
        self.waiting.retain(|waiting| waiting.line.policy != Policy::Manual);
        while plan.len() < MOST_AT_ONCE {
            let key = |waiting: &Waiting| {
                waiting.heads.front().map(|head| (Reverse(head.priority), head.ticket, head.started_at))
            };
            let first = (0..self.waiting.len()).filter(|n| key(&self.waiting[*n]).is_some());
            let Some(n) = first.min_by_key(|n| key(&self.waiting[*n])) else { break };
            match self.choose(n) {
                Choice::NoRoom => drop(self.waiting.swap_remove(n)),
                Choice::NotThis => drop(self.waiting[n].heads.pop_front()),
                Choice::Agent(who, rule) => plan.extend(self.assign(n, who, rule)),
            }
        }
        plan
    }

    fn choose(&self, n: usize) -> Choice {
        let Waiting { line, heads } = &self.waiting[n];
        let Some(head) = heads.front() else { return Choice::NoRoom };
        let serving: Vec<(usize, i64)> = self.serving(line.id);
        let room = |(who, _): &&(usize, i64)| self.on_duty[*who].load < self.on_duty[*who].capacity;
        if !serving.iter().any(|one| room(&one)) {
            return Choice::NoRoom;
        }
        let fresh = |(who, _): &&(usize, i64)| !head.was_passed_over(self.on_duty[*who].id);
        // Who let this chat wait gets it again only where there is nobody else.
        let anybody_else = serving.iter().any(|one| fresh(&one));
        let fit: Vec<&(usize, i64)> = serving.iter().filter(|one| room(one) && (!anybody_else || fresh(one))).collect();
        let last = head.last_agent_id.filter(|_| line.sticky != 0);
        if let Some((who, _)) = fit.iter().find(|(who, _)| Some(self.on_duty[*who].id) == last) {
            return Choice::Agent(*who, Rule::Sticky);
        }
        let (first, rule) = match line.policy {
            Policy::RoundRobin => {
                (fit.iter().min_by_key(|(who, turn)| (*turn, self.on_duty[*who].id)), Rule::RoundRobin)
            }
            Policy::LeastLoaded | Policy::Manual => {
                (fit.iter().min_by(|a, b| by_load(&self.on_duty[a.0], &self.on_duty[b.0])), Rule::LeastLoaded)
            }
        };
        first.map_or(Choice::NotThis, |(who, _)| Choice::Agent(*who, rule))
    }

    /// Who serves a queue and is on duty, with their turns.
    fn serving(&self, queue: QueueId) -> Vec<(usize, i64)> {
        let of_queue = self.members.iter().filter(|member| member.queue_id == queue);
        let place = |member: &Member| self.on_duty.iter().position(|agent| agent.id == member.agent_id);
        of_queue.filter_map(|member| Some((place(member)?, member.turn))).collect()
    }

    fn assign(&mut self, n: usize, who: usize, rule: Rule) -> Option<Assignment> {
        let conversation = self.waiting[n].heads.pop_front()?;
        let line = self.waiting[n].line.clone();
        let serving = self.serving(line.id);
        let slots = serving.iter().map(|(who, _)| self.on_duty[*who].capacity).sum();
        let candidates = self.candidates(&serving, who, &conversation);
        let turn = self.members.iter().filter(|member| member.queue_id == line.id).map(|member| member.turn).max();
        let turn = turn.unwrap_or(0) + 1;
        let agent = &mut self.on_duty[who];
        agent.load += 1;
        agent.assigned_at = self.now;
        let agent = agent.clone();
        let mine = |member: &&mut Member| member.queue_id == line.id && member.agent_id == agent.id;
        if let Some(member) = self.members.iter_mut().find(mine) {
            member.turn = turn;
        }
        Some(Assignment { conversation, agent, rule, line, turn, candidates, slots })
    }

    /// The chosen one first, then the others by load, as many as are kept.
    fn candidates(&self, serving: &[(usize, i64)], chosen: usize, head: &Conversation) -> Vec<Candidate> {
        let mut all: Vec<usize> = serving.iter().map(|(who, _)| *who).collect();
        all.sort_by(|a, b| (*a != chosen).cmp(&(*b != chosen)).then(by_load(&self.on_duty[*a], &self.on_duty[*b])));
        let candidate = |who: usize| {
            let OnDuty { id, load, capacity, .. } = self.on_duty[who];
            Candidate { agent: id, load, capacity, passed_over: head.was_passed_over(id) }
        };
        all.into_iter().take(MOST_CANDIDATES).map(candidate).collect()
    }
}

/// The smaller share of the capacity first, then who was given none for longest. An agent without
/// capacity never gets here with room.
fn by_load(a: &OnDuty, b: &OnDuty) -> std::cmp::Ordering {
    let share = (a.load * b.capacity.max(1)).cmp(&(b.load * a.capacity.max(1)));
    share.then(a.assigned_at.cmp(&b.assigned_at)).then(a.id.cmp(&b.id))
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
