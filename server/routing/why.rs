//! "Why me": the last hand-over of a conversation as a sentence.

use super::decision_store::{self, DecisionRow};
use super::{Rule, duty_store};
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ConversationId, WorkspaceId};
use crate::queues::store as queues;
use crate::words::{Markup, Words};

/// Why a conversation is where it is, ready for a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// By which rule.
    pub rule: Rule,
    /// Who got it; empty where it went into a line.
    pub agent: String,
    /// Who had it before; may be empty.
    pub from: String,
    /// Where it waited.
    pub queue: String,
    /// The agent's chats before it.
    pub load: i64,
    /// Chats that the agent can have at once.
    pub capacity: i64,
    /// How many others were on duty.
    pub others: i64,
    /// How many of them had had this chat and not answered.
    pub passed_over: i64,
    /// Who was on duty, with their chats before it.
    pub candidates: Vec<Seen>,
    /// Seconds in line; none where it was not taken from one.
    pub waited_s: Option<i64>,
}

/// An agent whom the choice was about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their chats before it.
    pub load: i64,
    /// Chats at once.
    pub capacity: i64,
    /// Whether they had had this chat and not answered.
    pub passed_over: bool,
    /// Whether they got it.
    pub chosen: bool,
}

/// The last hand-over of a conversation; none where it never changed hands.
pub async fn of(mut conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Option<Why>, Error> {
    let Some(row) = decision_store::last_of(conn.again(), ws, id).await? else { return Ok(None) };
    let candidates = row.candidates.as_ref().map(|list| list.0.as_slice()).unwrap_or_default();
    let on_duty = candidates.iter().map(|candidate| candidate.agent);
    let ids: Vec<AgentId> = row.agent_id.into_iter().chain(row.from_agent_id).chain(on_duty).collect();
    let names = duty_store::names(conn.again(), ws, &ids).await?;
    let queue = queues::find(conn, ws, row.queue_id).await?.map(|queue| queue.name).unwrap_or_default();
    let name = |id: Option<AgentId>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    let (agent, from) = (name(row.agent_id), name(row.from_agent_id));
    let seen = candidates.iter().map(|candidate| Seen {
        id: candidate.agent.to_string(),
        name: name(Some(candidate.agent)),
        load: candidate.load,
        capacity: candidate.capacity,
        passed_over: candidate.passed_over,
        chosen: Some(candidate.agent) == row.agent_id,
    });
    Ok(Some(Why { agent, from, queue, candidates: seen.collect(), ..Why::counted(&row) }))
}

impl Why {
    fn counted(row: &DecisionRow) -> Self {
        let candidates = row.candidates.as_ref().map(|list| list.0.as_slice()).unwrap_or_default();
        let chosen = candidates.iter().find(|candidate| Some(candidate.agent) == row.agent_id);
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Self {
            rule: row.rule,
            agent: String::new(),
            from: String::new(),
            queue: String::new(),
            load: chosen.map_or(0, |chosen| chosen.load),
            capacity: chosen.map_or(0, |chosen| chosen.capacity),
            others: count(candidates.len().saturating_sub(usize::from(chosen.is_some()))),
            passed_over: count(candidates.iter().filter(|candidate| candidate.passed_over).count()),
            candidates: Vec::new(),
            waited_s: row.wait_ms.map(|wait| wait / 1_000),
        }
    }

    /// The sentence. Names are escaped and isolated.
    pub fn sentence(&self, words: &Words) -> Markup {
        let (load, capacity) = (self.load.to_string(), self.capacity.to_string());
        let (agent, from, queue) =
            (("agent", self.agent.as_str()), ("from", self.from.as_str()), ("queue", self.queue.as_str()));
        match self.rule {
            Rule::LeastLoaded => {
                words.say_names("why-least-loaded", &[agent, ("load", &load), ("capacity", &capacity)])
            }
            Rule::RoundRobin => words.say_names("why-round-robin", &[agent, queue]),
            Rule::Sticky => words.say_names("why-sticky", &[agent]),
            Rule::Taken if self.from.is_empty() => words.say_names("why-taken", &[agent]),
            Rule::Taken => words.say_names("why-taken-from", &[agent, from]),
            Rule::Transferred if self.agent.is_empty() => words.say_names("why-transferred-queue", &[queue]),
            Rule::Transferred => words.say_names("why-transferred", &[agent]),
            Rule::NoAnswer => words.say_names("why-no-answer", &[from]),
            Rule::Away => words.say_names("why-away", &[from]),
            Rule::Offline => words.say_names("why-offline", &[from]),
            Rule::OwnerGone => words.say_names("why-owner-gone", &[from]),
            Rule::Overflow => words.say_names("why-overflow", &[queue]),
            Rule::Moved => words.say_names("why-moved", &[queue]),
            Rule::Reopened => words.say_names("why-reopened", &[queue]),
            Rule::GivenToBot => words.say_names("why-given-to-bot", &[]),
            Rule::HandedOff => words.say_names("why-handed-off", &[queue]),
            Rule::Closed => words.say_names("why-closed", &[]),
        }
    }
}
