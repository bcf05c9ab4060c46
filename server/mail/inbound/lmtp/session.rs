//! One connection of a mail server: what it may say when, and what is answered (RFC 2033, RFC 5321).

use std::sync::Arc;

use smtp_proto::Request;
use tokio::net::TcpStream;

use super::lines::{Lines, Odd, Text};
use crate::app::App;
use crate::mail::EmailAddress;
use crate::mail::inbound::taking::Taken;
use crate::mail::inbound::{Envelope, MOST_BYTES, Way, placing, receiving};

/// Recipients of one mail.
const MOST_RECIPIENTS: usize = 100;
/// Commands that made no sense, after which the connection ends.
const MOST_MISTAKES: usize = 20;

const OK: &str = "250 2.0.0 OK\r\n";
const STOPPING: &str = "421 4.3.2 Deskbell restarts; try again later\r\n";

/// A mail whose text has not come yet.
struct Begun {
    null_sender: bool,
    recipients: Vec<EmailAddress>,
}

/// A connection.
pub struct Session {
    app: Arc<App>,
    lines: Lines,
    greeted: bool,
    mail: Option<Begun>,
    mistakes: usize,
}

/// Whether it goes on after a command.
enum Next {
    On,
    End,
}

impl Session {
    /// Over a stream.
    pub fn new(app: Arc<App>, stream: TcpStream) -> Self {
        Self { app, lines: Lines::new(stream), greeted: false, mail: None, mistakes: 0 }
    }

    /// Serves it to its end.
    ///
    /// # Errors
    /// Of the connection.
    pub async fn run(mut self) -> std::io::Result<()> {
        let host = self.app.config.public_url.host_str().unwrap_or("localhost").to_owned();
        self.lines.answer(&format!("220 {host} LMTP Deskbell\r\n")).await?;
        let stopping = self.app.stopping.clone();
        loop {
            let line = tokio::select! {
                line = self.lines.command() => line?,
                () = stopping.cancelled() => return self.lines.answer(STOPPING).await,
            };
            let Some(line) = line else { return Ok(()) };
            let next = match line {
                Ok(line) => self.command(&line, &host).await?,
                Err(Odd::TooLong) => self.end("500 5.5.6 The line is too long\r\n").await?,
                Err(Odd::BareEnd) => self.end("500 5.5.2 Lines end with CR LF\r\n").await?,
            };
            if matches!(next, Next::End) {
                return Ok(());
            }
        }
    }

    async fn end(&mut self, answer: &str) -> std::io::Result<Next> {
        self.lines.answer(answer).await?;
        Ok(Next::End)
    }

    async fn mistake(&mut self, answer: &str) -> std::io::Result<Next> {
        self.mistakes += 1;
        if self.mistakes > MOST_MISTAKES {
            return self.end("421 4.7.0 Too many mistakes\r\n").await;
        }
        self.lines.answer(answer).await?;
        Ok(Next::On)
    }

    async fn command(&mut self, line: &[u8], host: &str) -> std::io::Result<Next> {
        let whole = [line, b"\r\n"].concat();
        let request = match Request::parse(&mut whole.iter()) {
            Ok(request) => request.into_owned(),
            Err(smtp_proto::Error::UnknownCommand) => return self.mistake("500 5.5.1 Unknown command\r\n").await,
            Err(smtp_proto::Error::UnsupportedParameter { .. }) => {
                return self.mistake("555 5.5.4 Unknown parameter\r\n").await;
            }
            Err(_) => return self.mistake("501 5.5.4 Not understood\r\n").await,
        };
        match request {
            Request::Lhlo { .. } => {
                (self.greeted, self.mail) = (true, None);
                let size = MOST_BYTES;
                self.lines
                    .answer(&format!(
                        "250-{host}\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n\
                         250 SIZE {size}\r\n"
                    ))
                    .await?;
            }
            Request::Mail { from } => return self.mail_from(&from.address, from.size).await,
            Request::Rcpt { to } => return self.rcpt_to(&to.address).await,
            Request::Data => return self.data().await,
            Request::Rset => {
                self.mail = None;
                self.lines.answer(OK).await?;
            }
            Request::Noop { .. } => self.lines.answer(OK).await?,
            Request::Vrfy { .. } => self.lines.answer("252 2.5.0 Send it, and see\r\n").await?,
            Request::Quit => return self.end("221 2.0.0 Bye\r\n").await,
            _ => return self.mistake("500 5.5.1 This is LMTP\r\n").await,
        }
        Ok(Next::On)
    }

