//! `queue set`: renames a queue, and changes who serves it and how.

use super::bootstrap::usage;
use super::desk::{OpenDesk, agent, workspace};
use super::hours::HoursChanges;
use crate::agents::EmailAddress;
use crate::audit;
use crate::cli::run::{Failure, Said, Tools};
use crate::cli::{QueuePolicy, SetQueue};
use crate::config::Config;
use crate::db::{Constraint, Error, Tx};
use crate::hours;
use crate::ids::{QueueId, WorkspaceId};
use crate::queues::managing::differences;
use crate::queues::store::{self, Queue};
use crate::routing::Policy;
use crate::routing::line_store::{self, LineChanges};
use crate::workspaces::Name;

/// Runs it.
pub async fn set(given: &SetQueue, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let changes = Changes::parse(given)?;
    let desk = OpenDesk::beside(config, tools).await?;
    let saved = desk.writer.run("set queue", move |tx| Box::pin(async move { changes.save(tx).await })).await;
    desk.close().await;
    let name: String = saved?;
    Ok(Said::note(format!("The queue {name} is changed.")))
}

/// The queue to which chats go on.
fn overflow<'q>(name: &str, from: &str, mut ours: impl Iterator<Item = &'q Queue>) -> Result<QueueId, Failure> {
    if name == from {
        return Err(Failure::usage("--overflow-to: name another queue than the one that is full."));
    }
    let found = ours.find(|queue| queue.name == name);
    found.map(|queue| queue.id).ok_or_else(|| Failure::new(format!("There is no queue {name} to go on to.")))
}

fn rules(given: &SetQueue) -> LineChanges {
    LineChanges {
        policy: given.policy.map(|policy| match policy {
            QueuePolicy::Manual => Policy::Manual,
            QueuePolicy::LeastLoaded => Policy::LeastLoaded,
            QueuePolicy::RoundRobin => Policy::RoundRobin,
        }),
        sticky: given.sticky,
        answer_timeout_s: given.answer_timeout.map(i64::from),
        first_answer_s: given.first_answer.map(i64::from),
        reply_s: given.reply.map(i64::from),
        nudge_after_s: given.nudge_after.map(i64::from),
        close_after_s: given.close_after.map(i64::from),
        overflow_after_s: given.overflow_after.map(i64::from),
        overflow_queue_id: None,
    }
}

struct Changes {
    queue: String,
    name: Option<Name>,
    join: Vec<EmailAddress>,
    leave: Vec<EmailAddress>,
    rules: LineChanges,
    overflow_to: Option<String>,
    hours: HoursChanges,
}

impl Changes {
    fn parse(given: &SetQueue) -> Result<Self, Failure> {
        let addresses = |flag: &str, texts: &[String]| -> Result<Vec<EmailAddress>, Failure> {
            texts.iter().map(|text| EmailAddress::parse(text).map_err(|why| usage(flag, &why))).collect()
        };
        let changes = Self {
            queue: given.queue.clone(),
            name: given.name.as_deref().map(Name::parse).transpose().map_err(|why| usage("--name", &why))?,
            join: addresses("--add-agent", &given.add_agent)?,
            leave: addresses("--remove-agent", &given.remove_agent)?,
            rules: rules(given),
            overflow_to: given.overflow_to.clone(),
            hours: HoursChanges::parse(&given.hours)?,
        };
        if changes.is_empty() {
            return Err(Failure::usage(
                "Nothing to change: name a setting, such as --add-agent. See `deskbell queue set --help`.",
            ));
        }
        if let Some(both) = changes.join.iter().find(|email| changes.leave.contains(email)) {
            return Err(Failure::usage(format!("{} cannot both join and leave.", both.as_str())));
        }
        Ok(changes)
    }

    fn is_empty(&self) -> bool {
        let people = self.join.is_empty() && self.leave.is_empty();
        let rules = self.rules != LineChanges::default() || self.overflow_to.is_some() || !self.hours.is_empty();
        self.name.is_none() && people && !rules
    }

    /// All of it, or nothing. Gives the queue's name as it is then.
    async fn save(self, tx: &mut Tx) -> Result<String, Failure> {
        let ws = workspace(tx).await?;
        let queues = store::all(tx.conn()).await?;
        let ours = || queues.iter().filter(|queue| queue.workspace_id == ws);
        let Some(queue) = ours().find(|queue| queue.name == self.queue) else {
            let names: Vec<&str> = ours().map(|queue| queue.name.as_str()).collect();
            return Err(Failure::new(format!("There is no queue {}. There is: {}.", self.queue, names.join(", "))));
        };
        let before = line_store::rules(tx.conn(), ws, queue.id).await?;
        let served = agents_of(tx, ws, queue.id).await?;
        for email in &self.join {
            let agent = agent(tx, ws, email).await?;
            store::add_agent(tx.conn(), ws, queue.id, agent.id).await?;
        }
        for email in &self.leave {
            let agent = agent(tx, ws, email).await?;
            store::remove_agent(tx.conn(), ws, queue.id, agent.id).await?;
        }
        let overflow_queue_id = match &self.overflow_to {
            Some(name) => Some(overflow(name, &self.queue, ours())?),
            None => None,
        };
        if !self.hours.is_empty() {
            let before = hours::store::of_queue(tx.conn(), ws, queue.id).await?;
            let after = self.hours.apply(before)?;
            hours::store::set_of_queue(tx.conn(), ws, queue.id, after.as_ref()).await?;
        }
        let now = tx.moment.now;
        let rules = LineChanges { overflow_queue_id, ..self.rules };
        line_store::save_rules(tx.conn(), ws, queue.id, &rules).await?;
        line_store::ask_to_settle(tx.conn(), ws, queue.id, now).await?;
        if let Some(name) = &self.name {
            rename(tx, queue, name).await?;
        }
        let after = line_store::rules(tx.conn(), ws, queue.id).await?;
        let name = after.as_ref().map_or_else(|| queue.name.clone(), |rules| rules.name.clone());
        let mut changes = before.zip(after).map(|(before, after)| differences(&before, &after)).unwrap_or_default();
        changes.note("agents", &served, &agents_of(tx, ws, queue.id).await?);
        if !changes.is_empty() {
            audit::record_command(tx, ws, "queue.changed", (queue.id.uuid(), &name), changes).await?;
        }
        Ok(name)
    }
}

/// Names of who serves a queue.
async fn agents_of(tx: &mut Tx, ws: WorkspaceId, queue: QueueId) -> Result<Vec<String>, Error> {
    let all = store::agent_names(tx.conn(), ws).await?;
    Ok(all.into_iter().filter(|(serves, _)| *serves == queue).map(|(_, name)| name).collect())
}

async fn rename(tx: &mut Tx, queue: &Queue, name: &Name) -> Result<(), Failure> {
    store::rename(tx.conn(), queue.workspace_id, queue.id, name.as_str()).await.map_err(|why| match why {
        Error::Constraint(Constraint::QueuesName) => {
            Failure::new(format!("Another queue is called {}; nothing was changed.", name.as_str()))
        }
        other => other.into(),
    })
}
