//! `deskbell doctor --mail` beside a running server, with real mail servers and a DNS server of its own: what it says
//! where all is well, and of the usual mistakes.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::support::Database;
use crate::support::mail_servers::{Dovecot, PASSWORD, Postfix, USER, is_there};
use crate::support::process::{self, Server, free_port};
use crate::support::until::until;

/// How long a mail that comes back may take, in seconds: longer than any does.
const PATIENCE: &str = "60";
/// How long one is waited for that does not, in seconds.
const IMPATIENCE: &str = "3";

/// Debian's dnsmasq with what a well-kept domain says. Killed when dropped.
struct Dns(Child, SocketAddr);

impl Dns {
    async fn start() -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let mut records = Vec::new();
        for domain in ["chat.shop.example", "shop.example"] {
            records.push(format!("--txt-record={domain},v=spf1 ip4:127.0.0.1 -all"));
            records.push(format!("--txt-record=_dmarc.{domain},v=DMARC1; p=reject"));
            records.push(format!("--mx-host={domain},mx.shop.example,10"));
        }
        let child = Command::new("/usr/sbin/dnsmasq")
            .args(["--no-daemon", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--user=", "--pid-file"])
            .args(["--bind-interfaces", "--listen-address=127.0.0.1", "--local=/example/"])
            .arg(format!("--port={}", address.port()))
            .args(records)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dnsmasq runs");
        let dns = Self(child, address);
        until("dnsmasq listens", async || tokio::net::TcpStream::connect(address).await.is_ok()).await;
        dns
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A desk whose website has an address of its own, with these settings beside those of every test.
async fn desk(settings: &str) -> Database {
    let database = Database::sqlite();
    let common = "log = \"warn\"\nworkers = \"1\"\n";
    std::fs::write(
        database.folder.join("deskbell.toml"),
        format!("{common}{settings}\n[password]\nmemory_kib = 8\niterations = 1\n"),
    )
    .expect("settings");
    process::bootstrap(&database).await;
    let given = ["site", "set", "--site", "Shop", "--mail-address", "post@shop.example"];
    let output = process::run(&database, &given).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    database
}

/// What the doctor says, and with which code it ends.
async fn doctor(database: &Database, dns: &Dns, wait: &str) -> (String, Option<i32>) {
    let at = dns.1.to_string();
    let given = ["doctor", "--mail", "--dns", &at, "--leaves-from", "127.0.0.1", "--wait", wait];
    let output = process::run(database, &given).await;
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).expect("text"), output.status.code())
}

#[track_caller]
fn says(said: &str, line: &str) {
    let words: Vec<&str> = line.split(" … ").collect();
    let found = said.lines().any(|said| words.iter().all(|word| said.contains(word)));
    assert!(found, "{line:?} is not in\n{said}");
}

fn by_imap(dovecot: &Dovecot, postfix: &Postfix, password: &str) -> String {
    format!(
        "smtp = \"smtp://{}\"\nimap = \"imaps://{USER}:{password}@localhost:{}/INBOX\"\nmail_ca = {:?}",
        postfix.address,
        dovecot.tls.port(),
        dovecot.ca
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_goes_round_by_lmtp_and_where_it_does_not_the_doctor_says_so() {
    if !is_there("postfix") || !is_there("dnsmasq") {
        return;
    }
    let lmtp = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let Some(postfix) = Postfix::start(lmtp).await else { return };
    let dns = Dns::start().await;
    let goes_out = format!("smtp = \"smtp://{}\"\nmail_domain = \"chat.shop.example\"", postfix.address);

    let database = desk(&format!("{goes_out}\nlmtp_listen = \"{lmtp}\"")).await;
    let server = Server::start(&database).await;
    let (said, code) = doctor(&database, &dns, PATIENCE).await;
    says(&said, "ok    mail server: … lets us in");
    says(&said, "ok    answers by mail: they come in by LMTP");
    says(&said, "ok    LMTP: … takes mails from your mail server");
    says(&said, "ok    SPF of chat.shop.example");
    says(&said, "ok    MX of chat.shop.example");
    says(&said, "ok    round trip: … went out and came in again by lmtp");
    assert_eq!(code, Some(0), "{said}");
    drop(server);

    // The server does not run.
    let (said, code) = doctor(&database, &dns, IMPATIENCE).await;
    says(&said, "fail  LMTP: nobody takes mails at … does the server run with --lmtp-listen?");
    says(&said, "fail  round trip: nobody sent the mail within 3 s; does the server run?");
    assert_eq!(code, Some(1), "{said}");

    // The mail server hands mails on to where nobody listens.
    let elsewhere = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let database = desk(&format!("{goes_out}\nlmtp_listen = \"{elsewhere}\"")).await;
    let server = Server::start(&database).await;
    let (said, code) = doctor(&database, &dns, IMPATIENCE).await;
    says(&said, "ok    mail server: … lets us in");
    says(
        &said,
        "fail  round trip: … went out and did not come in within 3 s; does mail for that address reach the way in",
    );
    assert_eq!(code, Some(1), "{said}");
    drop(server);

    // Nobody is where mails are to be handed in.
    let nobody = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let database = desk(&format!(
        "smtp = \"smtp://{nobody}\"\nmail_domain = \"chat.shop.example\"\nlmtp_listen = \"{elsewhere}\""
    ))
    .await;
    let server = Server::start(&database).await;
    let (said, code) = doctor(&database, &dns, PATIENCE).await;
    says(&said, "fail  mail server: … check --smtp");
    says(&said, "fail  round trip: the mail did not go out: ");
    assert_eq!(code, Some(1), "{said}");
    drop(server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_goes_round_by_a_mailbox_and_where_it_does_not_the_doctor_says_so() {
    if !is_there("postfix") || !is_there("dovecot") || !is_there("dnsmasq") {
        return;
    }
    let dovecot = Dovecot::start().await;
    let nobody = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let Some(postfix) = Postfix::start_with(nobody, Some(dovecot.mailboxes())).await else { return };
    let dns = Dns::start().await;

    let database = desk(&by_imap(&dovecot, &postfix, PASSWORD)).await;
    let server = Server::start(&database).await;
    let (said, code) = doctor(&database, &dns, PATIENCE).await;
    says(&said, "ok    mails of Shop: they come from post@shop.example, answers go to post+");
    says(&said, "ok    mailbox: … can be read, folder INBOX");
    says(&said, "ok    round trip: a mail to post+doctor@shop.example went out and came in again by imap");
    assert_eq!(code, Some(0), "{said}");
    drop(server);

    // The password is another.
    let database = desk(&by_imap(&dovecot, &postfix, "another")).await;
    let server = Server::start(&database).await;
    let (said, code) = doctor(&database, &dns, IMPATIENCE).await;
    says(&said, "fail  mailbox: … check the user and the password in --imap");
    says(&said, "fail  round trip: … did not come in within 3 s");
    assert_eq!(code, Some(1), "{said}");
    drop(server);

    // No such folder.
    let other = by_imap(&dovecot, &postfix, PASSWORD).replace("/INBOX", "/Support");
    let database = desk(&other).await;
    let (said, code) = doctor(&database, &dns, IMPATIENCE).await;
    says(&said, "fail  mailbox: … name one that is there at the end of --imap");
    assert_eq!(code, Some(1), "{said}");
}
