//! A writer on a bench: a database, a desk, and what the writer publishes; no sockets, no hub.

use std::sync::Arc;

use deskbell::agents::password::{NewPassword, Passwords};
use deskbell::agents::{EmailAddress, Role};
use deskbell::clock::{Clock, Ids, Random};
use deskbell::config::{DatabaseUrl, PasswordCost};
use deskbell::conversations::{self, ActingAgent, Change, Error, Sent, VisitorSend};
use deskbell::db::{self, Db, Error as DbError, Tx};
use deskbell::ids::{ConversationId, LiveSessionId, MessageId, VisitorId};
use deskbell::messages::MessageText;
use deskbell::on;
use deskbell::secrets::{Secret, VisitorToken};
use deskbell::setup::{self, Desk, NewDesk};
use deskbell::sites::{self, OnClosed, Site};
use deskbell::visitors::{FirstAct, VisitorKey};
use deskbell::workspaces::Name;
use deskbell::writer::{Append, Gate, Writer, WriterTask, op};
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::app::{ORIGIN, OWNER, PASSWORD};
use super::socket::PATIENCE;
use super::{Database, TestApp};

/// See the module.
pub struct Bench {
    pub db: Db,
    pub writer: Writer,
    task: Option<WriterTask>,
    desk: Desk,
    site: Arc<Site>,
    ids: Arc<Ids>,
    changes: mpsc::UnboundedReceiver<Arc<Change>>,
    _database: Option<Database>,
}

/// A visitor in a conversation.
pub struct Person {
    token_hash: [u8; 32],
    visitor: VisitorId,
    pub conversation: ConversationId,
}

/// An operation that is under way until it is released: whatever is queued meanwhile comes together.
pub struct Hold(oneshot::Sender<()>);

impl Hold {
    pub fn release(self) {
        self.0.send(()).expect("it is still held");
    }
}

/// What a caller is told, within the test's patience.
pub async fn answer<T>(receiver: oneshot::Receiver<T>) -> T {
    tokio::time::timeout(PATIENCE, receiver).await.expect("an answer in time").expect("every caller is told")
}

impl Bench {
    pub async fn start(database: Database) -> Self {
        let url = database.url.clone();
        Self::open(&url, None, Some(database)).await
    }

    /// On the database of a running server, whose hub hears of nothing that is written here.
    pub async fn beside(app: &TestApp) -> Self {
        let Desk { workspace_id, owner_id, site_id, ref site_key, queue_id } = app.desk;
        let desk = Desk { workspace_id, owner_id, site_id, site_key: site_key.clone(), queue_id };
        Self::open(&app.app.config.database, Some(desk), None).await
    }

    async fn open(url: &DatabaseUrl, desk: Option<Desk>, database: Option<Database>) -> Self {
        let opened = db::open(url).await.expect("a database");
        let db = opened.db.clone();
        let ids = Arc::new(Ids::new(Clock::System, Random::System));
        let (tell, changes) = mpsc::unbounded_channel();
        let publish = Arc::new(move |change| drop(tell.send(change)));
        let (writer, task) = Writer::start(opened, Clock::System, Arc::clone(&ids), publish, 1_024);
        let desk = match desk {
            Some(desk) => desk,
            None => make_desk(&writer).await,
        };
        let mut conn = db.read().await.expect("a connection");
        let site = sites::store::by_key(conn.conn(), &desk.site_key).await.expect("the site").expect("the site");
        drop(conn);
        let site = Arc::new(Site { on_closed: OnClosed::New, ..site });
        Self { db, writer, task: Some(task), desk, site, ids, changes, _database: database }
    }

    pub async fn close(mut self) {
        self.writer.stop();
        self.finished().await;
        self.db.close().await;
    }

    /// Waits until the writer's task has ended.
    pub async fn finished(&mut self) {
        if let Some(task) = self.task.take() {
            task.finished().await;
        }
    }

    pub fn id(&self) -> MessageId {
        MessageId::from_uuid(self.ids.draw())
    }

    pub fn session(&self) -> LiveSessionId {
        LiveSessionId::from_uuid(self.ids.draw())
    }

    /// Somebody new, who has said this. What it published is passed over.
    pub async fn person(&mut self, text: &str) -> Person {
        let mut token_hash = [0; 32];
        Random::System.fill(&mut token_hash);
        self.say_first(token_hash, text).await
    }

    /// The same person starts another conversation, their last one being closed.
    pub async fn starts_anew(&mut self, who: &Person, text: &str) -> Person {
        self.say_first(who.token_hash, text).await
    }

    async fn say_first(&mut self, token_hash: [u8; 32], text: &str) -> Person {
        let send = self.words(token_hash, self.id(), text);
        let sent: Sent = self
            .writer
            .run("test", move |tx| {
                Box::pin(async move {
                    let moment = tx.moment.clone();
                    conversations::send_as_visitor(tx, &moment, &send).await
                })
            })
            .await
            .map_err(|error: Error| error.to_string())
            .expect("a first message");
        self.published();
        Person { token_hash, visitor: sent.visitor.expect("they are known"), conversation: sent.conversation }
    }

    fn words(&self, token_hash: [u8; 32], id: MessageId, text: &str) -> Arc<VisitorSend> {
        Arc::new(VisitorSend {
            site: Arc::clone(&self.site),
            key: VisitorKey::new(self.site.id, &token_hash),
            first: FirstAct { token_hash, locale: None, page: Default::default() },
            id,
            text: MessageText::parse(text).expect("a text"),
            reply_to: None,
            payload: None,
            flagged: None,
        })
    }

