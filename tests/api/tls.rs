//! HTTPS without a proxy, with real clients: what they are shown, and what becomes of it when the
//! files change under a running server.

use std::process::Command;
use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::support::app::{OWNER, PASSWORD};
use crate::support::frames::{draw_id, draw_token};
use crate::support::socket::Socket;
use crate::support::tls::{Authority, HOST, Pair};
use crate::support::until::until;
use crate::support::{Database, TestApp};

const FAR: i32 = 2099;

/// A server with this certificate, whose files are looked at as often as a test is patient.
async fn serves(pair: impl Fn(&Authority) -> Pair) -> (TestApp, Authority, Pair) {
    serves_looking(pair, Duration::from_millis(20)).await
}

async fn serves_looking(pair: impl Fn(&Authority) -> Pair, every: Duration) -> (TestApp, Authority, Pair) {
    let database = Database::sqlite();
    let authority = Authority::new(database.folder.clone());
    let pair = pair(&authority);
    authority.installs(&pair);
    let files = authority.files();
    let app = TestApp::start_with(database, |config| {
        config.tls = Some(files);
        config.patience.certificate = every;
    })
    .await;
    (app, authority, pair)
}

/// A visitor's socket over TLS, greeted.
async fn wss(app: &TestApp, authority: &Authority) -> Socket {
    let stream = authority.connects(app.address()).await.expect("a handshake");
    let path = format!("/v1/live?site={}", app.desk.site_key);
    let origin = format!("https://{HOST}");
    let mut socket = Socket::open_over(stream, HOST, &path, &[("Origin", &origin)]).await.expect("an upgrade");
    socket.send(&json!({"type": "hello", "token": draw_token()})).await;
    socket.frame_of("welcome").await;
    socket
}

async fn says(socket: &mut Socket, text: &str) {
    socket.send(&json!({"type": "send", "id": draw_id(), "text": text})).await;
    socket.frame_of("ack").await;
}

