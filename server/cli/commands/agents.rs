//! `agent add`, `agent set` and `agent reset-password`. A password that is made here is printed once, alone on
//! stdout.

use super::bootstrap::{hash, usage};
use super::desk::{OpenDesk, agent, workspace};
use crate::agents::password::NewPassword;
use crate::agents::store::NewAgent;
use crate::agents::{self, EmailAddress, Role, account, session_store};
use crate::audit::{self, By, Changes};
use crate::cli::run::{Failure, Said, Tools, sentence};
use crate::cli::{AddAgent, AgentRole, PasswordSource, ResetPassword, SetAgent};
use crate::config::Config;
use crate::db::{Constraint, Error, Tx};
use crate::ids::{AgentId, WorkspaceId};
use crate::queues;
use crate::routing::{self, duty_store, line_store};
use crate::workspaces::Name;

/// Adds an agent.
pub async fn add(given: &AddAgent, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let email = EmailAddress::parse(&given.email).map_err(|why| usage("--email", &why))?;
    let name = Name::parse(&given.name).map_err(|why| usage("--name", &why))?;
    let (password, drawn) = password(&given.password, &email, tools)?;
    let desk = OpenDesk::beside(config, tools).await?;
    let adding = Adding {
        password_hash: hash(config, tools, password).await?,
        role: role(given.role),
        capacity: i64::from(given.capacity),
        email,
        name,
    };
    let shown = adding.email.as_str().to_owned();
    let added = desk.writer.run("add agent", move |tx| Box::pin(async move { adding.add(tx).await })).await;
    desk.close().await;
    let joined: Option<String> = added?;
    let queue = match joined {
        Some(queue) => format!("serves the queue {queue}"),
        None => "serves no queue yet; `deskbell queue set` puts an agent into one".to_owned(),
    };
    let note = format!("{shown} can sign in and {queue}.{}", about(drawn.as_ref()));
    Ok(Said { out: drawn.unwrap_or_default(), note, exit: 0 })
}

struct Adding {
    email: EmailAddress,
    name: Name,
    role: Role,
    password_hash: String,
    capacity: i64,
}

impl Adding {
    /// Gives the name of the queue that the agent joined: the only one, if there is only one.
    async fn add(&self, tx: &mut Tx) -> Result<Option<String>, Failure> {
        let ws = workspace(tx).await?;
        let id = AgentId::from_uuid(tx.moment.ids.draw());
        let new = NewAgent {
            workspace_id: ws,
            id,
            email: &self.email,
            name: self.name.as_str(),
            role: self.role,
            password_hash: &self.password_hash,
            capacity: self.capacity,
        };
        let now = tx.moment.now;
        agents::store::insert(tx.conn(), &new, now).await.map_err(|why| self.exists(why))?;
        let changes = Changes::default().with("email", None::<&str>, self.email.as_str());
        let changes = changes.with("role", None::<&str>, self.role.word());
        audit::record_command(tx, ws, "agent.added", (id.uuid(), self.name.as_str()), changes).await?;
        join_only_queue(tx, ws, id).await
    }

    fn exists(&self, why: Error) -> Failure {
        match why {
            Error::Constraint(Constraint::AgentsEmail) => Failure::new(format!(
                "{} is an agent already. `deskbell agent reset-password` gives a new password.",
                self.email.as_str()
            )),
            other => other.into(),
        }
    }
}

async fn join_only_queue(tx: &mut Tx, ws: WorkspaceId, agent: AgentId) -> Result<Option<String>, Failure> {
    let all = queues::store::all(tx.conn()).await?;
    let mut ours = all.into_iter().filter(|queue| queue.workspace_id == ws);
    let (Some(queue), None) = (ours.next(), ours.next()) else { return Ok(None) };
    queues::store::add_agent(tx.conn(), ws, queue.id, agent).await?;
    Ok(Some(queue.name))
}

