//! A mailbox whose server fails as a story tells it to: it says NO, hangs up before an answer, or gives out no text.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use deskbell::config::{Encryption, MailServer};
use deskbell::secrets::Secret;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it does instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Says NO.
    Refuses,
    /// Closes the connection without a word.
    HangsUp,
    /// Says OK, and that the text is NIL.
    GivesNothing,
}

#[derive(Default)]
struct State {
    mails: Vec<Vec<u8>>,
    /// The next command that begins like this meets that fault.
    faults: Vec<(&'static str, Fault)>,
}

/// The server. Gone when it is dropped.
pub struct Mailbox {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Mailbox {
    /// Starts it with these mails, numbered from 1.
    pub async fn start(mails: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State { mails, faults: Vec::new() }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move { drop(talk(stream, &state).await) });
            }
        });
        Self { address, state, task }
    }

    /// The next command that begins like this meets this fault.
    pub fn fails(&self, command: &'static str, fault: Fault) {
        self.state.lock().expect("a state").faults.push((command, fault));
    }

    /// How many faults nobody met yet.
    pub fn faults(&self) -> usize {
        self.state.lock().expect("a state").faults.len()
    }

    /// What a configuration says of it.
    pub fn server(&self) -> MailServer {
        MailServer {
            host: "127.0.0.1".to_owned(),
            port: self.address.port(),
            encryption: Encryption::None,
            login: Some(("box".to_owned(), Secret::new("secret"))),
            folder: "INBOX".to_owned(),
        }
    }
}

async fn talk(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"* OK IMAP4rev1\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
        let fault = {
            let mut state = state.lock().expect("a state");
            let at = state.faults.iter().position(|(of, _)| command.starts_with(of));
            at.map(|at| state.faults.remove(at).1)
        };
        let told = match fault {
            Some(Fault::HangsUp) => return Ok(()),
            Some(Fault::Refuses) => {
                stream.write_all(format!("{tag} NO [UNAVAILABLE] not now\r\n").as_bytes()).await?;
                continue;
            }
            Some(Fault::GivesNothing) => {
                let uid = command.split(' ').nth(2).unwrap_or_default();
                format!("* {uid} FETCH (UID {uid} BODY[] NIL)\r\n").into_bytes()
            }
            None => answer(command, &state.lock().expect("a state").mails),
        };
        stream.write_all(&told).await?;
        stream.write_all(format!("{tag} OK done\r\n").as_bytes()).await?;
    }
}

/// What is told before the OK.
fn answer(command: &str, mails: &[Vec<u8>]) -> Vec<u8> {
    let words: Vec<&str> = command.split(' ').collect();
    let uid = || words.get(2).and_then(|uid| uid.parse::<usize>().ok()).unwrap_or_default();
    let mail = || uid().checked_sub(1).and_then(|at| mails.get(at));
    match (words.first(), words.get(1)) {
        (Some(&"CAPABILITY"), _) => b"* CAPABILITY IMAP4rev1\r\n".to_vec(),
        (Some(&"SELECT"), _) => {
            let (count, next) = (mails.len(), mails.len() + 1);
            format!("* {count} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {next}] x\r\n").into_bytes()
        }
        (Some(&"UID"), Some(&"SEARCH")) => {
            let from = words.last().and_then(|range| range.strip_suffix(":*")).and_then(|from| from.parse().ok());
            let uids = (1..=mails.len()).filter(|uid| *uid >= from.unwrap_or(1).min(mails.len()));
            let uids: Vec<String> = uids.map(|uid| uid.to_string()).collect();
            format!("* SEARCH {}\r\n", uids.join(" ")).into_bytes()
        }
        (Some(&"UID"), Some(&"FETCH")) => {
            let (uid, Some(mail)) = (uid(), mail()) else { return Vec::new() };
            if command.contains("SIZE") {
                return format!("* {uid} FETCH (UID {uid} RFC822.SIZE {})\r\n", mail.len()).into_bytes();
            }
            let head = format!("* {uid} FETCH (UID {uid} BODY[] {{{}}}\r\n", mail.len());
            [head.as_bytes(), mail, b")\r\n"].concat()
        }
        _ => Vec::new(),
    }
}
