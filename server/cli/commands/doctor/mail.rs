//! `doctor --mail`: whether mails go out and answers come back. It says what the mail server and the DNS say,
//! and sends a mail through the running server to the desk itself, which has to come in again. That mail, and one
//! to whom the operator names, are all that it writes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use ring::signature::{Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

use super::alignment::{self, Leaving, Shown};
use super::dns::{self, Dns};
use super::{Finding, Level, Said, mail_store as store, told};
use crate::cli::DoctorArgs;
use crate::cli::commands::desk::OpenDesk;
use crate::cli::run::{Failure, Tools};
use crate::config::Config;
use crate::db::Error;
use crate::ids::{MailId, WorkspaceId};
use crate::mail::inbound::{Envelope, reading};
use crate::mail::outbox::{self, Kind, NewMail};
use crate::mail::sender::{Sender, id_domain};
use crate::mail::sending::transport::Transport;
use crate::mail::standing::Standing;
use crate::mail::{EmailAddress, payload};
use crate::sites::{Site, store as sites};

/// How often it is looked whether a mail is there.
const LOOK: Duration = Duration::from_millis(500);
/// How long the running server may take to greet.
const LMTP_WITHIN: Duration = Duration::from_secs(5);
/// What stands behind the + of the address to which the doctor writes.
const TAG: &str = "doctor";

