//! What the doctor says of mail: with a DNS server of this machine's, whose records are good, missing or wrong.

use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};

use super::alignment::{self, Leaving, Shown};
use super::dns::{self, Dns, dkim_finding, dmarc_finding, mx_finding, spf_finding};
use super::spf::{self, Found};
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
    args.extend(["--bind-interfaces", "--local=/example/", "--local=/arpa/", "--user=", "--pid-file", &port]);
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

const RECORDS: &[&str] = &[
    "--mx-host=ready.example,mx.ready.example,10",
    "--txt-record=good.example,v=spf1 include:mail.example ~all",
    "--txt-record=_dmarc.good.example,v=DMARC1; p=reject",
    "--txt-record=k1._domainkey.good.example,v=DKIM1; k=ed25519; p=AQIDBA==",
    "--mx-host=good.example,mx.good.example,10",
    "--txt-record=open.example,v=spf1 +all",
    "--txt-record=twice.example,v=spf1 a ~all",
    "--txt-record=twice.example,v=spf1 mx ~all",
    "--mx-host=null.example,.,0",
    // What SPF is asked of.
    "--host-record=mail.example,192.0.2.10,2001:db8::10",
    "--host-record=far.example,198.51.100.1",
    "--txt-record=mail.example,v=spf1 ip4:192.0.2.0/28 -all",
    "--txt-record=four.example,v=spf1 ip4:192.0.2.0/24 -all",
    "--txt-record=six.example,v=spf1 ip6:2001:db8::/32 ~all",
    "--txt-record=by-a.example,v=spf1 a:mail.example -all",
    "--txt-record=by-net.example,v=spf1 a:mail.example/24//64 -all",
    "--mx-host=by-mx.example,mail.example,10",
    "--txt-record=by-mx.example,v=spf1 MX -all",
    "--txt-record=led.example,v=spf1 redirect=four.example",
    "--txt-record=led-nowhere.example,v=spf1 redirect=none.example",
    "--txt-record=takes-in.example,v=spf1 include:four.example ?all",
    "--txt-record=takes-in-nothing.example,v=spf1 include:none.example -all",
    "--txt-record=silent.example,v=spf1 a:far.example",
    "--txt-record=odd.example,v=spf1 ipv4:192.0.2.1 -all",
    "--txt-record=late.example,v=spf1 ip4:192.0.2.0/24 ip4:1.2.3 -all",
    "--txt-record=loop.example,v=spf1 include:loop.example -all",
    "--txt-record=many.example,v=spf1 a:far.example a:far.example a:far.example a:far.example a:far.example \
     a:far.example a:far.example a:far.example a:far.example a:far.example a:mail.example -all",
    "--txt-record=void.example,v=spf1 a:n1.example a:n2.example a:n3.example ip4:192.0.2.10 -all",
    "--host-record=10.2.0.192.postmaster.macro.example,127.0.0.2",
    "--txt-record=macro.example,v=spf1 exists:%{ir}.%{l}.%{d} -all",
    "--ptr-record=10.2.0.192.in-addr.arpa,mail.example",
    "--txt-record=by-name.example,v=spf1 ptr:mail.example -all",
    // Whose records count for whom.
    "--txt-record=_dmarc.shop.example,v=DMARC1; p=reject",
    "--txt-record=_dmarc.strict.example,v=DMARC1; p=quarantine; aspf=s",
    "--txt-record=_dmarc.other.example,v=DMARC1; p=reject",
];

#[tokio::test]
async fn whether_a_record_lets_an_address_send() {
    let Some(server) = server(RECORDS).await else { return };
    let dns = Dns::of(Some(server.1)).expect("a resolver");
    let ours = "192.0.2.10".parse().expect("an address");
    let six = "2001:db8::10".parse().expect("an address");
    let pass = |term: &str| Found::Pass(term.to_owned());
    for (domain, expected) in [
        ("four.example", pass("ip4:192.0.2.0/24")),
        ("six.example", Found::SoftFail("~all".to_owned())),
        ("by-a.example", pass("a:mail.example")),
        ("by-net.example", pass("a:mail.example/24//64")),
        ("by-mx.example", pass("MX")),
        ("led.example", pass("ip4:192.0.2.0/24")),
        ("takes-in.example", pass("include:four.example")),
        ("silent.example", Found::Neutral),
        ("none.example", Found::None),
        ("open.example", pass("+all")),
        ("macro.example", pass("exists:%{ir}.%{l}.%{d}")),
        ("by-name.example", pass("ptr:mail.example")),
    ] {
        assert_eq!(spf::check(&dns, ours, domain).await, expected, "{domain}");
    }
    for (domain, words) in [
        ("led-nowhere.example", "no record"),
        ("takes-in-nothing.example", "no record"),
        ("odd.example", "ipv4:192.0.2.1"),
        ("twice.example", "2 records"),
        ("loop.example", "10 lookups"),
        ("many.example", "10 lookups"),
        ("void.example", "lead nowhere"),
    ] {
        let found = spf::check(&dns, ours, domain).await;
        assert!(matches!(&found, Found::Broken(why) if why.contains(words)), "{domain}: {found:?}");
    }
    assert_eq!(spf::check(&dns, six, "six.example").await, pass("ip6:2001:db8::/32"));
    assert_eq!(spf::check(&dns, six, "by-a.example").await, pass("a:mail.example"));
    assert_eq!(spf::check(&dns, six, "four.example").await, Found::Fail("-all".to_owned()));
}