/// Changes how many chats an agent may have. A running server fills the room: it has the sessions that
/// are to hear of it.
pub async fn set(given: &SetAgent, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let email = EmailAddress::parse(&given.email).map_err(|why| usage("--email", &why))?;
    let capacity = i64::from(given.capacity);
    let desk = OpenDesk::beside(config, tools).await?;
    let note = format!("{} may have {capacity} chats at once.", email.as_str());
    let saved: Result<(), Failure> = desk
        .writer
        .run("set agent", move |tx| {
            Box::pin(async move {
                let (ws, now) = (workspace(tx).await?, tx.moment.now);
                let agent = agent(tx, ws, &email).await?;
                let queues = queues::store::of_agent(tx.conn(), ws, agent.id).await?;
                routing::lock_queues(tx, ws, &queues.iter().copied().collect()).await?;
                let before = duty_store::find(tx.conn(), ws, agent.id).await?.map(|duty| duty.capacity);
                duty_store::set_capacity(tx.conn(), ws, agent.id, capacity).await?;
                if before != Some(capacity) {
                    let changes = Changes::default().with("capacity", before, capacity);
                    let subject = (agent.id.uuid(), agent.name.as_str());
                    audit::record_command(tx, ws, "agent.changed", subject, changes).await?;
                }
                for queue in queues {
                    line_store::ask_to_settle(tx.conn(), ws, queue, now).await?;
                }
                Ok(())
            })
        })
        .await;
    desk.close().await;
    saved?;
    Ok(Said::note(note))
}

/// Gives an agent another password and ends their sessions.
pub async fn reset_password(given: &ResetPassword, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let email = EmailAddress::parse(&given.email).map_err(|why| usage("--email", &why))?;
    let (password, drawn) = password(&given.password, &email, tools)?;
    let desk = OpenDesk::beside(config, tools).await?;
    let password_hash = hash(config, tools, password).await?;
    let shown = email.as_str().to_owned();
    let factor_off = given.second_factor_off;
    let reset: Result<bool, Failure> = desk
        .writer
        .run("reset password", move |tx| {
            Box::pin(async move {
                let ws = workspace(tx).await?;
                let agent = agent(tx, ws, &email).await?;
                agents::store::set_password(tx.conn(), ws, agent.id, &password_hash).await?;
                session_store::delete_of_agent(tx.conn(), ws, agent.id).await?;
                if factor_off {
                    account::switch_off(tx, &By::CommandLine(ws), agent.id, &agent.name).await?;
                }
                let subject = (agent.id.uuid(), agent.name.as_str());
                audit::record_command(tx, ws, "agent.password_reset", subject, Changes::default()).await?;
                Ok(agent.disabled_at.is_some())
            })
        })
        .await;
    desk.close().await;
    let disabled = if reset? { " They are disabled and still cannot sign in." } else { "" };
    let note = format!("{shown} has a new password and is signed out everywhere.{disabled}{}", about(drawn.as_ref()));
    Ok(Said { out: drawn.unwrap_or_default(), note, exit: 0 })
}

fn about(drawn: Option<&String>) -> &'static str {
    if drawn.is_some() { " The password above is shown this once." } else { "" }
}

/// The password to set, and its text if it was made here.
fn password(
    source: &PasswordSource,
    email: &EmailAddress,
    tools: &Tools,
) -> Result<(NewPassword, Option<String>), Failure> {
    let given = source.read().map_err(|why| Failure::new(sentence(&why.to_string())))?;
    let Some(given) = given else {
        let drawn = NewPassword::draw(&tools.random);
        let text = drawn.expose().to_owned();
        return Ok((drawn, Some(text)));
    };
    let parsed = NewPassword::parse(&given, email.as_str()).map_err(|why| usage("--password", &why.to_string()))?;
    Ok((parsed, None))
}

const fn role(given: AgentRole) -> Role {
    match given {
        AgentRole::Owner => Role::Owner,
        AgentRole::Admin => Role::Admin,
        AgentRole::Supervisor => Role::Supervisor,
        AgentRole::Agent => Role::Agent,
    }
}