/// Runs it.
pub(super) async fn run(given: &DoctorArgs, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let mut findings = vec![out(config).await];
    let desk = OpenDesk::beside(config, tools).await?;
    let all = sites::all(desk.db.read().await?.conn()).await?;
    findings.extend(all.iter().map(|site| reply_to(config, site)));
    findings.push(ways(config));
    findings.extend(mailbox(config).await);
    findings.extend(listener(config).await);
    match Dns::of(given.dns) {
        Ok(dns) => {
            let leaving = Leaving::of(&given.leaves_from, config, &dns).await;
            findings.extend(domains(&dns, config, &all, &leaving).await);
        }
        Err(why) => findings.push(Finding::fail("DNS", format!("it cannot be asked: {why}"))),
    }
    let trial = Trial { desk: &desk, config, tools, within: Duration::from_secs(u64::from(given.wait)) };
    if config.mail.smtp.is_some() {
        if let Some(to) = &given.to {
            findings.push(trial.to(to, &all).await?);
        }
        if let Some(site) = all.iter().find(|site| Sender::of(Some(site), &config.mail).is_some()) {
            findings.extend(trial.round(site).await?);
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

/// Whether the mailbox lets us in and has the folder.
async fn mailbox(config: &Config) -> Option<Finding> {
    use crate::mail::inbound::imap::{self, Error};
    let (what, server) = ("mailbox", config.mail.imap.as_ref()?);
    let Err(error) = imap::check(server, config.mail.ca.as_deref()).await else {
        return Some(Finding::ok(what, format!("{} can be read, folder {}", server.shown("imap"), server.folder)));
    };
    let mend = match error {
        Error::Login(_) => "check the user and the password in --imap",
        Error::Folder(..) => "name one that is there at the end of --imap",
        Error::NoStartTls => "use imaps://, or let the server offer STARTTLS",
        _ => "check --imap and --mail-ca",
    };
    Some(Finding::fail(what, format!("{error}; {mend}")))
}

/// Whether the running server listens for the mail server.
async fn listener(config: &Config) -> Option<Finding> {
    let (what, address) = ("LMTP", config.mail.lmtp_listen?);
    let mut greeting = [0; 4];
    let greeted = tokio::time::timeout(LMTP_WITHIN, async {
        use tokio::io::AsyncReadExt as _;
        tokio::net::TcpStream::connect(address).await?.read_exact(&mut greeting).await
    });
    let greeted = greeted.await.is_ok_and(|read| read.is_ok()) && greeting == *b"220 ";
    Some(match greeted {
        true => Finding::ok(what, format!("{address} takes mails from your mail server")),
        false => {
            Finding::fail(what, format!("nobody takes mails at {address}; does the server run with --lmtp-listen?"))
        }
    })
}

/// What the DNS says of the domains that mails come from and answers go to, and what receivers make of it.
async fn domains(dns: &Dns, config: &Config, all: &[Site], leaving: &Leaving) -> Vec<Finding> {
    let senders = all.iter().filter_map(|site| Sender::of(Some(site), &config.mail));
    let from: BTreeSet<String> = senders.map(|sender| sender.address.domain().to_owned()).collect();
    let to = config.mail.domain.clone().map_or_else(|| from.clone(), |domain| BTreeSet::from([domain]));
    let mut findings = Vec::new();
    // What comes back goes to where answers go: SPF is about that domain, whatever stands in `From`.
    let mut passing = BTreeMap::new();
    for domain in &to {
        let (finding, passes) = alignment::spf(dns, domain, leaving).await;
        findings.push(finding);
        passing.insert(domain.clone(), passes);
    }
    for domain in &from {
        let mut signed = false;
        if let Some((key, selector)) = &config.mail.dkim {
            let finding = dns::dkim(dns, domain, selector, public_key(key).as_deref()).await;
            signed = finding.level == Level::Ok;
            findings.push(finding);
        }
        let envelope = config.mail.domain.as_deref().unwrap_or(domain);
        let spf = passing.get(envelope).copied().flatten();
        findings.push(alignment::dmarc(dns, &Shown { from: domain, envelope, spf, signed }).await);
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
    async fn round(&self, site: &Site) -> Result<Vec<Finding>, Failure> {
        let what = "round trip";
        let sender = Sender::of(Some(site), &self.config.mail);
        let Some((sender, to)) = sender.and_then(|sender| sender.reply_to(TAG).map(|to| (sender, to))) else {
            return Ok(vec![Finding::fail(what, "there is no address to write to")]);
        };
        let begun = self.tools.clock.now().minus(Duration::from_secs(1));
        let id = self.leave(site, to.clone()).await?;
        if let Err(why) = self.sent(site.workspace_id, id).await? {
            return Ok(vec![Finding::fail(what, why)]);
        }
        let mail = &self.config.mail;
        if mail.imap.is_none() && mail.lmtp_listen.is_none() && mail.inbound_secret.is_none() {
            return Ok(vec![Finding::warn(what, format!("the mail to {to} went out; there is no way in for it"))]);
        }
        let came = self.until(async || {
            let mut conn = self.desk.db.read().await?;
            store::came_back(conn.conn(), site.workspace_id, sender.address.as_str(), begun).await
        });
        Ok(match came.await? {
            Some(came) => {
                let way = &came.way;
                let round = Finding::ok(what, format!("a mail to {to} went out and came in again by {way}"));
                [Some(round), self.arrived(&came.raw)].into_iter().flatten().collect()
            }
            None => vec![Finding::fail(
                what,
                format!(
                    "a mail to {to} went out and did not come in within {} s; does mail for that address reach the way \
                     in, with what stands behind the +?",
                    self.within.as_secs()
                ),
            )],
        })
    }

    /// What the mail server in front of us found of the mail that came in again, if one is believed.
    fn arrived(&self, raw: &[u8]) -> Option<Finding> {
        let (what, authserv) = ("what arrived", self.config.mail.authserv.as_deref()?);
        let mail = reading::parse(raw, &Envelope::default(), Some(authserv)).ok()?;
        let found = mail.checks.found;
        if found.is_empty() {
            let told = format!("{authserv} says nothing of SPF, DKIM and DMARC; is that its name in --mail-authserv?");
            return Some(Finding::warn(what, told));
        }
        let all_pass = found.iter().all(|found| found.ends_with("=pass"));
        let told = format!("{authserv} found {}", found.join(", "));
        Some(if all_pass { Finding::ok(what, told) } else { Finding::warn(what, told) })
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
            Ok(now.filter(|now| now.state != "pending" || now.error.is_some()))
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