    async fn mail_from(&mut self, address: &str, size: usize) -> std::io::Result<Next> {
        if !self.greeted {
            return self.mistake("503 5.5.1 LHLO first\r\n").await;
        }
        if self.mail.is_some() {
            return self.mistake("503 5.5.1 One mail at a time\r\n").await;
        }
        if size > MOST_BYTES {
            self.lines.answer("552 5.3.4 The mail is too big\r\n").await?;
            return Ok(Next::On);
        }
        self.mail = Some(Begun { null_sender: address.is_empty(), recipients: Vec::new() });
        self.lines.answer("250 2.1.0 OK\r\n").await?;
        Ok(Next::On)
    }

    async fn rcpt_to(&mut self, address: &str) -> std::io::Result<Next> {
        let Some(mail) = &mut self.mail else { return self.mistake("503 5.5.1 MAIL first\r\n").await };
        if mail.recipients.len() >= MOST_RECIPIENTS {
            self.lines.answer("452 4.5.3 Too many recipients\r\n").await?;
            return Ok(Next::On);
        }
        let Some(address) = EmailAddress::parse(address) else {
            self.lines.answer("550 5.1.3 No such address\r\n").await?;
            return Ok(Next::On);
        };
        let domain = self.app.config.mail.domain.as_deref();
        let answer = match placing::may_be_ours(&self.app.db, &address, domain).await {
            Ok(true) => {
                mail.recipients.push(address);
                "250 2.1.5 OK\r\n"
            }
            Ok(false) => "550 5.1.1 No site here has this address\r\n",
            Err(error) => {
                tracing::warn!(%error, "a recipient could not be looked up");
                "451 4.3.0 Try again later\r\n"
            }
        };
        self.lines.answer(answer).await?;
        Ok(Next::On)
    }

    async fn data(&mut self) -> std::io::Result<Next> {
        let Some(mail) = self.mail.take() else { return self.mistake("503 5.5.1 MAIL first\r\n").await };
        if mail.recipients.is_empty() {
            return self.mistake("503 5.5.1 No recipients\r\n").await;
        }
        self.lines.answer("354 Go on; end with a dot on a line of its own\r\n").await?;
        let Some(text) = self.lines.text().await? else { return Ok(Next::End) };
        for recipient in mail.recipients {
            let answer = match &text {
                Text::Whole(raw) => self.deliver(raw, recipient, mail.null_sender).await,
                Text::TooBig => "552 5.3.4 The mail is too big\r\n",
            };
            self.lines.answer(answer).await?;
        }
        Ok(Next::On)
    }

    /// Takes the mail for one recipient.
    async fn deliver(&self, raw: &[u8], recipient: EmailAddress, null_sender: bool) -> &'static str {
        let envelope = Envelope { recipients: vec![recipient], null_sender };
        match receiving::receive(&self.app, raw.to_vec(), envelope, Way::Lmtp, None).await {
            Ok(Taken::Nobody) => "550 5.1.1 No conversation here has this address\r\n",
            // A try at a reply address that nobody has, after many others: whoever means it comes again, slowly.
            Ok(Taken::Guessed(_)) => "450 4.7.1 Too many addresses that nobody has; try again later\r\n",
            Ok(Taken::Aside(_)) => "250 2.0.0 Set aside\r\n",
            Ok(_) => "250 2.0.0 Taken\r\n",
            Err(error) => {
                tracing::warn!(%error, "a mail could not be taken; the mail server keeps it");
                "451 4.3.0 Try again later\r\n"
            }
        }
    }
}
