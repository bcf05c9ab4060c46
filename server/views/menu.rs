//! The menu by which a list is filtered: what an agent can choose among.

use super::View;
use super::filter::Channel;
use crate::agents::session_store::SessionRow;
use crate::agents::store as agents;
use crate::conversations::fragments::{Choice, FilterMenu, channel_title, priority_title};
use crate::db::{Conn, Error};
use crate::queues::store as queues;
use crate::routing::Priority;
use crate::sites::store as sites;
use crate::tags::store as tags;
use crate::words::Words;

/// Reads what can be chosen: an agent's own queues, a supervisor's all.
pub async fn filter_menu(
    mut conn: Conn<'_>,
    row: &SessionRow,
    view: &View,
    words: &Words,
) -> Result<FilterMenu, Error> {
    let ws = row.workspace_id;
    let filter = view.filter().cloned().unwrap_or_default();
    let own = queues::of_agent(conn.again(), ws, row.agent_id).await?;
    let all = queues::of_workspace(conn.again(), ws).await?;
    let queues = all.into_iter().filter(|queue| row.role.sees_every_queue() || own.contains(&queue.id));
    let choice = |value: String, title: String, chosen: bool| Choice { value, title, chosen };
    let queues = queues.map(|queue| choice(queue.id.to_string(), queue.name, filter.queue == Some(queue.id)));
    let queues = queues.collect();
    let tags = tags::all(conn.again(), ws).await?.into_iter();
    let tags = tags.map(|tag| choice(tag.id.to_string(), tag.name, filter.tag == Some(tag.id))).collect();
    let agents = agents::names(conn.again(), ws).await?.into_iter();
    let agents = agents.map(|(id, name)| choice(id.to_string(), name, filter.agent == Some(id))).collect();
    let sites = sites::names(conn, ws).await?.into_iter();
    let sites = sites.map(|(id, name)| choice(id.to_string(), name, filter.site == Some(id))).collect();
    let priorities = Priority::ALL.into_iter().rev();
    let priorities = priorities.map(|priority| {
        choice(priority.word().to_owned(), priority_title(priority.number(), words), filter.priority == Some(priority))
    });
    let channels = Channel::ALL.into_iter().map(|channel| {
        choice(channel.word().to_owned(), channel_title(channel, words), filter.channel == Some(channel))
    });
    let saved_id = match view {
        View::Saved(view) if !view.shared || row.role.sees_every_queue() => view.id.to_string(),
        _ => String::new(),
    };
    Ok(FilterMenu {
        states: FilterMenu::standings(view, words),
        queues,
        tags,
        agents,
        sites,
        priorities: priorities.collect(),
        channels: channels.collect(),
        may_share: row.role.sees_every_queue(),
        saved_id,
        on: view.filter().is_some(),
    })
}
