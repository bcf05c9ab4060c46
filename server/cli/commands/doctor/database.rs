//! The database: reachable and safe, its schema, what is set up in it, and whether the clock fits.

use std::time::{Duration, Instant};

use super::{Finding, keeping};
use crate::cli::commands::desk::Found;
use crate::cli::commands::inspect_store;
use crate::cli::run::Tools;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::db::{self, Conn, Error, OpenError};
use crate::sites::{Site, parse_origin};
use crate::{jobs, sites, workspaces};

/// How far rows may lie ahead of this machine's clock.
const TOLERANCE: Duration = Duration::from_secs(60);
/// Questions that are timed; the one in the middle counts.
const ASKED: usize = 9;
/// An answer that takes longer is felt.
const SLOW: Duration = Duration::from_millis(20);
/// 2026-01-01T00:00:00Z: no clock was earlier when this program was built.
const EARLIEST: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// All of it.
pub(super) async fn check(config: &Config, tools: &Tools) -> Vec<Finding> {
    let now = tools.clock.now();
    let mut found = match Found::find(config).await {
        Ok(found) => found,
        Err(OpenError::Connect(why)) => return vec![Finding::fail("database", unreachable(&why)), clock(now, None)],
        Err(why) => return vec![Finding::fail("database", why.to_string()), clock(now, None)],
    };
    let findings = match found.conn() {
        Some(conn) => inside(conn, config, now).await,
        None => Ok(vec![
            Finding::warn("database", "there is none yet; `deskbell serve` and `deskbell bootstrap` make it"),
            clock(now, None),
        ]),
    };
    found.close().await;
    findings.unwrap_or_else(|why| vec![Finding::fail("database", format!("it does not answer as it should: {why}"))])
}

fn unreachable(why: &sqlx::Error) -> String {
    format!("it cannot be reached ({why}); check --database, and that the database runs and lets this user in")
}

async fn inside(mut conn: Conn<'_>, config: &Config, now: Timestamp) -> Result<Vec<Finding>, Error> {
    let mut findings = vec![Finding::ok("database", inspect_store::describe(conn.again()).await?)];
    let (schema, usable) = schema(conn.again()).await?;
    findings.push(schema);
    if !usable {
        findings.push(clock(now, None));
        return Ok(findings);
    }
    findings.push(clock(now, inspect_store::newest(conn.again()).await?));
    findings.extend(desk(conn.again()).await?);
    let sites = sites::store::all(conn.again()).await?;
    let https = config.public_url.scheme() == "https";
    findings.extend(sites.iter().flat_map(|site| site_findings(site, https)));
    findings.extend(keeping::tags(conn.again(), &sites).await?);
    findings.extend(keeping::backups(conn.again(), config, now).await?);
    findings.push(speed(conn.again()).await?);
    let jobs = jobs::store::counts(conn, now).await?;
    if jobs.dead > 0 {
        findings.push(Finding::warn("jobs", format!("{} failed too often and were given up", jobs.dead)));
    }
    Ok(findings)
}

/// How long the database takes to answer.
async fn speed(mut conn: Conn<'_>) -> Result<Finding, Error> {
    let mut took = Vec::new();
    for _ in 0..ASKED {
        let begun = Instant::now();
        inspect_store::describe(conn.again()).await?;
        took.push(begun.elapsed());
    }
    took.sort();
    Ok(speed_finding(took[ASKED / 2]))
}

pub(super) fn speed_finding(took: Duration) -> Finding {
    let text = format!("it answers within {:.1} ms", took.as_secs_f64() * 1_000.0);
    match took > SLOW {
        true => Finding::warn("database speed", format!("{text}; put it nearer, a message needs several answers")),
        false => Finding::ok("database speed", text),
    }
}

/// Whether the schema is this version's, and whether the tables can be looked into.
async fn schema(mut conn: Conn<'_>) -> Result<(Finding, bool), Error> {
    let Some(applied) = inspect_store::applied(conn.again()).await? else {
        let empty = "the database is empty; `deskbell serve` and `deskbell bootstrap` make the tables";
        return Ok((Finding::warn("schema", empty), false));
    };
    let known = inspect_store::known(&conn);
    let missing = inspect_store::missing(&conn, &applied);
    if missing > 0 {
        let text =
            format!("{missing} of this version's migrations to come; `deskbell serve` and `deskbell migrate` do it");
        return Ok((Finding::warn("schema", text), false));
    }
    // Nothing is missing, so this changes nothing and only says whether the database is too new.
    if let Err(why) = db::migrate(conn, crate::VERSION).await {
        return Ok((Finding::fail("schema", why.to_string()), false));
    }
    let number = known.last().map_or(0, |(number, _)| *number);
    Ok((
        match applied.len().saturating_sub(known.len()) {
            0 => Finding::ok("schema", format!("{number}, as this version makes it")),
            newer => Finding::ok(
                "schema",
                format!("{number} and {newer} newer migrations, with which this version can live"),
            ),
        },
        true,
    ))
}

/// Whether this machine's clock is believable.
pub(super) fn clock(now: Timestamp, newest: Option<Timestamp>) -> Finding {
    let advice = "set the clock, best by a time service";
    if now < EARLIEST {
        return Finding::fail("clock", format!("it says {now}, which is long past; {advice}"));
    }
    match newest {
        Some(newest) if newest > now.plus(TOLERANCE) => {
            let text = format!("it says {now}, but the database has something from {newest}; {advice}");
            Finding::fail("clock", text)
        }
        _ => Finding::ok("clock", now.to_string()),
    }
}

async fn desk(mut conn: Conn<'_>) -> Result<Vec<Finding>, Error> {
    let workspaces = workspaces::store::all(conn.again()).await?;
    let Some(first) = workspaces.first() else {
        let text = "not done yet; open the link that `deskbell serve` prints, or run `deskbell bootstrap`";
        return Ok(vec![Finding::warn("set-up", text)]);
    };
    let mut findings = vec![Finding::ok("set-up", format!("the desk of {} is there", first.name))];
    for queue in inspect_store::unserved_queues(conn).await? {
        let text = "nobody serves it; add somebody with `deskbell queue set --add-agent`";
        findings.push(Finding::warn(format!("queue {queue}"), text));
    }
    Ok(findings)
}

/// Whether pages can talk to this site.
pub(super) fn site_findings(site: &Site, server_is_https: bool) -> Vec<Finding> {
    let what = format!("site {}", site.name);
    let advice = "change it with `deskbell site set --origin`";
    if site.origins.is_empty() {
        return vec![Finding::warn(what, format!("no page may use the chat, only the demo page; {advice}"))];
    }
    let mut findings = Vec::new();
    for origin in &site.origins {
        match parse_origin(origin) {
            Ok(parsed) if parsed == *origin => {}
            Ok(parsed) => {
                let text = format!("browsers write {origin} as {parsed}, so it never matches; {advice}");
                findings.push(Finding::fail(what.clone(), text));
            }
            Err(why) => findings.push(Finding::fail(what.clone(), format!("{why}; {advice}"))),
        }
    }
    if !server_is_https && site.origins.iter().any(|origin| origin.starts_with("https://")) {
        let text = "its pages come by HTTPS, and browsers let them load nothing from a --public-url of http://";
        findings.push(Finding::warn(what.clone(), text));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(what, format!("pages of {} may use the chat", site.origins.join(", "))));
    }
    findings
}
