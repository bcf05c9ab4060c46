//! `doctor --mail`: whether mails go out and answers come back. It says what the mail server and the DNS say,
//! and sends a mail through the running server to the desk itself, which has to come in again. That mail, and one
//! to whom the operator names, are all that it writes.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use ring::signature::{Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

use super::dns::{self, Dns};
use super::{Finding, Said, mail_store as store, told};
use crate::cli::DoctorArgs;
use crate::cli::commands::desk::OpenDesk;
use crate::cli::run::{Failure, Tools};
use crate::config::Config;
use crate::db::Error;
use crate::ids::{MailId, WorkspaceId};
use crate::mail::outbox::{self, Kind, NewMail};
use crate::mail::sender::{Sender, id_domain};
use crate::mail::sending::transport::Transport;
use crate::mail::standing::Standing;
use crate::mail::{EmailAddress, payload};
use crate::sites::{Site, store as sites};

/// How often it is looked whether a mail is there.
const LOOK: Duration = Duration::from_millis(500);
/// What stands behind the + of the address to which the doctor writes.
const TAG: &str = "doctor";

/// Runs it.
pub(super) async fn run(given: &DoctorArgs, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let mut findings = vec![out(config).await];
    let desk = OpenDesk::beside(config, tools).await?;
    let all = sites::all(desk.db.read().await?.conn()).await?;
    findings.extend(all.iter().map(|site| reply_to(config, site)));
    findings.push(ways(config));
    match Dns::of(given.dns) {
        Ok(dns) => findings.extend(domains(&dns, config, &all).await),
        Err(why) => findings.push(Finding::fail("DNS", format!("it cannot be asked: {why}"))),
    }
    let trial = Trial { desk: &desk, config, tools, within: Duration::from_secs(u64::from(given.wait)) };
    if config.mail.smtp.is_some() {
        if let Some(to) = &given.to {
            findings.push(trial.to(to, &all).await?);
        }
        if let Some(site) = all.iter().find(|site| Sender::of(Some(site), &config.mail).is_some()) {
            findings.push(trial.round(site).await?);
        }
    }
    desk.close().await;
    Ok(told(&findings))
}

/// Whether the mail server lets us in.
async fn out(config: &Config) -> Finding {
    let what = "mail server";
    match Transport::of(config) {
        Err(why) => Finding::fail(what, why),
        Ok(None) => Finding::fail(what, "none is set, and no mail goes out; name one with --smtp"),
        Ok(Some(transport)) => match transport.test().await {
            Ok(()) => {
                let server = config.mail.smtp.as_ref().map(|server| server.shown("smtp")).unwrap_or_default();
                Finding::ok(what, format!("{server} lets us in"))
            }
            Err(why) => Finding::fail(what, format!("{why}; check --smtp, its password and --mail-ca")),
        },
    }
}

/// Whether the mails of a site have a sender, and where answers go.
pub(super) fn reply_to(config: &Config, site: &Site) -> Finding {
    let what = format!("mails of {}", site.name);
    let standing = Standing::of(&config.mail, &site.settings.mail);
    match (standing.from, standing.reply_to) {
        (Some(from), Some(reply)) => Finding::ok(what, format!("they come from {from}, answers go to {reply}")),
        _ => Finding::fail(
            what,
            "they have no sender; give the site an address with `deskbell site set --mail-address`, or set --mail-domain",
        ),
    }
}

fn ways(config: &Config) -> Finding {
    let what = "answers by mail";
    let mail = &config.mail;
    let ways = [
        (mail.imap.is_some(), "a mailbox (--imap)"),
        (mail.lmtp_listen.is_some(), "LMTP (--lmtp-listen)"),
        (mail.inbound_secret.is_some(), "HTTP (--inbound-secret)"),
    ];
    let on: Vec<&str> = ways.into_iter().filter_map(|(on, name)| on.then_some(name)).collect();
    match on.is_empty() {
        true => Finding::warn(what, "there is no way in; set --imap, --lmtp-listen or --inbound-secret (docs/mail.md)"),
        false => Finding::ok(what, format!("they come in by {}", on.join(", "))),
    }
}

/// What the DNS says of the domains that mails come from and answers go to.
async fn domains(dns: &Dns, config: &Config, all: &[Site]) -> Vec<Finding> {
    let senders = all.iter().filter_map(|site| Sender::of(Some(site), &config.mail));
    let from: BTreeSet<String> = senders.map(|sender| sender.address.domain().to_owned()).collect();
    let to = config.mail.domain.clone().map_or_else(|| from.clone(), |domain| BTreeSet::from([domain]));
    let mut findings = Vec::new();
    for domain in &from {
        findings.push(dns::spf(dns, domain).await);
        if let Some((key, selector)) = &config.mail.dkim {
            findings.push(dns::dkim(dns, domain, selector, public_key(key).as_deref()).await);
        }
        findings.push(dns::dmarc(dns, domain).await);
    }
    for domain in &to {
        findings.push(dns::mx(dns, domain).await);
    }
    findings
}