    /// A message of this person, not queued.
    pub fn send(&self, who: &Person, id: MessageId, text: &str) -> Arc<VisitorSend> {
        self.words(who.token_hash, id, text)
    }

    /// Queues a message into the person's conversation.
    pub async fn append(
        &self,
        who: &Person,
        id: MessageId,
        text: &str,
        gate: Option<&Arc<Gate>>,
    ) -> oneshot::Receiver<Result<Sent, Error>> {
        self.append_in(None, who, id, text, gate).await
    }

    /// The same as a live session's.
    pub async fn append_in(
        &self,
        session: Option<LiveSessionId>,
        who: &Person,
        id: MessageId,
        text: &str,
        gate: Option<&Arc<Gate>>,
    ) -> oneshot::Receiver<Result<Sent, Error>> {
        let (tell, told) = oneshot::channel();
        // As a session does when the frame arrives.
        if let Some(Err(seconds)) = gate.map(|gate| gate.enter(id)) {
            drop(tell.send(Err(Error::Gated(seconds))));
            return told;
        }
        let append = Append {
            send: self.send(who, id, text),
            visitor: who.visitor,
            conversation: who.conversation,
            gate: gate.map(Arc::clone),
        };
        self.writer.append(session, append, Box::new(move |result| drop(tell.send(result)))).await;
        told
    }

    /// Queues an operation.
    pub async fn submit<T, F>(
        &self,
        session: Option<LiveSessionId>,
        operation: F,
    ) -> oneshot::Receiver<Result<T, Error>>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        self.writer.submit(session, "test", operation, move |result| drop(tell.send(result))).await;
        told
    }

    /// Keeps the writer (on PostgreSQL: the session) busy.
    pub async fn hold(&self, session: Option<LiveSessionId>) -> Hold {
        let ((started, begins), (release, released)) = (oneshot::channel(), oneshot::channel());
        let held = op(move |_| {
            Box::pin(async move {
                started.send(()).expect("somebody waits");
                released.await.expect("it is released");
                Ok::<_, Error>(())
            })
        });
        drop(self.submit(session, held).await);
        answer(begins).await;
        Hold(release)
    }

    /// Runs SQL without binds.
    pub async fn sql(&self, sql: &'static str) {
        self.writer
            .run("test", move |tx| {
                Box::pin(async move {
                    on!(tx.conn(), |c| sqlx::raw_sql(sql).execute(c).await.map(drop)).map_err(DbError::from)
                })
            })
            .await
            .expect("the SQL runs");
    }

    pub async fn close_conversation(&mut self, who: &Person) {
        let agent = ActingAgent {
            workspace_id: self.desk.workspace_id,
            id: self.desk.owner_id,
            name: "Lena".to_owned(),
            role: Role::Owner,
        };
        let id = who.conversation;
        self.writer
            .run("test", move |tx| {
                Box::pin(async move {
                    let moment = tx.moment.clone();
                    conversations::close(tx, &moment, &agent, id, Some(1)).await
                })
            })
            .await
            .map_err(|error: Error| error.to_string())
            .expect("it closes");
        self.published();
    }

    /// The texts of the person's conversation in the database, in order.
    pub async fn texts(&self, who: &Person) -> Vec<String> {
        let stored = super::replica::stored(&self.db, self.desk.workspace_id, who.conversation).await;
        stored.into_iter().filter(|message| message.kind == "text").map(|message| message.text).collect()
    }

    /// The texts that were published since this was asked last.
    pub fn published(&mut self) -> Vec<String> {
        let mut texts = Vec::new();
        while let Ok(change) = self.changes.try_recv() {
            texts.extend(change.entries.iter().map(|entry| entry.message.text.clone()));
        }
        texts
    }

    /// Says this as the visitor of this token; what the writer would publish.
    pub async fn says(&mut self, token: &str, text: &str) -> Arc<Change> {
        let token: VisitorToken = token.parse().expect("a token");
        let send = self.words(token.hash(), self.id(), text);
        let said = self.submit(
            None,
            op(move |tx| {
                Box::pin(async move {
                    let moment = tx.moment.clone();
                    conversations::send_as_visitor(tx, &moment, &send).await
                })
            }),
        );
        answer(said.await).await.expect("it is stored");
        tokio::time::timeout(PATIENCE, self.changes.recv()).await.expect("a change in time").expect("the writer lives")
    }

    /// Waits for so many published messages.
    pub async fn publishes(&mut self, wanted: usize) -> usize {
        let mut seen = 0;
        while seen < wanted {
            let next = tokio::time::timeout(PATIENCE, self.changes.recv()).await;
            seen += next.expect("a change in time").expect("the writer lives").entries.len();
        }
        seen
    }
}

async fn make_desk(writer: &Writer) -> Desk {
    let passwords = Passwords::new(&PasswordCost::least(), 1, Random::System).expect("passwords");
    let password = NewPassword::parse(&Secret::new(PASSWORD), OWNER).expect("a password");
    let new = NewDesk {
        owner_email: EmailAddress::parse(OWNER).expect("an address"),
        owner_name: Some(Name::parse("Lena").expect("a name")),
        password_hash: passwords.hash(password).await.expect("a hash"),
        site_name: Name::parse("Shop").expect("a name"),
        origins: vec![ORIGIN.to_owned()],
    };
    writer
        .run("test", move |tx| {
            Box::pin(async move {
                let moment = tx.moment.clone();
                setup::set_up(tx, &moment, &Random::System, &new).await
            })
        })
        .await
        .expect("a desk")
}
