//! Real mail servers over loopback: Dovecot with a mailbox, Postfix that hands on by LMTP. Each has its own
//! folder, ports and configuration (`tests/mail/`), and nothing of the machine's.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::mail::Lmtp;
use super::process::free_port;
use super::tls::Authority;
use super::until::until;

/// Whose the mailbox is, and the password.
pub const USER: &str = "box";
/// The password of the mailbox.
pub const PASSWORD: &str = "secret";
/// The user that runs Dovecot where the tests are root's.
const NOBODY: &str = "65534";

/// Whether a program is there; says loudly where it is not.
pub fn is_there(program: &str) -> bool {
    let found = Path::new("/usr/sbin").join(program).exists();
    if !found {
        println!("NOT RUN: {program} is not installed");
    }
    found
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id");
    String::from_utf8_lossy(&output.stdout).trim() == "0"
}

fn folder(name: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("deskbell-{name}-{}-{n}", std::process::id()));
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

fn template(name: &str, values: &[(&str, String)]) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail").join(name);
    let mut text = std::fs::read_to_string(file).expect("a configuration");
    for (name, value) in values {
        text = text.replace(&format!("@{name}@"), value);
    }
    text
}

async fn is_listening(address: SocketAddr) {
    until("the mail server listens", async || tokio::net::TcpStream::connect(address).await.is_ok()).await;
}

/// Dovecot with one mailbox.
pub struct Dovecot {
    pub address: SocketAddr,
    /// Where it speaks TLS from the first byte.
    pub tls: SocketAddr,
    /// The certificate of the authority that vouches for `localhost`.
    pub ca: PathBuf,
    folder: PathBuf,
    child: Option<Child>,
}

impl Dovecot {
    /// Starts it with an empty mailbox.
    pub async fn start() -> Self {
        let folder = folder("dovecot");
        let [address, tls] = [free_port(), free_port()].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        let authority = Authority::new(folder.clone());
        authority.installs(&authority.signs("localhost", 2090));
        let ca = authority.root_file();
        let values = [
            ("FOLDER", folder.display().to_string()),
            ("PORT", address.port().to_string()),
            ("TLS_PORT", tls.port().to_string()),
            ("PASSWORD", PASSWORD.to_owned()),
        ];
        std::fs::write(folder.join("dovecot.conf"), template("dovecot.conf", &values)).expect("a configuration");
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(folder.join("mail").join(USER).join(part)).expect("a mailbox");
        }
        if is_root() {
            let owner = format!("{NOBODY}:{NOBODY}");
            let done = Command::new("chown").args(["-R", &owner]).arg(&folder).status().expect("chown");
            assert!(done.success());
        }
        let mut dovecot = Self { address, tls, ca, folder, child: None };
        dovecot.starts().await;
        dovecot
    }

    /// Starts it again.
    pub async fn starts(&mut self) {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "/usr/sbin/dovecot"]);
            command
        } else {
            Command::new("/usr/sbin/dovecot")
        };
        command.arg("-F").arg("-c").arg(self.folder.join("dovecot.conf")).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().expect("dovecot"));
        is_listening(self.address).await;
    }

    /// Stops it.
    pub fn stops(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        drop(Command::new("kill").arg(child.id().to_string()).status());
        drop(child.wait());
    }

    /// Puts a mail into the mailbox, as a mail server does.
    pub fn gets(&self, name: &str, raw: &[u8]) {
        let mailbox = self.folder.join("mail").join(USER);
        let under_way = mailbox.join("tmp").join(name);
        std::fs::write(&under_way, raw).expect("a mail");
        std::fs::rename(under_way, mailbox.join("new").join(name)).expect("a mail");
    }

    /// The names of the mails, with their marks.
    pub fn mails(&self) -> Vec<String> {
        let mailbox = self.folder.join("mail").join(USER);
        let of = |part: &str| std::fs::read_dir(mailbox.join(part)).expect("a mailbox");
        let names = of("cur").chain(of("new")).map(|entry| entry.expect("a mail").file_name());
        names.map(|name| name.to_string_lossy().into_owned()).collect()
    }

    /// Where the mailboxes are, a folder for each user.
    pub fn mailboxes(&self) -> PathBuf {
        self.folder.join("mail")
    }

    /// The mails of a user, as they are.
    pub fn mails_of(&self, user: &str) -> Vec<Vec<u8>> {
        let files = |part: &str| std::fs::read_dir(self.mailboxes().join(user).join(part)).into_iter().flatten();
        let paths = files("cur").chain(files("new")).filter_map(Result::ok).map(|entry| entry.path());
        paths.filter_map(|path| std::fs::read(path).ok()).collect()
    }

    /// Forgets how its mails were numbered: they get other numbers, under another UIDVALIDITY.
    pub async fn numbers_anew(&mut self) {
        self.stops();
        let mailbox = self.folder.join("mail").join(USER);
        for entry in std::fs::read_dir(&mailbox).expect("a mailbox") {
            let path = entry.expect("a file").path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("dovecot")) {
                std::fs::remove_file(path).expect("removed");
            }
        }
        self.starts().await;
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stops();
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Postfix, which takes mail by SMTP and hands it on.
pub struct Postfix {
    pub address: SocketAddr,
    folder: PathBuf,
}

