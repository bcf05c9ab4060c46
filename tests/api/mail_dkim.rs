//! Mails that we sign, looked at by somebody else: a real mail server takes them, and OpenDKIM, which knows the
//! public key alone, says whether each signature holds. A mail of which one byte is another has to fail.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use deskbell::config::{Encryption, MailServer};
use serde_json::{Value, json};

use crate::support::agent::Agent;
use crate::support::frames::draw_id;
use crate::support::mail::{self, from};
use crate::support::mail_servers::{Dovecot, Postfix, is_there};
use crate::support::process::free_port;
use crate::support::site::site_asks;
use crate::support::until::until;
use crate::support::{Database, TestApp, plainly};

/// Whose mailbox the mails end in.
const ADA: &str = "ada@mail.example";
/// The site's own address, whose domain signs.
const SHOP: &str = "help@shop.example";
const SELECTOR: &str = "desk";

/// Keys as an operator makes them, and what OpenDKIM is told of the DNS.
struct Keys {
    folder: PathBuf,
}

impl Drop for Keys {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Keys {
    /// A key, and its record as `docs/mail-out.md` says that it is to be published.
    fn made(kind: &str, openssl: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("deskbell-dkim-{kind}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let keys = Self { folder };
        let made = Command::new("openssl").arg("genpkey").args(openssl).arg("-out").arg(keys.private()).output();
        assert!(made.expect("openssl").status.success());
        let mut record = format!("v=DKIM1; k={kind}; p={}", keys.public());
        if kind == "ed25519" {
            // RFC 8463 publishes the 32 bytes alone, which are the end of what openssl prints.
            record = format!("v=DKIM1; k={kind}; p={}", keys.public_of_ed25519());
        }
        let dns = format!("{SELECTOR}._domainkey.shop.example {record}\n");
        std::fs::write(keys.folder.join("dns"), dns).expect("written");
        let told = format!("Mode v\nSyslog no\nTestPublicKeys {}\n", keys.folder.join("dns").display());
        std::fs::write(keys.folder.join("opendkim.conf"), told).expect("written");
        keys
    }

    fn private(&self) -> PathBuf {
        self.folder.join("dkim.pem")
    }

    fn shell(&self, command: &str) -> String {
        let done = Command::new("sh").arg("-c").arg(command).current_dir(&self.folder).output().expect("sh");
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).expect("text").trim().to_owned()
    }

    fn public(&self) -> String {
        self.shell("openssl pkey -in dkim.pem -pubout -outform DER | base64 -w0")
    }

    fn public_of_ed25519(&self) -> String {
        self.shell("openssl pkey -in dkim.pem -pubout -outform DER | tail -c 32 | base64 -w0")
    }

