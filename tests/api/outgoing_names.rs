//! Names that lead elsewhere when they are looked up again, against a real DNS server and the system's own
//! resolver (RELIABILITY 27). The test runs itself once more in a network of its own, where it may answer on the
//! DNS port and have an address of the internet; a canary inside counts who comes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deskbell::outgoing::{Failed, Outgoing, Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket, lookup_host};

use crate::support::bot::BotPeer;
use crate::support::until::until;
use crate::support::{Database, TestApp};

const NAME: &str = "outgoing_names::a_name_that_moves_reaches_nothing_inside";
/// Set inside.
const INSIDE: &str = "DESKBELL_TEST_NETWORK";
/// An address of the internet as the guard sees it, on the loopback device of the test's own network.
const PUBLIC: Ipv4Addr = Ipv4Addr::new(93, 184, 215, 14);
const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;
const ROUNDS: usize = 20;
const WITHIN: Duration = Duration::from_secs(5);

/// Answers whoever connects, and counts them.
struct Canary {
    connections: Arc<AtomicUsize>,
}

impl Canary {
    async fn at(address: SocketAddr, head: String) -> (Self, SocketAddr) {
        let listener = TcpListener::bind(address).await.expect("the address is ours");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let head = head.clone();
                tokio::spawn(async move {
                    drop(stream.read(&mut [0; 4_096]).await);
                    drop(stream.write_all(head.as_bytes()).await);
                });
            }
        });
        (Self { connections }, address)
    }

    fn count(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A DNS server (RFC 1035) for one name whose address is another each time that it is asked for: the internet's
/// first. Gives how often that was.
async fn turncoat() -> (Arc<AtomicUsize>, SocketAddr) {
    let socket = UdpSocket::bind((HERE, 0)).await.expect("a port");
    let address = socket.local_addr().expect("an address");
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut query = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut query).await {
            let question = question(&query[..length]);
            let is_a = question.ends_with(&[0, 1, 0, 1]);
            let answers = u8::from(is_a);
            let head = [query[0], query[1], 0x84, 0x00, 0, 1, 0, answers, 0, 0, 0, 0];
            let mut said = [&head[..], question].concat();
            if is_a {
                let address = if counted.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) { PUBLIC } else { HERE };
                // The name of the question, A, IN, a TTL of 0, four bytes.
                said.extend([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
                said.extend(address.octets());
            }
            drop(socket.send_to(&said, from).await);
        }
    });
    (asked, address)
}

/// Name, type and class of the one question.
fn question(query: &[u8]) -> &[u8] {
    let mut end = 12;
    while let Some(length) = query.get(end).filter(|length| **length > 0) {
        end += 1 + usize::from(*length);
    }
    query.get(12..end + 5).unwrap_or_default()
}

/// dnsmasq on the DNS port. Killed when dropped.
struct Dns {
    child: Child,
    hosts: PathBuf,
}

impl Dns {
    fn start(folder: &Path, turncoat: SocketAddr) -> Self {
        let hosts = folder.join("hosts");
        std::fs::write(&hosts, format!("{PUBLIC} moves.test both.test\n{HERE} both.test inner.test\n::1 six.test\n"))
            .expect("a file");
        let child = Command::new("dnsmasq")
            .args(["--no-daemon", "--conf-file=/dev/null", "--pid-file="])
            .args(["--no-resolv", "--no-hosts", "--bind-interfaces", "--listen-address=127.0.0.1", "--cache-size=0"])
            .args(["--local-ttl=0", "--cname=alias.test,inner.test"])
            .arg(format!("--addn-hosts={}", hosts.display()))
            .arg(format!("--server=/turncoat.test/{}#{}", turncoat.ip(), turncoat.port()))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dnsmasq runs");
        Self { child, hosts }
    }

