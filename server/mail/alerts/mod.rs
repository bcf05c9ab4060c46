//! Mails to agents: a visitor who waits while nobody is there, a note that names somebody who is away, a
//! conversation that somebody got meanwhile, and the numbers of the day before. What happens to one agent within a
//! look is one mail; nobody is told twice, nor more often than so many times an hour. Nothing is told to whoever
//! switched it off.

pub mod digest;
mod store;
pub mod wishes;

pub use store::{set_wishes, wishes as stored_wishes};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use store::Due;
use wishes::{About, Wishes};

use super::outbox::{self, Kind, NewMail};
use super::sender::id_domain;
use super::{EmailAddress, payload};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Error, Tx};
use crate::ids::{AgentId, WorkspaceId};
use crate::visitors::clean;
use crate::writer::again;

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(20);
/// How long a visitor waits before somebody is told.
pub const WAITS: Duration = Duration::from_secs(5 * 60);
/// How long somebody who is away has to come back by themselves.
pub const AWAY: Duration = Duration::from_secs(60);
/// What is older is not told any more: a server that was down for long does not tell of all that was.
const OLD: Duration = Duration::from_secs(24 * 3_600);
/// What was told is remembered for so long: longer than [`OLD`].
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3_600);
/// Things that one look tells at most; the rest the next one does.
const MOST_AT_ONCE: i64 = 500;
/// Things that stand in one mail; of the others their number.
const MOST_IN_A_MAIL: usize = 10;
/// Mails of this kind that an agent gets in an hour.
pub const MOST_AN_HOUR: i64 = 6;
/// Characters of what was written that stand in a mail.
const EXCERPT_CHARS: usize = 200;
/// Characters of a name.
const NAME_CHARS: usize = 80;

/// Looks, until the server stops. Without a mail server nothing is looked for.
pub async fn run(app: Arc<App>) {
    if app.mailer.transport().is_none() {
        return;
    }
    while !app.stopping.is_cancelled() {
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "it could not be looked what agents are to be told by mail");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = app.stopping.cancelled() => {}
        }
    }
}

/// Tells what is due now.
///
/// # Errors
/// The database.
pub async fn look(app: &Arc<App>) -> Result<(), Error> {
    let now = app.clock.now();
    let mut by_agent: BTreeMap<(WorkspaceId, AgentId), Vec<(About, Due)>> = BTreeMap::new();
    for about in About::ALL {
        let until = now.minus(if about == About::Waiting { WAITS } else { AWAY });
        let mut conn = app.db.read().await?;
        for due in store::due(conn.conn(), about, (now, until, now.minus(OLD)), MOST_AT_ONCE).await? {
            if Wishes::parse(&due.mail_alerts).wants(about) {
                by_agent.entry((due.workspace_id, due.agent_id)).or_default().push((about, due));
            }
        }
    }
    for ((ws, agent), all) in by_agent {
        tell(app, ws, agent, all, now).await?;
    }
    digest::look(app, now).await?;
    let operation =
        again(move |tx: &mut Tx| Box::pin(async move { store::forget(tx.conn(), now.minus(REMEMBERED)).await }));
    app.writer.run_again("forget alerts", operation).await
}

/// One mail with all of it, unless the agent got as many as there may be: then it waits.
async fn tell(
    app: &Arc<App>,
    ws: WorkspaceId,
    agent: AgentId,
    all: Vec<(About, Due)>,
    now: Timestamp,
) -> Result<(), Error> {
    let (random, domain) = (app.random.clone(), id_domain(None, &app.config));
    let somebody = app.workspaces.lang(Some(ws)).words().say("visitor");
    let operation = again(move |tx: &mut Tx| {
        let (random, domain, all, somebody) = (random.clone(), domain.clone(), all.clone(), somebody.clone());
        Box::pin(async move {
            let hour = now.minus(Duration::from_secs(3_600));
            if store::told_since(tx.conn(), ws, agent, hour).await? >= MOST_AN_HOUR {
                return Ok::<_, Error>(());
            }
            let mut news = Vec::new();
            for (about, due) in &all {
                if store::tell(tx.conn(), *about, due, now).await? {
                    news.push((*about, due));
                }
            }
            let Some(new) = mail(ws, agent, &news, &somebody, now) else { return Ok(()) };
            outbox::enqueue(tx, &random, &domain, new).await.map(drop)
        })
    });
    app.writer.run_again("tell agent", operation).await?;
    app.mailer.stir();
    Ok(())
}

