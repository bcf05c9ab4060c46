//! Mail that a mail server hands on by LMTP: what is answered, and what nobody smuggles in.

use std::net::SocketAddr;

use crate::support::mail::{self, CUSTOMER, Lmtp, SHOP, from};
use crate::support::process::free_port;
use crate::support::{Database, TestApp};

async fn start() -> (TestApp, SocketAddr) {
    let at = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let app = TestApp::start_with(Database::sqlite(), |config| {
        mail::takes_mail(config);
        config.mail.lmtp_listen = Some(at);
    })
    .await;
    mail::has_address(&app.app, &app.desk.site_key, SHOP).await;
    (app, at)
}

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    let mut conn = app.app.db.read().await.expect("a connection");
    deskbell::on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("runs")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_recipient_gets_an_answer_of_its_own() {
    let (app, at) = start().await;
    let mut lmtp = Lmtp::connect(at).await;
    let said = lmtp.says_command("LHLO mx.shop.example").await;
    for extension in ["PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 10485760", "ENHANCEDSTATUSCODES"] {
        assert!(said.contains(extension), "{said}");
    }
    // All at once, as a server does that may.
    let raw = String::from_utf8(from(CUSTOMER, SHOP, "1", "Hello\n..a line with a dot")).expect("text");
    let commands = format!(
        "MAIL FROM:<{CUSTOMER}> BODY=8BITMIME SIZE=100\r\nRCPT TO:<{SHOP}>\r\nRCPT TO:<nobody@other.example>\r\n\
         RCPT TO:<reply+{}@chat.shop.example>\r\nDATA\r\n",
        "a".repeat(42)
    );
    lmtp.writes(commands.as_bytes()).await;
    for expected in ["250 2.1.0", "250 2.1.5", "550 5.1.1", "250 2.1.5", "354 "] {
        let answer = lmtp.hears().await;
        assert!(answer.starts_with(expected), "{answer}");
    }
    lmtp.writes(raw.as_bytes()).await;
    assert!(lmtp.says_command(".").await.starts_with("250 2.0.0 Taken"));
    // The second recipient's is the same mail: its header says for whom it is.
    assert!(lmtp.hears().await.starts_with("250 2.0.0"));
    assert_eq!(number(&app, "SELECT COUNT(*) FROM received_mails").await, 1);
    assert_eq!(number(&app, "SELECT COUNT(*) FROM messages WHERE text LIKE '%\n.a line with a dot'").await, 1);
    assert!(lmtp.says_command("QUIT").await.starts_with("221"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_smuggles_a_second_mail_into_a_first() {
    let (app, at) = start().await;
    let first = String::from_utf8(from(CUSTOMER, SHOP, "1", "First")).expect("text");
    for (n, end) in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\n\n.\r\n", "\r\n\0.\r\n"].iter().enumerate() {
        let before = number(&app, "SELECT COUNT(*) FROM received_mails").await;
        let mut lmtp = Lmtp::connect(at).await;
        let smuggled = format!(
            "{first}{n}{end}MAIL FROM:<owner@shop.example>\r\nRCPT TO:<{SHOP}>\r\nDATA\r\nFrom: owner@shop.example\r\n\r\nSecond"
        );
        let answer = lmtp.delivers(SHOP, format!("{smuggled}\r\n").as_bytes()).await;
        assert!(answer.starts_with("250"), "{end:?}: {answer}");
        assert!(lmtp.says_command("NOOP").await.starts_with("250"), "one answer, to one mail: {end:?}");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM received_mails").await, before + 1, "{end:?}");
        assert!(lmtp.says_command("QUIT").await.starts_with("221"));
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_refused() {
    let (app, at) = start().await;
    let mut lmtp = Lmtp::connect(at).await;
    assert!(lmtp.says_command("MAIL FROM:<a@b.example>").await.starts_with("503"));
    assert!(lmtp.says_command("EHLO x").await.starts_with("500"));
    assert!(lmtp.says_command("LHLO x").await.starts_with("250"));
    assert!(lmtp.says_command("DATA").await.starts_with("503"));
    assert!(lmtp.says_command("MAIL FROM:<a@b.example> SIZE=99999999").await.starts_with("552"));
    assert!(lmtp.says_command("MAIL FROM:<>").await.starts_with("250"));
    assert!(lmtp.says_command("RCPT TO:<nobody@other.example>").await.starts_with("550"));
    assert!(lmtp.says_command("DATA").await.starts_with("503"));
    assert!(lmtp.says_command("RSET").await.starts_with("250"));
    lmtp.writes(b"NOOP\n").await;
    assert!(lmtp.hears().await.starts_with("500 5.5.2"), "a bare line feed ends no command");
    assert_eq!(lmtp.hears().await, "");
    let mut lmtp = Lmtp::connect(at).await;
    lmtp.writes(&[b'x'; 10_000]).await;
    assert!(lmtp.hears().await.starts_with("500 5.5.6"));
    let mut lmtp = Lmtp::connect(at).await;
    let big = from(CUSTOMER, SHOP, "1", &"a line of a big mail\n".repeat(600_000));
    assert!(lmtp.delivers(SHOP, &big).await.starts_with("552"));
    assert!(
        lmtp.delivers(SHOP, &from(CUSTOMER, SHOP, "2", "Small")).await.starts_with("250"),
        "and the next one is taken"
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mail_server_keeps_what_is_not_committed() {
    let (app, at) = start().await;
    let mut lmtp = Lmtp::connect(at).await;
    app.app.writer.stop();
    let answer = lmtp.delivers(SHOP, &from(CUSTOMER, SHOP, "1", "Hello")).await;
    assert!(answer.starts_with("451") || answer.starts_with("421"), "{answer}");
    app.stop().await;
}
