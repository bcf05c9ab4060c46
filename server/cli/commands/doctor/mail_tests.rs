//! What the doctor says of mail: with a DNS server of this machine's, whose records are good, missing or wrong.

use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};

use super::dns::{self, Dns, dkim_finding, dmarc_finding, mx_finding, spf_finding};
use super::{Finding, Level};
use crate::cli::commands::tests::Operator;
use crate::testing::each_place;

/// A DNS server with these records; gone when dropped.
struct Server(Child, SocketAddr);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Debian's dnsmasq; none where it is not installed, which is said loudly.
async fn server(records: &[&str]) -> Option<Server> {
    let free = UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let port = format!("--port={}", free.port());
    let mut args =
        vec!["--no-daemon", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--listen-address=127.0.0.1"];
    args.extend(["--bind-interfaces", "--local=/example/", "--user=", "--pid-file", &port]);
    args.extend(records);
    let started = ["dnsmasq", "/usr/sbin/dnsmasq"]
        .into_iter()
        .find_map(|name| Command::new(name).args(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok());
    let Some(child) = started else {
        println!("NOT RUN: dnsmasq is not installed");
        return None;
    };
    let server = Server(child, free);
    let dns = Dns::of(Some(free)).expect("a resolver");
    for _ in 0..100 {
        if dns::mx(&dns, "ready.example").await.level == Level::Ok {
            return Some(server);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("dnsmasq does not answer");
}

const RECORDS: [&str; 9] = [
    "--mx-host=ready.example,mx.ready.example,10",
    "--txt-record=good.example,v=spf1 include:mail.example ~all",
    "--txt-record=_dmarc.good.example,v=DMARC1; p=reject",
    "--txt-record=k1._domainkey.good.example,v=DKIM1; k=ed25519; p=AQIDBA==",
    "--mx-host=good.example,mx.good.example,10",
    "--txt-record=open.example,v=spf1 +all",
    "--txt-record=twice.example,v=spf1 a ~all",
    "--txt-record=twice.example,v=spf1 mx ~all",
    "--mx-host=null.example,.,0",
];

#[tokio::test]
async fn the_records_of_a_domain_are_read_and_what_to_do_is_said() {
    let Some(server) = server(&RECORDS).await else { return };
    let dns = Dns::of(Some(server.1)).expect("a resolver");
    let said = |finding: Finding| (finding.level, finding.text);
    let (level, text) = said(dns::spf(&dns, "good.example").await);
    assert_eq!(level, Level::Ok, "{text}");
    assert!(text.contains("include:mail.example"), "{text}");
    for (domain, words) in [("none.example", "no record"), ("open.example", "anybody"), ("twice.example", "2 records")]
    {
        let (level, text) = said(dns::spf(&dns, domain).await);
        assert!(level == Level::Fail && text.contains(words), "{domain}: {text}");
    }
    assert_eq!(dns::dkim(&dns, "good.example", "k1", Some(&[2, 3, 4])).await.level, Level::Ok);
    assert_eq!(dns::dkim(&dns, "good.example", "k1", Some(&[9])).await.level, Level::Fail, "another key");
    assert_eq!(dns::dkim(&dns, "good.example", "k2", Some(&[2, 3, 4])).await.level, Level::Fail, "no key");
    assert_eq!(dns::dmarc(&dns, "good.example").await.level, Level::Ok);
    assert_eq!(dns::dmarc(&dns, "chat.good.example").await.level, Level::Ok, "that of the domain above counts");
    assert_eq!(dns::dmarc(&dns, "none.example").await.level, Level::Warn);
    assert!(dns::mx(&dns, "good.example").await.text.contains("mx.good.example"));
    assert_eq!(dns::mx(&dns, "none.example").await.level, Level::Fail);
}

#[tokio::test]
async fn without_a_mail_server_it_says_what_is_missing() {
    let Some(server) = server(&RECORDS).await else { return };
    let address = server.1.to_string();
    each_place(async |folder, url| {
        let mut operator = Operator::at(folder, url);
        operator.bootstraps().await;
        let said = operator.types(&["doctor", "--mail", "--dns", &address]).await.expect("a report");
        assert_eq!(said.exit, 1, "{}", said.out);
        for line in
            ["fail  mail server: none is set", "fail  mails of Shop: they have no sender", "warn  answers by mail"]
        {
            assert!(said.out.contains(line), "{line} in {}", said.out);
        }
        operator.types(&["site", "set", "--site", "Shop", "--mail-address", "hi@good.example"]).await.expect("set");
        operator.config.mail.smtp = Some(crate::config::MailServer {
            host: "127.0.0.1".to_owned(),
            port: 9,
            encryption: crate::config::Encryption::None,
            login: None,
            folder: String::new(),
        });
        let said = operator.types(&["doctor", "--mail", "--dns", &address, "--wait", "1"]).await.expect("a report");
        for line in [
            "fail  mail server: ",
            "ok    mails of Shop: they come from hi@good.example, answers go to hi+…@good.example",
            "ok    SPF of good.example",
            "ok    DMARC of good.example",
            "ok    MX of good.example: answers go to mx.good.example",
            "fail  round trip: nobody sent the mail within 1 s",
        ] {
            assert!(said.out.contains(line), "{line} in {}", said.out);
        }
    })
    .await;
}

#[test]
fn odd_records_are_told_from_good_ones() {
    let spf = |text: &str| spf_finding(String::new(), &[text.to_owned()]).level;
    assert_eq!((spf("v=spf1 mx -all"), spf("v=spf1 redirect=_spf.a.example")), (Level::Ok, Level::Ok));
    assert_eq!((spf("v=spf1 -all"), spf("v=spf1 mx"), spf("v=spf2 mx")), (Level::Fail, Level::Warn, Level::Fail));
    let dmarc = |text: &str, above| dmarc_finding(String::new(), text, above).level;
    assert_eq!((dmarc("v=DMARC1; p=none", false), dmarc("v=DMARC1", false)), (Level::Ok, Level::Fail));
    assert_eq!(dmarc("v=DMARC1; p=none; sp=reject", true), Level::Ok);
    let dkim = |text: &str| dkim_finding(String::new(), "k._domainkey.a.example", &[text.to_owned()], Some(&[1])).level;
    assert_eq!(
        (dkim("p=AQ=="), dkim("v=DKIM1; p="), dkim("p=?"), dkim("v=DKIM1")),
        (Level::Ok, Level::Fail, Level::Fail, Level::Fail)
    );
    assert_eq!(mx_finding(String::new(), &[String::new()]).level, Level::Fail, "RFC 7505");
}
