//! `queue set`: renames a queue, and changes who serves it.

use super::bootstrap::usage;
use super::desk::{OpenDesk, agent, workspace};
use crate::agents::EmailAddress;
use crate::cli::SetQueue;
use crate::cli::run::{Failure, Said, Tools};
use crate::config::Config;
use crate::db::{Constraint, Error, Tx};
use crate::queues::store;
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

struct Changes {
    queue: String,
    name: Option<Name>,
    join: Vec<EmailAddress>,
    leave: Vec<EmailAddress>,
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
        };
        if changes.name.is_none() && changes.join.is_empty() && changes.leave.is_empty() {
            return Err(Failure::usage(
                "Nothing to change: name a setting, such as --add-agent. See `deskbell queue set --help`.",
            ));
        }
        if let Some(both) = changes.join.iter().find(|email| changes.leave.contains(email)) {
            return Err(Failure::usage(format!("{} cannot both join and leave.", both.as_str())));
        }
        Ok(changes)
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
        for email in &self.join {
            let agent = agent(tx, ws, email).await?;
            store::add_agent(tx.conn(), ws, queue.id, agent.id).await?;
        }
        for email in &self.leave {
            let agent = agent(tx, ws, email).await?;
            store::remove_agent(tx.conn(), ws, queue.id, agent.id).await?;
        }
        let Some(name) = self.name else { return Ok(queue.name.clone()) };
        store::rename(tx.conn(), ws, queue.id, name.as_str()).await.map_err(|why| match why {
            Error::Constraint(Constraint::QueuesName) => {
                Failure::new(format!("Another queue is called {}; nothing was changed.", name.as_str()))
            }
            other => other.into(),
        })?;
        Ok(name.as_str().to_owned())
    }
}