    /// Whether OpenDKIM finds that the signature holds, and what it said.
    fn verify(&self, name: &str, raw: &[u8]) -> (bool, String) {
        let file = self.folder.join(name);
        std::fs::write(&file, raw).expect("a mail");
        let done = Command::new("/usr/sbin/opendkim")
            .args(["-vvv", "-x", "opendkim.conf", "-t"])
            .arg(&file)
            .current_dir(&self.folder)
            .output()
            .expect("opendkim");
        let said = [done.stdout, done.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
        (said.contains("succeeded"), said)
    }
}

/// A desk that signs, and whose mails end in a mailbox.
async fn desk(postfix: &Postfix, key: &Path) -> TestApp {
    let key = key.to_owned();
    let app = TestApp::start_with(Database::sqlite(), |config| {
        mail::takes_mail(config);
        let (host, port) = (postfix.address.ip().to_string(), postfix.address.port());
        config.mail.smtp =
            Some(MailServer { host, port, encryption: Encryption::None, login: None, folder: String::new() });
        config.mail.dkim = Some((key, SELECTOR.to_owned()));
    })
    .await;
    site_asks(&app, |settings| {
        settings.mail.address = Some(SHOP.to_owned());
        settings.mail.name = Some("Läden & Söhne, \"Øst\" 店 — مَتجَر".to_owned());
        settings.mail.signature = Some("-- \nLäden & Söhne\n.\n..two dots".to_owned());
    })
    .await;
    app
}

/// Words that mail servers and signatures trip over.
fn texts() -> Vec<(&'static str, String)> {
    vec![
        ("plain", "It left today.".to_owned()),
        ("long lines", format!("{} and {}", "x".repeat(3_000), "long words ".repeat(300))),
        ("other scripts", "Grüße, 你好 — مرحبا 👋🏽\u{2028}next".to_owned()),
        (
            "dots and spaces",
            ".\n..\n.dot at the start\ntrailing   \n\t tab\n\n\n\nFrom here on\n>From there".to_owned(),
        ),
        ("markup", "<b>not bold</b> & \"quoted\" https://track.example/?a=1&b=2=3D".to_owned()),
    ]
}

async fn answers(agent: &mut Agent, chat: &str, text: &str, mail: Value) {
    let frame = json!({"type": "send", "id": draw_id(), "conversation": chat, "text": text, "seen_seq": 99,
        "force": true, "mail": mail});
    let said = agent.asks(frame).await;
    assert_eq!(said["type"], "ack", "{said}");
}

/// Everything that goes out in a conversation by mail, as it lay in the mailbox.
async fn mails(app: &TestApp, dovecot: &Dovecot) -> Vec<Vec<u8>> {
    assert_eq!(app.takes_mail(from(&format!("Ada <{ADA}>"), SHOP, "1", "Where is it?")).await, "began");
    let chat = plainly::id(&app.app.db, "SELECT id FROM conversations").await;
    let mut owner = app.owner().await;
    owner.watches(&chat, 0).await;
    owner.takes(&chat, 1).await;
    for (_, text) in texts() {
        answers(&mut owner, &chat, &text, json!({})).await;
    }
    let copies: Vec<String> = (0..10).map(|n| format!("a-colleague-with-a-long-name-{n}@mail.example")).collect();
    let subject = "Ihre Bestellung über zwölf Gläser „Größe XL“ — 订单 1042, which is a subject of more than one line";
    answers(&mut owner, &chat, "With copies.", json!({"subject": subject, "cc": copies})).await;
    let count = texts().len() + 1;
    until("all mails arrived", async || dovecot.mails_of("ada").len() >= count).await;
    dovecot.mails_of("ada")
}

/// What was signed holds; what was changed does not.
fn check(keys: &Keys, raw: &[u8], at: usize) {
    let text = String::from_utf8_lossy(raw);
    let (holds, said) = keys.verify(&format!("{at}.eml"), raw);
    assert!(holds, "{said}\n{text}");
    let body = text.find("\n\n").or_else(|| text.find("\r\n\r\n")).expect("a body");
    let word = text[body..].find("</html>").expect("its HTML") + body + 2;
    for (what, position) in [("the text", word), ("the subject", text.find("Subject: ").expect("a subject") + 9)] {
        let mut changed = raw.to_vec();
        changed[position] = if changed[position] == b'Q' { b'R' } else { b'Q' };
        let (holds, said) = keys.verify(&format!("{at}-changed.eml"), &changed);
        assert!(!holds, "one byte of {what} is another: {said}");
    }
    for added in ["From: Eve <eve@evil.example>", "Subject: Pay here", "Reply-To: eve@evil.example"] {
        let more = [added.as_bytes(), b"\n", raw].concat();
        let (holds, said) = keys.verify(&format!("{at}-more.eml"), &more);
        assert!(!holds, "`{added}` was put on top: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_else_finds_that_our_signatures_hold() {
    if ["postfix", "dovecot", "opendkim"].into_iter().any(|program| !is_there(program)) {
        return;
    }
    let kinds: [(&str, &[&str]); 2] =
        [("rsa", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]), ("ed25519", &["-algorithm", "ED25519"])];
    for (kind, openssl) in kinds {
        let keys = Keys::made(kind, openssl);
        let dovecot = Dovecot::start().await;
        let nobody = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let Some(postfix) = Postfix::start_with(nobody, Some(dovecot.mailboxes())).await else { return };
        let app = desk(&postfix, &keys.private()).await;
        let mails = mails(&app, &dovecot).await;
        for (at, raw) in mails.iter().enumerate() {
            check(&keys, raw, at);
        }
        let foreign = Keys::made(kind, openssl);
        let (holds, said) = foreign.verify("foreign.eml", &mails[0]);
        assert!(!holds, "under another key: {said}");
        println!("{kind}: OpenDKIM finds that {} mails are signed by us", mails.len());
        app.stop().await;
    }
}