impl Postfix {
    /// Starts it; what it takes goes on to this address by LMTP. None where the tests are not root's: Postfix
    /// has to be started by root.
    pub async fn start(lmtp: SocketAddr) -> Option<Self> {
        Self::start_with(lmtp, None).await
    }

    /// The same, with mailboxes in this folder.
    pub async fn start_with(lmtp: SocketAddr, mailboxes: Option<PathBuf>) -> Option<Self> {
        if !is_root() {
            println!("NOT RUN: Postfix is started by root only");
            return None;
        }
        let folder = folder("postfix");
        let mailboxes = mailboxes.unwrap_or_else(|| folder.join("mail"));
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        for part in ["conf", "queue", "data"] {
            std::fs::create_dir_all(folder.join(part)).expect("a folder");
        }
        let owned = Command::new("chown").arg("postfix").arg(folder.join("data")).status().expect("chown");
        assert!(owned.success());
        let values = [
            ("FOLDER", folder.display().to_string()),
            ("TEMP", std::env::temp_dir().display().to_string()),
            ("MAILBOXES", mailboxes.display().to_string()),
            ("LMTP", format!("{}:{}", lmtp.ip(), lmtp.port())),
            ("PORT", address.port().to_string()),
        ];
        for name in ["main.cf", "master.cf"] {
            std::fs::write(folder.join("conf").join(name), template(&format!("postfix/{name}"), &values))
                .expect("written");
        }
        let postfix = Self { address, folder };
        postfix.command("start");
        is_listening(address).await;
        Some(postfix)
    }

    fn command(&self, what: &str) {
        let mut command = Command::new("/usr/sbin/postfix");
        command.arg("-c").arg(self.folder.join("conf")).arg(what).stdin(Stdio::null());
        drop(command.stdout(Stdio::null()).stderr(Stdio::null()).status());
    }

    /// Hands it a mail by SMTP.
    pub async fn gets(&self, to: &str, raw: &[u8]) {
        let mut smtp = Lmtp::connect(self.address).await;
        for command in ["EHLO client.example", "MAIL FROM:<customer@mail.example>", &format!("RCPT TO:<{to}>"), "DATA"]
        {
            let answer = smtp.says_command(command).await;
            assert!(answer.starts_with('2') || answer.starts_with('3'), "{command}: {answer}");
        }
        smtp.writes(raw).await;
        let answer = smtp.says_command(".").await;
        assert!(answer.starts_with("250"), "{answer}");
    }

    /// How many mails wait in it.
    pub fn waiting(&self) -> usize {
        let of = |part: &str| std::fs::read_dir(self.folder.join("queue").join(part)).map_or(0, walk);
        ["incoming", "active", "deferred"].into_iter().map(of).sum()
    }
}

/// The files under a folder.
fn walk(folder: std::fs::ReadDir) -> usize {
    let paths = folder.filter_map(Result::ok).map(|entry| entry.path());
    paths.map(|path| if path.is_dir() { std::fs::read_dir(path).map_or(0, walk) } else { 1 }).sum()
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.command("stop");
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