#[tokio::test]
async fn what_receivers_make_of_where_mails_leave_from() {
    let Some(server) = server(RECORDS).await else { return };
    let dns = Dns::of(Some(server.1)).expect("a resolver");
    let leaving = |ip: &str| Leaving { addresses: vec![ip.parse().expect("an address")] };
    let (good, passes) = alignment::spf(&dns, "four.example", &leaving("192.0.2.10")).await;
    assert!(good.level == Level::Ok && passes == Some(true) && good.text.contains("`ip4:192.0.2.0/24`"), "{good}");
    for (domain, ip, words) in [
        ("four.example", "198.51.100.1", "`-all` forbids 198.51.100.1 to send; put `ip4:198.51.100.1`"),
        ("six.example", "192.0.2.10", "`~all` doubts mails from 192.0.2.10"),
        ("silent.example", "192.0.2.10", "nothing in it says"),
        ("many.example", "192.0.2.10", "receivers cannot use it"),
    ] {
        let (bad, passes) = alignment::spf(&dns, domain, &leaving(ip)).await;
        assert!(bad.level == Level::Fail && bad.text.contains(words) && passes != Some(true), "{domain}: {bad}");
    }
    let shown = |from: &'static str, envelope: &'static str, spf: Option<bool>, signed: bool| Shown {
        from,
        envelope,
        spf,
        signed,
    };
    for (shown, level, words) in [
        (shown("shop.example", "shop.example", Some(true), false), Level::Ok, "SPF passes and counts"),
        (shown("shop.example", "chat.shop.example", Some(true), false), Level::Ok, "SPF passes and counts"),
        (shown("shop.example", "other.example", Some(true), false), Level::Warn, "does not count for it. Set"),
        (shown("strict.example", "chat.strict.example", Some(true), false), Level::Warn, "(`aspf=s`)"),
        (shown("strict.example", "chat.strict.example", Some(true), true), Level::Ok, "p=quarantine"),
        (shown("shop.example", "shop.example", Some(false), false), Level::Warn, "nothing here signs"),
        (shown("shop.example", "other.example", Some(false), true), Level::Ok, "p=reject"),
    ] {
        let told = alignment::dmarc(&dns, &shown).await;
        assert!(told.level == level && told.text.contains(words), "{} {}: {told}", shown.from, shown.envelope);
    }
}

#[tokio::test]
async fn the_records_of_a_domain_are_read_and_what_to_do_is_said() {
    let Some(server) = server(RECORDS).await else { return };
    let dns = Dns::of(Some(server.1)).expect("a resolver");
    let said = |finding: Finding| (finding.level, finding.text);
    let unknown = Leaving { addresses: Vec::new() };
    let (level, text) = said(alignment::spf(&dns, "good.example", &unknown).await.0);
    assert_eq!(level, Level::Ok, "{text}");
    assert!(text.contains("include:mail.example"), "{text}");
    for (domain, words) in [("none.example", "no record"), ("open.example", "anybody"), ("twice.example", "2 records")]
    {
        let (level, text) = said(alignment::spf(&dns, domain, &unknown).await.0);
        assert!(level == Level::Fail && text.contains(words), "{domain}: {text}");
    }
    assert_eq!(dns::dkim(&dns, "good.example", "k1", Some(&[2, 3, 4])).await.level, Level::Ok);
    assert_eq!(dns::dkim(&dns, "good.example", "k1", Some(&[9])).await.level, Level::Fail, "another key");
    assert_eq!(dns::dkim(&dns, "good.example", "k2", Some(&[2, 3, 4])).await.level, Level::Fail, "no key");
    let dmarc = async |domain| {
        let shown = Shown { from: domain, envelope: domain, spf: None, signed: false };
        alignment::dmarc(&dns, &shown).await.level
    };
    assert_eq!(dmarc("good.example").await, Level::Ok);
    assert_eq!(dmarc("chat.good.example").await, Level::Ok, "that of the domain above counts");
    assert_eq!(dmarc("none.example").await, Level::Warn);
    assert!(dns::mx(&dns, "good.example").await.text.contains("mx.good.example"));
    assert_eq!(dns::mx(&dns, "none.example").await.level, Level::Fail);
}

#[tokio::test]
async fn without_a_mail_server_it_says_what_is_missing() {
    let Some(server) = server(RECORDS).await else { return };
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
    let (key, wrapped) = ([7; 32], [&[0; 12][..], &[7; 32][..]].concat());
    let dkim = |published: &[u8]| {
        use base64::Engine as _;
        let text = format!("v=DKIM1; k=ed25519; p={}", base64::engine::general_purpose::STANDARD.encode(published));
        dkim_finding(String::new(), "k._domainkey.a.example", &[text], Some(&key)).level
    };
    assert_eq!((dkim(&key), dkim(&wrapped)), (Level::Ok, Level::Fail), "RFC 8463");
    assert_eq!(mx_finding(String::new(), &[String::new()]).level, Level::Fail, "RFC 7505");
}
