//! The numbers of the day before, in the morning of the workspace: what began, what was answered, who waits. A day
//! on which nothing was is not told.

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;

use super::store::{self, Day, Reader};
use super::wishes::Wishes;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Error, Tx};
use crate::hours;
use crate::mail::outbox::{self, Kind, NewMail};
use crate::mail::sender::id_domain;
use crate::mail::{EmailAddress, payload};
use crate::writer::again;

/// The hour at which it goes out, in the workspace's time zone.
pub const HOUR: i64 = 8;
/// Seconds of an hour.
const HOUR_S: i64 = 3_600;

/// When the last one was due.
fn last_due(zone: Tz, now: Timestamp) -> Timestamp {
    let today = hours::day_begins(zone, now).plus_seconds(HOUR * HOUR_S);
    if today.millis() <= now.millis() {
        return today;
    }
    let yesterday = hours::day_begins(zone, now).minus(Duration::from_secs(1));
    hours::day_begins(zone, yesterday).plus_seconds(HOUR * HOUR_S)
}

/// Sends what is due.
pub(super) async fn look(app: &Arc<App>, now: Timestamp) -> Result<(), Error> {
    let readers = store::readers(app.db.read().await?.conn()).await?;
    for reader in readers {
        let due = last_due(app.workspaces.zone(reader.workspace_id), now);
        let wants = Wishes::parse(&reader.mail_alerts).wants_digest(reader.role);
        if wants && reader.digest_at.is_none_or(|last| last.millis() < due.millis()) {
            send(app, reader, due, now).await?;
        }
    }
    Ok(())
}

async fn send(app: &Arc<App>, reader: Reader, due: Timestamp, now: Timestamp) -> Result<(), Error> {
    let zone = app.workspaces.zone(reader.workspace_id);
    let to = hours::day_begins(zone, due);
    let from = hours::day_begins(zone, to.minus(Duration::from_secs(1)));
    let day = store::day(app.db.read().await?.conn(), &reader, from, to).await?;
    let (random, domain) = (app.random.clone(), id_domain(None, &app.config));
    let operation = again(move |tx: &mut Tx| {
        let (random, domain, reader) = (random.clone(), domain.clone(), reader.clone());
        Box::pin(async move {
            // Who is new has no yesterday here.
            let first = reader.digest_at.is_none();
            if !store::set_digest(tx.conn(), &reader, now).await? || first {
                return Ok::<_, Error>(());
            }
            let Some(new) = mail(&reader, day, now) else { return Ok(()) };
            outbox::enqueue(tx, &random, &domain, new).await.map(drop)
        })
    });
    app.writer.run_again("digest", operation).await?;
    app.mailer.stir();
    Ok(())
}

fn mail(reader: &Reader, day: Day, due: Timestamp) -> Option<NewMail> {
    if day.new == 0 && day.answered == 0 && day.waiting == 0 {
        return None;
    }
    let oldest_ms = day.oldest.map_or(0, Timestamp::millis);
    let numbers = payload::Numbers { new: day.new, answered: day.answered, waiting: day.waiting, oldest_ms };
    let path = "/console/conversations?view=waiting".to_owned();
    let digest = payload::Digest { path, numbers: Some(numbers), ..payload::Digest::default() };
    Some(NewMail {
        workspace_id: reader.workspace_id,
        kind: Kind::Digest,
        site_id: None,
        conversation_id: None,
        agent_id: Some(reader.id),
        address: EmailAddress::parse(&reader.email)?,
        payload: serde_json::to_value(digest).ok()?,
        due,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_at_eight_where_the_workspace_is() {
        let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        for (now, due) in [
            ("2026-11-27T06:59:59Z", "2026-11-26T07:00:00Z"),
            ("2026-11-27T07:00:00Z", "2026-11-27T07:00:00Z"),
            ("2026-11-27T23:30:00Z", "2026-11-27T07:00:00Z"),
            ("2026-07-01T06:30:00Z", "2026-07-01T06:00:00Z"),
        ] {
            assert_eq!(last_due(berlin, at(now)).millis(), at(due).millis(), "{now}");
        }
    }
}