    /// The names are these from now on.
    fn says(&self, hosts: &str) {
        std::fs::write(&self.hosts, hosts).expect("a file");
        let told = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status();
        assert!(told.expect("a signal").success());
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where this name leads now.
async fn leads(name: &str) -> Vec<IpAddr> {
    lookup_host((name, 0)).await.map(|found| found.map(|at| at.ip()).collect()).unwrap_or_default()
}

async fn get(client: &Outgoing, name: &str, port: u16) -> Result<Vec<u8>, Failed> {
    let url = format!("http://{name}:{port}/").parse().expect("a URL");
    client.send(Request::get(url, WITHIN, 1_000)).await.map(|answer| answer.body.to_vec())
}

fn is_refused(got: &Result<Vec<u8>, Failed>) -> bool {
    matches!(got, Err(Failed::Refused { .. }))
}

fn closing(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

/// A bot whose name moved is not reached, and its chat goes to people.
async fn a_bot_that_moved(name: &str, port: u16) {
    let test = TestApp::start_with(Database::sqlite(), |config| config.outgoing_allow = Default::default()).await;
    let peer = BotPeer::says((200, "application/json", "{}".to_owned())).await;
    let added = peer.hired(&test).await;
    BotPeer::moves(&test, added.id, &format!("http://{name}:{port}/hook")).await;
    let mut visitor = test.visitor().await;
    visitor.says("Hello").await;
    visitor.sees_state("queued").await;
}

async fn inside() {
    let (inner, at) = Canary::at((HERE, 0).into(), closing("inside")).await;
    let port = at.port();
    let hop = format!(
        "HTTP/1.1 302 Go\r\nlocation: http://inner.test:{port}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let (public, _) = Canary::at((PUBLIC, port).into(), closing("open")).await;
    let (door, door_at) = Canary::at((PUBLIC, 0).into(), hop).await;
    let (asked, turncoat) = turncoat().await;
    let database = Database::sqlite();
    let dns = Dns::start(&database.folder, turncoat);
    until("names are answered", async || leads("inner.test").await == [IpAddr::from(HERE)]).await;
    let client = Outgoing::new(Default::default());

    // The internet's address first, this machine's the second time, and so on.
    let mut open = 0;
    for _ in 0..ROUNDS {
        match get(&client, "turncoat.test", port).await {
            Ok(body) if body == b"open" => open += 1,
            got => assert!(is_refused(&got), "{got:?}"),
        }
    }
    assert_eq!((open, public.count(), inner.count()), (ROUNDS / 2, ROUNDS / 2, 0));
    assert_eq!(asked.load(Ordering::SeqCst), ROUNDS, "what was checked is what is connected to: one look each");
    // Both at once: only the one is connected to.
    assert_eq!(leads("both.test").await.len(), 2);
    for _ in 0..ROUNDS {
        assert_eq!(get(&client, "both.test", port).await.as_deref(), Ok(&b"open"[..]));
    }
    // Moved after it was reached.
    assert_eq!(get(&client, "moves.test", port).await.as_deref(), Ok(&b"open"[..]));
    dns.says(&format!("{HERE} moves.test inner.test\n::1 six.test\n"));
    until("the name has moved", async || leads("moves.test").await == [IpAddr::from(HERE)]).await;
    for name in ["moves.test", "inner.test", "alias.test", "six.test", "INNER.test."] {
        let got = get(&client, name, port).await;
        assert!(is_refused(&got), "{name}: {got:?}");
    }
    let hopped = get(&client, &PUBLIC.to_string(), door_at.port()).await;
    assert!(is_refused(&hopped), "{hopped:?}");
    a_bot_that_moved("moves.test", port).await;
    assert_eq!((door.count(), inner.count()), (1, 0));
    // The control: who is allowed comes.
    let allowed = Outgoing::new("inner.test".parse().expect("a list"));
    assert_eq!(get(&allowed, "inner.test", port).await.as_deref(), Ok(&b"inside"[..]));
    assert_eq!(inner.count(), 1);
    println!("{} connections to the internet's address, 0 inside, 1 of the control", public.count() + door.count());
}

#[expect(clippy::disallowed_methods, reason = "the tests' own environment")]
fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// This test once more, as root of a network of its own whose DNS server is 127.0.0.1. None where the system
/// allows nobody that.
fn within_a_network(database: &Database) -> Option<std::process::Output> {
    let names = database.folder.join("resolv.conf");
    std::fs::write(&names, "nameserver 127.0.0.1\n").expect("a file");
    let apart = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "--net", "sh", "-c", script, "sh"]).arg(&names);
        command
    };
    let ready = format!("ip link set lo up && ip addr add {PUBLIC}/32 dev lo && mount --bind \"$1\" /etc/resolv.conf");
    let may = apart(&format!("{ready} && command -v dnsmasq")).stdout(Stdio::null()).status();
    may.ok().filter(std::process::ExitStatus::success)?;
    let mut again = apart(&format!("{ready} && exec \"$2\" --exact {NAME} --nocapture"));
    let program = std::env::current_exe().expect("this program");
    Some(again.arg(program).env(INSIDE, "1").output().expect("it runs"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_moves_reaches_nothing_inside() {
    if is_inside() {
        return inside().await;
    }
    let database = Database::sqlite();
    let Some(output) = tokio::task::spawn_blocking(move || within_a_network(&database)).await.expect("a thread") else {
        return println!("NOT RUN: it needs dnsmasq, ip and unshare, and to be allowed a network of its own");
    };
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success() && said.contains("0 inside"), "{}", String::from_utf8_lossy(&output.stderr));
}
