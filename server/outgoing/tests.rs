use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

const DEADLINE: Duration = Duration::from_secs(20);
const LIMIT: usize = 1_000;
/// How a TLS connection begins.
const TLS_HANDSHAKE: u8 = 0x16;

/// A server that counts who connects and gives each the same answer.
struct Canary {
    address: SocketAddr,
    count: Arc<AtomicUsize>,
}

impl Canary {
    async fn at(address: &str, answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let (address, count) = (listener.local_addr().expect("an address"), Arc::new(AtomicUsize::new(0)));
        let (counted, answer) = (Arc::clone(&count), answer.into());
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while head.first() != Some(&TLS_HANDSHAKE) && !head.windows(4).any(|end| end == b"\r\n\r\n") {
                        let mut bytes = [0; 1_024];
                        match socket.read(&mut bytes).await {
                            Ok(read) if read > 0 => head.extend_from_slice(&bytes[..read]),
                            _ => return,
                        }
                    }
                    drop(socket.write_all(&answer).await);
                    // Whoever is owed more waits for it.
                    if answer.ends_with(b"...") {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { address, count }
    }

    async fn answers(answer: &str) -> Self {
        Self::at("127.0.0.1:0", answer).await
    }

    fn connections(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    fn url(&self) -> Url {
        format!("http://{}/hook", self.address).parse().expect("a URL")
    }
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn outgoing(allowed: &str) -> Outgoing {
    Outgoing::new(allowed.parse().expect("a list"))
}

/// A client to which names lead where the test says, one answer after another; the last stays.
fn told(allowed: &str, answers: &[&[&str]]) -> Outgoing {
    let read = |list: &&[&str]| list.iter().map(|at| at.parse().expect("an address")).collect::<Vec<IpAddr>>();
    let answers = Mutex::new(answers.iter().map(read).collect::<Vec<_>>());
    let names = Names::Told(Arc::new(move |_| {
        let mut answers = answers.lock().expect("a list");
        if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
    }));
    Outgoing::with_names(allowed.parse().expect("a list"), &names)
}

fn post(url: &str) -> Request {
    Request::post_json(url.parse().expect(url), "{}", DEADLINE, LIMIT)
}

#[tokio::test]
async fn no_way_of_writing_this_machine_reaches_it() {
    let canary = Canary::answers(&ok("reached")).await;
    let port = canary.address.port();
    let client = outgoing("");
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "127。0。0。1",
        "127%2e0%2e0%2e1",
        "①②⑦.⓪.⓪.①",
        "127.0.0.1.",
        "169.254.169.254",
        "localhost",
        "localhost.",
        "LOCALHOST",
    ] {
        let url = format!("http://{host}:{port}/");
        match client.send(post(&url)).await {
            Err(Failed::Refused { what, .. }) => assert!(!what.is_empty()),
            // Not every system knows this spelling.
            Err(Failed::Dns { .. }) if host == "localhost." => {}
            other => panic!("{url}: {other:?}"),
        }
    }
    for url in [
        format!("http://shop.example@127.0.0.1:{port}/"),
        format!("http://:secret@127.0.0.1:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
        format!("http://shop.example:80\\@127.0.0.1:{port}/"),
    ] {
        let Ok(parsed) = url.parse::<Url>() else { continue };
        let refused = client.send(Request::post_json(parsed, "{}", DEADLINE, LIMIT)).await;
        let backslash = url.contains('\\');
        match refused {
            Err(Failed::BadUrl(_)) => assert_eq!(client.read_url(&url).err(), refused.err()),
            Err(Failed::Dns { .. } | Failed::Refused { .. }) if backslash => {}
            other => panic!("{url}: {other:?}"),
        }
    }
    assert_eq!(canary.connections(), 0);
    let allowed = outgoing("127.0.0.0/8").send(post(canary.url().as_str())).await.expect("an answer");
    assert_eq!((allowed.status, &allowed.body[..], canary.connections()), (200, &b"reached"[..], 1));
}

#[tokio::test]
async fn a_name_is_judged_by_the_address_that_is_connected_to() {
    let open = Canary::at("127.0.0.2:0", ok("open")).await;
    let port = open.address.port();
    let shut = Canary::at(&format!("127.0.0.1:{port}"), ok("shut")).await;
    let url = format!("http://rebinds.example:{port}/");
    // 127.0.0.2 stands for an address that may be reached. The name moves to 127.0.0.1 after the first look.
    let client = told("127.0.0.2", &[&["127.0.0.2"], &["127.0.0.1"]]);
    assert_eq!(client.send(post(&url)).await.map(|answer| answer.body), Ok(Bytes::from("open")));
    let moved = client.send(post(&url)).await;
    let address = "127.0.0.1".parse().expect("an address");
    let refused = Failed::Refused { host: "rebinds.example".into(), address, what: "this machine" };
    assert_eq!(moved.map(|answer| answer.status), Err(refused));
    // Where several addresses come, only the open ones are connected to.
    let mixed = told("127.0.0.2", &[&["127.0.0.1", "::1", "127.0.0.2"]]);
    assert_eq!(mixed.send(post(&url)).await.map(|answer| answer.body), Ok(Bytes::from("open")));
    assert_eq!((open.connections(), shut.connections()), (2, 0));
    // A name may have no address at all.
    assert!(matches!(told("", &[&[]]).send(post(&url)).await, Err(Failed::Dns { .. })));
    // The same name, allowed by the operator, is reached; on another port it is not.
    let named = told(&format!("rebinds.example:{port}"), &[&["127.0.0.1"]]);
    assert_eq!(named.send(post(&url)).await.map(|answer| answer.body), Ok(Bytes::from("shut")));
    assert!(matches!(named.send(post("http://rebinds.example:1/")).await, Err(Failed::Refused { .. })));
    assert_eq!(shut.connections(), 1);
}

#[tokio::test]
async fn a_redirect_leads_nowhere_that_is_refused() {
    let inner = Canary::at("127.0.0.1:0", ok("inside")).await;
    for status in [301, 302, 303, 307, 308] {
        let to = format!("HTTP/1.1 {status} Go\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", inner.url());
        let door = Canary::at("127.0.0.2:0", to).await;
        let client = outgoing("127.0.0.2");
        let origin = inner.url().origin().ascii_serialization();
        let refused = client.send(post(door.url().as_str())).await.map(|answer| answer.status);
        assert_eq!(refused, Err(Failed::Redirect { status, to: origin }), "a POST follows nothing");
        let get = client.send(Request::get(door.url(), DEADLINE, LIMIT)).await;
        assert!(matches!(get, Err(Failed::Refused { .. })), "{status}: {get:?}");
        let both = outgoing("127.0.0.0/30").send(Request::get(door.url(), DEADLINE, LIMIT)).await;
        assert_eq!(both.map(|answer| answer.body), Ok(Bytes::from("inside")), "the control");
    }
    assert_eq!(inner.connections(), 5, "only the controls");
}

#[tokio::test]
async fn redirects_end_and_a_relative_one_is_followed() {
    let circle =
        Canary::answers("HTTP/1.1 302 Go\r\nlocation: /again\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    let get = outgoing("127.0.0.1").send(Request::get(circle.url(), DEADLINE, LIMIT)).await;
    assert!(matches!(get, Err(Failed::Redirect { .. })), "{get:?}");
    assert_eq!(circle.connections(), MOST_HOPS + 1);
}

#[tokio::test]
async fn an_answer_is_cut_at_its_limit() {
    let client = outgoing("127.0.0.1");
    let long = Canary::answers(&ok(&"x".repeat(LIMIT + 1))).await;
    let too_big = client.send(post(long.url().as_str())).await.map(|answer| answer.status);
    assert_eq!(too_big, Err(Failed::TooBig { limit: LIMIT }));
    let unsaid = format!("HTTP/1.1 200 OK\r\n\r\n{}...", "x".repeat(LIMIT));
    let endless = Canary::answers(&unsaid).await;
    let cut = client.send(post(endless.url().as_str())).await.map(|answer| answer.status);
    assert_eq!(cut, Err(Failed::TooBig { limit: LIMIT }), "where the length is not said, too");
    let fits = Canary::answers(&ok(&"x".repeat(LIMIT))).await;
    assert_eq!(client.send(post(fits.url().as_str())).await.map(|answer| answer.body.len()), Ok(LIMIT));
    let headers: String = (0..200).map(|n| format!("x-{n}: y\r\n")).collect();
    let wordy = Canary::answers(&format!("HTTP/1.1 200 OK\r\n{headers}\r\n")).await;
    assert!(matches!(client.send(post(wordy.url().as_str())).await, Err(Failed::CutOff(_))));
    let packed = Canary::answers("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nx").await;
    let said = client.send(post(packed.url().as_str())).await.map(|answer| answer.status);
    assert_eq!(said, Err(Failed::Compressed("gzip".into())));
}

#[tokio::test]
async fn what_fails_says_how() {
    let client = outgoing("127.0.0.0/8");
    let hangs = Canary::answers("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n...").await;
    let mut request = post(hangs.url().as_str());
    request.deadline = Duration::from_millis(300);
    let failed = client.send(request).await.map(|answer| answer.status);
    assert_eq!(failed, Err(Failed::TimedOut { after: Duration::from_millis(300) }));
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let failed = client.send(post(&format!("http://{gone}/"))).await.expect_err("nobody");
    assert!(matches!(failed, Failed::Connect(_)) && failed.unsent(), "{failed:?}");
    let plain = Canary::answers(&ok("no TLS here")).await;
    let failed = client.send(post(&format!("https://{}/", plain.address))).await.expect_err("no TLS");
    assert!(matches!(failed, Failed::Tls(_)), "{failed:?}");
    let breaks = Canary::answers("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx").await;
    let failed = client.send(post(breaks.url().as_str())).await.expect_err("the middle");
    assert!(matches!(failed, Failed::CutOff(_)) && !failed.unsent(), "{failed:?}");
    let nonsense = Canary::answers("ssh-2.0\r\n\r\n").await;
    assert!(matches!(client.send(post(nonsense.url().as_str())).await, Err(Failed::CutOff(_))));
    let failed = client.send(post("http://nowhere.invalid/")).await.expect_err("no such name");
    assert!(matches!(failed, Failed::Dns { .. }), "{failed:?}");
}

#[tokio::test]
async fn a_stream_hands_on_what_has_come() {
    let begun = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: one\n\n...";
    let canary = Canary::answers(begun).await;
    let mut request = post(canary.url().as_str());
    request.deadline = Duration::from_millis(500);
    let mut stream = outgoing("127.0.0.1").send_streaming(request).await.expect("a head");
    assert_eq!(stream.status, 200);
    let first = stream.next().await.expect("a chunk").expect("bytes");
    assert!(first.starts_with(b"data: one\n\n"));
    assert_eq!(stream.next().await, Err(Failed::TimedOut { after: Duration::from_millis(500) }));
}