/// The mail: an alert for one thing, a list for several.
fn mail(
    workspace_id: WorkspaceId,
    agent: AgentId,
    news: &[(About, &Due)],
    somebody: &str,
    due: Timestamp,
) -> Option<NewMail> {
    let (_, first) = news.first()?;
    let item = |(about, due): &(About, &Due)| payload::Alert {
        about: about.word().to_owned(),
        who: match due.who.trim() {
            "" => somebody.to_owned(),
            name => clean(name, NAME_CHARS),
        },
        excerpt: clean(due.text.trim(), EXCERPT_CHARS),
        path: format!("/console/conversations/{}", due.conversation_id),
        since_ms: due.since.millis(),
    };
    let (kind, payload) = match news {
        [one] => (Kind::Alert, serde_json::to_value(item(one))),
        many => {
            let items: Vec<_> = many.iter().take(MOST_IN_A_MAIL).map(item).collect();
            let more = many.len().saturating_sub(items.len()) as u64;
            let path = "/console/conversations?view=waiting".to_owned();
            (Kind::Digest, serde_json::to_value(payload::Digest { items, more, path, numbers: None }))
        }
    };
    Some(NewMail {
        workspace_id,
        kind,
        site_id: None,
        // One that is about a single conversation goes with it, when it is erased.
        conversation_id: matches!(news, [_]).then_some(first.conversation_id),
        agent_id: Some(agent),
        address: EmailAddress::parse(&first.email)?,
        payload: payload.ok()?,
        due,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ConversationId;

    fn due(n: u128, who: &str, text: &str) -> Due {
        Due {
            workspace_id: WorkspaceId::from_uuid(uuid::Uuid::from_u128(1)),
            agent_id: AgentId::from_uuid(uuid::Uuid::from_u128(2)),
            email: "bo@shop.example".to_owned(),
            mail_alerts: "{}".to_owned(),
            conversation_id: ConversationId::from_uuid(uuid::Uuid::from_u128(n)),
            mark: 1,
            since: Timestamp::from_millis(7),
            who: who.to_owned(),
            text: text.to_owned(),
        }
    }

    fn of(all: &[Due]) -> Option<NewMail> {
        let news: Vec<(About, &Due)> = all.iter().map(|due| (About::Waiting, due)).collect();
        let (ws, agent) = (WorkspaceId::from_uuid(uuid::Uuid::nil()), AgentId::from_uuid(uuid::Uuid::nil()));
        mail(ws, agent, &news, "Somebody", Timestamp::from_millis(9))
    }

    #[test]
    fn one_thing_is_an_alert_and_several_are_a_list() {
        assert!(of(&[]).is_none());
        let one = of(&[due(1, " ", &"x".repeat(500))]).unwrap();
        assert_eq!((one.kind, one.conversation_id.is_some()), (Kind::Alert, true));
        assert_eq!((&one.payload["who"], one.payload["excerpt"].as_str().unwrap().len()), (&"Somebody".into(), 200));
        let all: Vec<Due> = (0..12).map(|n| due(n, "Ada", "Hello?")).collect();
        let many = of(&all).unwrap();
        assert_eq!((many.kind, many.conversation_id), (Kind::Digest, None));
        assert_eq!((many.payload["items"].as_array().unwrap().len(), &many.payload["more"]), (10, &2.into()));
    }
}