/// The public half of a key in a file of PEM.
fn public_key(path: &Path) -> Option<Vec<u8>> {
    let key = PrivateKeyDer::from_pem_file(path).ok()?;
    let bytes = key.secret_der();
    if let Ok(key) = RsaKeyPair::from_pkcs8(bytes).or_else(|_| RsaKeyPair::from_der(bytes)) {
        return Some(key.public_key().as_ref().to_vec());
    }
    let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).ok()?;
    Some(key.public_key().as_ref().to_vec())
}

/// What a mail becomes that is sent through the running server.
struct Trial<'a> {
    desk: &'a OpenDesk,
    config: &'a Config,
    tools: &'a Tools,
    within: Duration,
}

impl Trial<'_> {
    /// A mail to an address of the operator's.
    async fn to(&self, to: &str, all: &[Site]) -> Result<Finding, Failure> {
        let what = format!("mail to {to}");
        let able = all.iter().find(|site| Sender::of(Some(site), &self.config.mail).is_some());
        let (Some(address), Some(site)) = (EmailAddress::parse(to), able) else {
            return Ok(Finding::fail(what, "it cannot be written: the address is none, or no site has a sender"));
        };
        let id = self.leave(site, address).await?;
        Ok(match self.sent(site.workspace_id, id).await? {
            Ok(()) => Finding::ok(what, "the mail server took it; look whether it arrived, and not among the spam"),
            Err(why) => Finding::fail(what, why),
        })
    }

    /// A mail to the desk itself, which has to come back in.
    async fn round(&self, site: &Site) -> Result<Finding, Failure> {
        let what = "round trip";
        let sender = Sender::of(Some(site), &self.config.mail);
        let Some((sender, to)) = sender.and_then(|sender| sender.reply_to(TAG).map(|to| (sender, to))) else {
            return Ok(Finding::fail(what, "there is no address to write to"));
        };
        let begun = self.tools.clock.now().minus(Duration::from_secs(1));
        let id = self.leave(site, to.clone()).await?;
        if let Err(why) = self.sent(site.workspace_id, id).await? {
            return Ok(Finding::fail(what, why));
        }
        let mail = &self.config.mail;
        if mail.imap.is_none() && mail.lmtp_listen.is_none() && mail.inbound_secret.is_none() {
            return Ok(Finding::warn(what, format!("the mail to {to} went out; there is no way in for it")));
        }
        let came = self.until(async || {
            let mut conn = self.desk.db.read().await?;
            store::came_back(conn.conn(), site.workspace_id, sender.address.as_str(), begun).await
        });
        Ok(match came.await? {
            Some(way) => Finding::ok(what, format!("a mail to {to} went out and came in again by {way}")),
            None => Finding::fail(
                what,
                format!(
                    "a mail to {to} went out and did not come in within {} s; does mail for that address reach the way \
                     in, with what stands behind the +?",
                    self.within.as_secs()
                ),
            ),
        })
    }

    async fn leave(&self, site: &Site, address: EmailAddress) -> Result<MailId, Failure> {
        let (random, domain) = (self.tools.random.clone(), id_domain(Some(site), self.config));
        let test = payload::Test { by: "deskbell doctor".to_owned(), ..payload::Test::default() };
        let new = NewMail {
            workspace_id: site.workspace_id,
            kind: Kind::Test,
            site_id: Some(site.id),
            conversation_id: None,
            agent_id: None,
            address,
            payload: serde_json::to_value(test).unwrap_or_default(),
            due: self.tools.clock.now(),
        };
        let left = self
            .desk
            .writer
            .run("doctor's mail", move |tx| Box::pin(async move { outbox::enqueue(tx, &random, &domain, new).await }));
        Ok(left.await?)
    }

    /// Whether the running server sent it; why not else.
    async fn sent(&self, ws: WorkspaceId, id: MailId) -> Result<Result<(), String>, Failure> {
        let done = self.until(async || {
            let mut conn = self.desk.db.read().await?;
            let now = store::state(conn.conn(), ws, id).await?;
            Ok(now.filter(|now| now.state != "pending" || now.attempts > 0))
        });
        Ok(match done.await? {
            Some(mail) if mail.state == "sent" => Ok(()),
            Some(mail) => Err(format!("the mail did not go out: {}", mail.error.unwrap_or(mail.state))),
            None => Err(format!("nobody sent the mail within {} s; does the server run?", self.within.as_secs())),
        })
    }

    /// Looks until there is something, or time is over.
    async fn until<T>(&self, mut look: impl AsyncFnMut() -> Result<Option<T>, Error>) -> Result<Option<T>, Error> {
        let looked = async {
            loop {
                if let Some(found) = look().await? {
                    return Ok(Some(found));
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(self.within, looked).await.unwrap_or(Ok(None))
    }
}
