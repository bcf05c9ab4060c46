//! Where the answer to a frame goes: to the live session, or into the HTTP response.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::protocol::{Problem, ServerFrame};
use super::session::Session;
use crate::conversations::{Done, Error, Sent};
use crate::error::short_kind;
use crate::metrics;

/// Takes one answer.
pub enum Reply {
    /// The session that sent the frame.
    Session(Arc<Session>),
    /// The request that carried it.
    Http(oneshot::Sender<ServerFrame>),
}

impl Reply {
    /// Answers.
    pub fn send(self, frame: ServerFrame) {
        match self {
            Self::Session(session) => session.say(&frame),
            Self::Http(sender) => drop(sender.send(frame)),
        }
    }

    /// Refuses.
    pub fn refuse(self, id: Option<String>, problem: Problem) {
        metrics::nack(short_kind(&problem));
        self.send(ServerFrame::Nack { id, problem: Box::new(problem) });
    }

    /// Refuses for a domain error; what is not the client's doing is logged.
    pub fn fail(self, id: Option<String>, error: &Error) {
        if let Error::Db(cause) = error {
            tracing::error!(%cause, "a frame failed");
        }
        self.refuse(id, Problem::from(error));
    }

    /// Answers a send. `first` says that the sender did not know their visitor id before.
    pub fn sent(self, id: String, result: Result<Sent, Error>, first: bool) {
        match result {
            Ok(sent) => {
                if !sent.repeat {
                    metrics::messages_stored(1);
                }
                self.send(ServerFrame::Ack {
                    id,
                    conversation: Some(sent.conversation),
                    rev: sent.message.seq,
                    message: Some(Box::new(sent.message)),
                    visitor: sent.visitor.filter(|_| first),
                });
            }
            Err(error) => self.fail(Some(id), &error),
        }
    }

    /// Answers a command.
    pub fn done(self, id: String, result: Result<Done, Error>) {
        match result {
            Ok(done) => self.send(ServerFrame::Ack {
                id,
                conversation: Some(done.conversation),
                rev: done.rev,
                message: done.message.map(Box::new),
                visitor: None,
            }),
            Err(error) => self.fail(Some(id), &error),
        }
    }
}
