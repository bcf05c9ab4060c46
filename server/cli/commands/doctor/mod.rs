//! `doctor`: looks at everything that a desk stands on, changes nothing, and says in one line each
//! what is well, what is odd, and what has to be put right. It works beside a running server.

mod address;
mod alignment;
mod database;
mod dns;
mod keeping;
mod machine;
mod mail;
mod mail_store;
mod spf;
pub(super) mod surroundings;

use std::fmt;

use crate::cli::DoctorArgs;
use crate::cli::run::{Failure, Said, Tools};
use crate::config::{Config, Problems};

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// It works, and yet.
    Warn,
    /// It does not work.
    Fail,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) level: Level,
    pub(super) what: String,
    pub(super) text: String,
}

impl Finding {
    fn new(level: Level, what: impl Into<String>, text: impl Into<String>) -> Self {
        // One line each, whatever an error's text holds.
        Self { level, what: what.into(), text: text.into().replace('\n', " ") }
    }

    pub(super) fn ok(what: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(Level::Ok, what, text)
    }

    pub(super) fn warn(what: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(Level::Warn, what, text)
    }

    pub(super) fn fail(what: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(Level::Fail, what, text)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok  ",
            Level::Warn => "warn",
            Level::Fail => "fail",
        };
        write!(f, "{level}  {}: {}", self.what, self.text)
    }
}

/// Looks at mail, or runs every other check.
///
/// # Errors
/// Of the database, where mail is looked at.
pub async fn run(given: &DoctorArgs, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    match given.mail {
        true => mail::run(given, config, tools).await,
        false => Ok(all(config, tools).await),
    }
}

async fn all(config: &Config, tools: &Tools) -> Said {
    let mut findings = vec![Finding::ok("configuration", "nothing contradicts itself")];
    if !config.notices.is_empty() {
        findings = config.notices.iter().map(|notice| Finding::warn("configuration", notice)).collect();
    }
    let (folder, running) = surroundings::data_folder(&config.data);
    findings.extend(folder);
    findings.extend(surroundings::disk(&config.data));
    findings.extend(machine::permissions(&config.data));
    findings.extend(machine::sync_speed(&config.data));
    findings.extend(machine::open_files());
    findings.extend(database::check(config, tools).await);
    findings.extend(surroundings::certificate(config, tools.clock.now()).await);
    findings.push(address::scheme(&config.public_url));
    findings.extend(surroundings::public_address(&config.public_url, running).await);
    if running {
        findings.extend(address::sockets(&config.public_url).await);
        findings.extend(address::proxies(config).await);
    }
    told(&findings)
}

/// What `doctor` says of settings with which nothing else can be looked at.
pub fn problems(problems: &Problems) -> Said {
    let finding = |problem: &crate::config::Problem| {
        Finding::fail("configuration", format!("{}: {}", problem.place, problem.message))
    };
    let findings: Vec<Finding> = problems.all().iter().map(finding).collect();
    told(&findings)
}

fn told(findings: &[Finding]) -> Said {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let count = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
    let (failed, odd) = (count(Level::Fail), count(Level::Warn));
    let note = match (failed, odd) {
        (0, 0) => "All is well.".to_owned(),
        (0, odd) => format!("It works; {odd} to look at."),
        (failed, odd) => format!("{failed} to put right, {odd} to look at."),
    };
    Said { out: lines.join("\n"), note, exit: u8::from(failed > 0) }
}

#[cfg(test)]
mod mail_tests;
#[cfg(test)]
mod tests;