/// When the certificate that is shown ends. The metric is the process's, so of all tests at once.
fn ends(app: &TestApp) -> String {
    let certificates = app.running.as_ref().and_then(|running| running.certificates.as_ref()).expect("certificates");
    certificates.ends().expect("an end").rfc3339()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_cookies_and_sockets_come_over_https() {
    let (app, authority, pair) = serves(|authority| authority.signs(HOST, FAR)).await;
    assert_eq!(app.app.config.public_url, Url::parse(&format!("https://{}/", app.address())).expect("a URL"));
    assert_eq!(authority.is_shown(app.address()).await, Some(pair.der));
    let client = authority.client(app.address());
    let page = client.get(format!("https://{HOST}/demo")).send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    assert_eq!(page.headers()["strict-transport-security"], "max-age=31536000");
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    let form = [("email", OWNER), ("password", PASSWORD)];
    let signed_in = client.post(format!("https://{HOST}/console/login")).form(&form).send().await.expect("an answer");
    assert_eq!(signed_in.status(), 303);
    let cookie = signed_in.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with("__Host-deskbell=") && cookie.contains("; Secure"), "{cookie}");
    says(&mut wss(&app, &authority).await, "over wss").await;
    assert_eq!(ends(&app), "2099-12-31T00:00:00.000Z");
    let metrics = client.get(format!("https://{HOST}/metrics")).send().await.expect("an answer").text().await;
    assert!(metrics.expect("text").contains("\ndeskbell_certificate_ends_seconds "));
    let stranger = Authority::new(app.app.config.data.clone());
    assert!(stranger.connects(app.address()).await.is_err(), "who does not trust the authority is told by TLS");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_speaks_no_tls_is_dropped_and_harms_nobody() {
    let (app, authority, _) = serves(|authority| authority.signs(HOST, FAR)).await;
    let plain = app.http.get(format!("http://{}/healthz", app.address())).send().await;
    assert!(plain.is_err(), "{plain:?}");
    for nonsense in [&b"\x16\x03\x01\xff\xff"[..], b"\x00", b"GET / HTTP/1.1\r\n\r\n", &[0xff; 4096]] {
        let mut tcp = tokio::net::TcpStream::connect(app.address()).await.expect("a connection");
        drop(tokio::io::AsyncWriteExt::write_all(&mut tcp, nonsense).await);
    }
    says(&mut wss(&app, &authority).await, "still here").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_heard_and_a_stop_is_told_over_tls_as_well() {
    let (app, authority, _) = serves(|authority| authority.signs(HOST, FAR)).await;
    let url = format!("https://{HOST}/v1/live/send?site={}", app.desk.site_key);
    let big = "x".repeat(5 * 1024 * 1024);
    let client = authority.client(app.address());
    let refused = client.post(url).header("Origin", format!("https://{HOST}")).body(big).send().await;
    let refused = refused.expect("an answer, and no broken connection");
    assert_eq!(refused.status(), 413);
    assert!(refused.text().await.expect("text").contains("64 KiB"));
    let mut socket = wss(&app, &authority).await;
    app.stop().await;
    assert_eq!(socket.frame_of("reconnect").await["type"], "reconnect");
    assert_eq!(socket.close_code().await, Some(1012));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewed_certificate_is_shown_to_newcomers_while_an_open_socket_stays() {
    let (app, authority, first) = serves(|authority| authority.signs(HOST, FAR)).await;
    let mut socket = wss(&app, &authority).await;
    says(&mut socket, "before").await;
    let second = authority.signs(HOST, 2098);
    authority.installs(&second);
    until("the new certificate is shown", async || {
        let shown = authority.is_shown(app.address()).await.expect("a handshake never fails");
        assert!(shown == first.der || shown == second.der);
        shown == second.der
    })
    .await;
    says(&mut socket, "after").await;
    says(&mut wss(&app, &authority).await, "a newcomer").await;
    assert_eq!(ends(&app), "2098-12-31T00:00:00.000Z");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_of_no_use_leave_the_certificate_as_it_was() {
    let (app, authority, first) = serves(|authority| authority.signs(HOST, FAR)).await;
    let files = authority.files();
    let other = authority.signs(HOST, FAR);
    let breaks: [(&str, &dyn Fn()); 4] = [
        ("cut off", &|| std::fs::write(&files.cert, &first.cert[..first.cert.len() / 2]).expect("written")),
        ("gone", &|| std::fs::remove_file(&files.cert).expect("removed")),
        ("another's key", &|| {
            authority.installs(&Pair { key: other.key.clone(), cert: first.cert.clone(), der: vec![] })
        }),
        ("a key that is none", &|| {
            authority.installs(&Pair { key: first.cert.clone(), cert: first.cert.clone(), der: vec![] });
        }),
    ];
    let certificates = app.running.as_ref().and_then(|running| running.certificates.clone()).expect("certificates");
    let mut socket = wss(&app, &authority).await;
    let mut troubles = Vec::new();
    for (what, breaks) in breaks {
        breaks();
        until(what, async || certificates.trouble().is_some_and(|trouble| !troubles.contains(&trouble))).await;
        troubles.push(certificates.trouble().expect("it does not heal by itself"));
        assert_eq!(authority.is_shown(app.address()).await.as_ref(), Some(&first.der), "{what}");
        says(&mut socket, what).await;
    }
    let second = authority.signs(HOST, FAR);
    authority.installs(&second);
    until("a good pair is shown", async || authority.is_shown(app.address()).await == Some(second.der.clone())).await;
    assert_eq!(certificates.trouble(), None);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_reads_the_files_at_once() {
    let (app, authority, _) = serves_looking(|authority| authority.signs(HOST, FAR), Duration::from_secs(3600)).await;
    let second = authority.signs(HOST, FAR);
    authority.installs(&second);
    until("the new certificate is shown", async || {
        // This process is the server's. The signal may come while another test's is handled: again, then.
        let hung_up = Command::new("kill").args(["-HUP", &std::process::id().to_string()]).status();
        assert!(hung_up.expect("kill runs").success());
        authority.is_shown(app.address()).await == Some(second.der.clone())
    })
    .await;
    app.stop().await;
}

/// What `health` says of a server at this address, and its exit code.
async fn health(app: &TestApp, listen: String) -> (Option<i32>, String) {
    let files = app.app.config.tls.clone().expect("files");
    let mut program = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    program.current_dir(&app.app.config.data).env_clear().args(["health", "--listen", &listen]);
    program.arg("--tls-cert").arg(files.cert).arg("--tls-key").arg(files.key);
    let out = tokio::task::spawn_blocking(move || program.output().expect("it runs")).await.expect("it ends");
    (out.status.code(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).trim().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_learns_whether_it_is_ready_from_the_program_itself() {
    let (app, ..) = serves(|authority| authority.signs(HOST, FAR)).await;
    let port = app.address().port();
    assert_eq!(health(&app, format!("0.0.0.0:{port}")).await, (Some(0), "ready".to_owned()));
    app.app.stopping.cancel();
    assert_eq!(health(&app, format!("127.0.0.1:{port}")).await, (Some(1), "Not ready: stopping.".to_owned()));
    let (code, said) = health(&app, "127.0.0.1:1".to_owned()).await;
    assert_eq!(code, Some(1));
    assert!(said.starts_with("https://127.0.0.1:1/readyz cannot be reached"), "{said}");
    app.stop().await;
}

/// What `doctor` says of a certificate, line by line.
fn diagnosis(pair: &Pair) -> Vec<String> {
    let database = Database::sqlite();
    let authority = Authority::new(database.folder.clone());
    authority.installs(pair);
    let files = authority.files();
    let mut program = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    program.current_dir(&database.folder).env_clear().arg("--data").arg(&database.folder);
    program.args(["doctor", "--public-url", &format!("https://{HOST}")]);
    program.arg("--tls-cert").arg(files.cert).arg("--tls-key").arg(files.key);
    let said = String::from_utf8_lossy(&program.output().expect("it runs").stdout).into_owned();
    said.lines().filter(|line| line.contains("certificate: ")).map(str::to_owned).collect()
}

#[test]
fn the_doctor_looks_at_the_certificate() {
    let authority = Authority::new(std::env::temp_dir());
    let well = "ok    certificate: it belongs to its key, valid until 2099-12-31T00:00:00.000Z";
    assert_eq!(diagnosis(&authority.signs(HOST, FAR)), [well]);
    let odd = diagnosis(&authority.signs("other.shop.example", 2021));
    let starts = [
        "warn  certificate: the certificate is not for chat.shop.example",
        "warn  certificate: the certificate expired",
    ];
    assert!(odd.len() == 2 && odd.iter().zip(starts).all(|(line, start)| line.starts_with(start)), "{odd:?}");
    let mixed = Pair { key: authority.signs(HOST, FAR).key, ..authority.signs(HOST, FAR) };
    assert!(diagnosis(&mixed)[0].starts_with("fail  certificate: the key in"), "{:?}", diagnosis(&mixed));
}

/// What `serve` says and ends with on this pair.
fn refused(pair: &Pair, change: impl Fn(&Authority)) -> (Option<i32>, String) {
    let database = Database::sqlite();
    let authority = Authority::new(database.folder.clone());
    authority.installs(pair);
    change(&authority);
    let files = authority.files();
    let mut program = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    program.current_dir(&database.folder).env_clear().arg("--data").arg(&database.folder);
    program
        .args(["serve", "--listen", "127.0.0.1:0"])
        .arg("--tls-cert")
        .arg(files.cert)
        .arg("--tls-key")
        .arg(files.key);
    let out = program.output().expect("it runs");
    let said = String::from_utf8_lossy(&out.stderr).replace(&format!("{}/", database.folder.display()), "");
    (out.status.code(), said.trim().to_owned())
}

#[test]
fn files_that_are_of_no_use_at_the_start_are_told_in_words() {
    let authority = Authority::new(std::env::temp_dir());
    let (pair, other) = (authority.signs(HOST, FAR), authority.signs(HOST, FAR));
    let Pair { cert, key, .. } = &pair;
    let missing = refused(&pair, |at| std::fs::remove_file(at.files().key).expect("removed"));
    assert_eq!(missing.0, Some(1));
    assert!(missing.1.starts_with("Deskbell does not start: `key.pem` cannot be read: No such file"), "{missing:?}");
    let swapped = Pair { cert: key.clone(), key: cert.clone(), der: vec![] };
    let garbled = Pair { cert: pem("CERTIFICATE"), ..copy(&pair) };
    let odd_key = Pair { key: pem("PRIVATE KEY"), ..copy(&pair) };
    let mixed = Pair { key: other.key.clone(), ..copy(&pair) };
    for (pair, words) in [
        (swapped, "`cert.pem` holds no certificate; a PEM file has one between"),
        (garbled, "the certificate in `cert.pem` cannot be understood"),
        (odd_key, "the key in `key.pem` cannot be used"),
        (Pair { key: String::new(), ..copy(&pair) }, "`key.pem` holds no private key that can be used"),
        (mixed, "the key in `key.pem` does not belong to the first certificate in `cert.pem`"),
    ] {
        let (code, said) = refused(&pair, |_| {});
        assert_eq!(code, Some(1), "{said}");
        assert!(said.starts_with(&format!("Deskbell does not start: {words}")), "{said}");
    }
}

fn copy(pair: &Pair) -> Pair {
    Pair { cert: pair.cert.clone(), key: pair.key.clone(), der: pair.der.clone() }
}

/// A block of PEM around what is no DER.
fn pem(label: &str) -> String {
    format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n")
}
