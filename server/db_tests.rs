//! The database module from outside: who may open what, which constraint is which, and that the two
//! databases are one schema.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::agents::store::NewAgent;
use crate::agents::{self, EmailAddress, Role};
use crate::conversations::{VisitorSend, send_as_visitor};
use crate::db::{self, Constraint, DataLock, Db, Error};
use crate::ids::{AgentId, MessageId, QueueId, SiteId};
use crate::live::protocol::Page;
use crate::messages::MessageText;
use crate::queues::store::Queue;
use crate::setup::{Desk, NewDesk, set_up};
use crate::sites::Site;
use crate::testing::{Folder, TestDb, each_database, each_place};
use crate::visitors::{FirstAct, VisitorKey};
use crate::workspaces::Name;
use crate::{on, queues, sites};

#[test]
fn one_process_at_a_time_has_the_data_folder() {
    let folder = Folder::new();
    let ours = DataLock::acquire(&folder.0).expect("free");
    let told = DataLock::acquire(&folder.0).expect_err("held").to_string();
    assert!(told.starts_with("another deskbell process is using the data folder"), "{told}");
    let lock = folder.0.join("lock");
    let other = |command: &mut Command| command.arg("--nonblock").arg(&lock).arg("true").status().expect("flock runs");
    assert!(!other(&mut Command::new("flock")).success(), "another process is refused");
    drop(ours);
    assert!(other(&mut Command::new("flock")).success());

    // Another process that holds it, until it is killed.
    let mut holder = Command::new("flock")
        .args(["--no-fork".as_ref(), lock.as_os_str(), "sh".as_ref(), "-c".as_ref(), "echo held; exec cat".as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("flock runs");
    let mut line = String::new();
    BufReader::new(holder.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    assert_eq!(line, "held\n");
    assert!(DataLock::acquire(&folder.0).is_err());
    holder.kill().expect("killed");
    holder.wait().expect("gone");
    DataLock::acquire(&folder.0).expect("a killed process holds nothing");
}

#[test]
fn a_folder_that_cannot_be_made_is_told_by_name() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("file"), "").expect("a file");
    let told = DataLock::acquire(&folder.0.join("file").join("data")).expect_err("no folder").to_string();
    assert!(told.starts_with("the data folder ") && told.contains("file/data cannot be used: "), "{told}");
}

async fn a_desk(test: &TestDb) -> Desk {
    let random = test.random.clone();
    let new = NewDesk {
        owner_email: EmailAddress::parse("ada@shop.example").expect("an address"),
        owner_name: None,
        password_hash: "hash".to_owned(),
        site_name: Name::parse("Shop").expect("a name"),
        origins: vec!["https://shop.example".to_owned()],
    };
    test.run(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            set_up(tx, &moment, &random, &new).await
        })
    })
    .await
}

async fn the_site(test: &TestDb) -> Site {
    sites::store::all(test.db.read().await.expect("a connection").conn()).await.expect("sites").remove(0)
}

/// A visitor's first message, and with it their conversation.
async fn a_message(test: &TestDb) {
    let (site, token_hash) = (Arc::new(the_site(test).await), [7; 32]);
    let send = VisitorSend {
        key: VisitorKey::new(site.id, &token_hash),
        site,
        first: FirstAct { token_hash, locale: None, page: Page::default() },
        id: MessageId::from_uuid(test.ids.draw()),
        text: MessageText::parse("hello").expect("a text"),
        reply_to: None,
        payload: None,
        flagged: None,
    };
    test.run(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            send_as_visitor(tx, &moment, &send).await
        })
    })
    .await;
}

async fn trips(test: &TestDb, constraint: Constraint, sql: &str) {
    match test.sql(sql).await {
        Err(Error::Constraint(found)) => assert_eq!(found, constraint, "{sql}"),
        other => panic!("{constraint:?} let it pass: {other:?}"),
    }
}

/// A statement that trips each constraint. Ids of other rows stand in for new ids, so that one text
/// serves both databases.
const TRIPS: &[(Constraint, &str)] = &[
    (
        Constraint::AgentsEmail,
        "INSERT INTO agents (workspace_id, id, email, name, role, password_hash, capacity, state, created_at) \
                 SELECT workspace_id, workspace_id, email, name, role, password_hash, capacity, state, 1 FROM agents",
    ),
    (
        Constraint::SitesName,
        "INSERT INTO sites (workspace_id, id, key, name, origins, queue_id, on_closed, edit_window_s, \
                 delete_window_s, locale, appearance, created_at) SELECT workspace_id, queue_id, 'another key', name, \
                 origins, queue_id, on_closed, edit_window_s, delete_window_s, locale, appearance, created_at \
                 FROM sites",
    ),
    (
        Constraint::SitesKey,
        "INSERT INTO sites (workspace_id, id, key, name, origins, queue_id, on_closed, edit_window_s, \
                 delete_window_s, locale, appearance, created_at) SELECT workspace_id, queue_id, key, 'another name', \
                 origins, queue_id, on_closed, edit_window_s, delete_window_s, locale, appearance, created_at \
                 FROM sites",
    ),
    (
        Constraint::QueuesName,
        "INSERT INTO queues (workspace_id, id, name, created_at) SELECT workspace_id, workspace_id, name, 1 FROM queues",
    ),
    (
        Constraint::VisitorsToken,
        "INSERT INTO visitors (workspace_id, id, site_id, token_hash, attributes, page, created_at, seen_at) \
                 SELECT workspace_id, site_id, site_id, token_hash, attributes, page, 1, 1 FROM visitors",
    ),
    (
        Constraint::VisitorsExternal,
        "UPDATE visitors SET external_id = 'customer-4711'; \
                 INSERT INTO visitors (workspace_id, id, site_id, token_hash, attributes, page, created_at, seen_at, \
                 external_id) SELECT workspace_id, site_id, site_id, substr(token_hash, 1, 5), attributes, page, 1, 1, \
                 external_id FROM visitors",
    ),
    (Constraint::Check, "UPDATE visitors SET merged_into = id"),
    (Constraint::Check, "UPDATE visitors SET external_id = 'customer-4711', merged_into = site_id"),
    (Constraint::Check, "INSERT INTO identity_secrets SELECT workspace_id, id, 'next', 'x', 1 FROM sites"),
    (
        Constraint::ForeignKey,
        "INSERT INTO identity_secrets SELECT workspace_id, workspace_id, 'current', 'x', 1 FROM sites",
    ),
    (
        Constraint::ConversationsOneOpen,
        "INSERT INTO conversations (workspace_id, id, site_id, visitor_id, queue_id, state, epoch, rev, \
                 visitor_rev, last_seq, floor_seq, queued_at, started_at, updated_at) \
                 SELECT workspace_id, visitor_id, site_id, visitor_id, queue_id, 'queued', 1, 0, 0, 0, 0, 1, 1, 1 \
                 FROM conversations",
    ),
    (
        Constraint::FormAnswersId,
        "INSERT INTO form_answers (workspace_id, id, visitor_id, form, digest, answered_at) \
                 SELECT workspace_id, id, id, 'rating', 1, 1 FROM visitors CROSS JOIN (VALUES (1), (2)) AS twice",
    ),
    (
        Constraint::MessagesId,
        "INSERT INTO messages (workspace_id, id, conversation_id, seq, rev, kind, author_kind, text, digest, \
                 created_at) SELECT workspace_id, id, conversation_id, seq + 1, rev + 1, kind, author_kind, text, \
                 digest, 1 FROM messages",
    ),
    (
        Constraint::MessagesSeq,
        "INSERT INTO messages (workspace_id, id, conversation_id, seq, rev, kind, author_kind, text, digest, \
                 created_at) SELECT workspace_id, conversation_id, conversation_id, seq, rev, kind, author_kind, text, \
                 digest, 1 FROM messages",
    ),
    (Constraint::InstanceSingle, "INSERT INTO instance (id, generation, created_at) VALUES (1, 'x', 1)"),
    (Constraint::Check, "INSERT INTO instance (id, generation, created_at) VALUES (2, 'x', 1)"),
    (Constraint::Check, "UPDATE agents SET role = 'king'"),
    (Constraint::Check, "UPDATE conversations SET state = 'assigned'"),
    (
        Constraint::Check,
        "INSERT INTO form_answers (workspace_id, id, visitor_id, form, digest, answered_at) \
                 SELECT workspace_id, id, id, 'shoe_size', 1, 1 FROM visitors",
    ),
    (
        Constraint::Check,
        "INSERT INTO ratings (workspace_id, conversation_id, score, rated_at) \
                 SELECT workspace_id, id, 6, 1 FROM conversations",
    ),
    (
        Constraint::Check,
        "INSERT INTO visitor_trail (workspace_id, visitor_id, id, kind, name, data, created_at) \
                 SELECT workspace_id, id, id, 'note', 'x', '{}', 1 FROM visitors",
    ),
    (
        Constraint::ForeignKey,
        "INSERT INTO next_chats (workspace_id, visitor_id, queue_id) SELECT workspace_id, id, id FROM visitors",
    ),
    (
        Constraint::ForeignKey,
        "INSERT INTO queue_agents (workspace_id, queue_id, agent_id) SELECT workspace_id, queue_id, queue_id FROM queue_agents",
    ),
    (Constraint::ForeignKey, "UPDATE sites SET queue_id = id"),
    (Constraint::ForeignKey, "DELETE FROM agents"),
];

#[tokio::test]
async fn every_named_constraint_is_known_by_its_name() {
    each_database(async |test| {
        a_desk(test).await;
        a_message(test).await;
        for (constraint, sql) in TRIPS {
            trips(test, *constraint, sql).await;
        }
    })
    .await;
}

#[tokio::test]
async fn stores_report_what_is_taken_and_the_batch_goes_on() {
    each_database(async |test| {
        let desk = a_desk(test).await;
        let (ws, now) = (desk.workspace_id, test.clock.now());
        let email = EmailAddress::parse("ada@shop.example").expect("an address");
        let id = AgentId::from_uuid(test.ids.draw());
        let taken: Result<(), Error> = test
            .writer
            .run("agent", move |tx| {
                Box::pin(async move {
                    let (name, role, password_hash) = ("Ada", Role::Agent, "hash");
                    let new = NewAgent { workspace_id: ws, id, email: &email, name, role, password_hash, capacity: 1 };
                    agents::store::insert(tx.conn(), &new, now).await
                })
            })
            .await;
        assert!(matches!(taken, Err(Error::Constraint(Constraint::AgentsEmail))), "{taken:?}");
        let queue = Queue { workspace_id: ws, id: QueueId::from_uuid(test.ids.draw()), name: "Support".into() };
        let taken: Result<(), Error> = test
            .writer
            .run("queue", move |tx| Box::pin(async move { queues::store::insert(tx.conn(), &queue, now).await }))
            .await;
        assert!(matches!(taken, Err(Error::Constraint(Constraint::QueuesName))), "{taken:?}");
        let other = Site { id: SiteId::from_uuid(test.ids.draw()), name: "Other".into(), ..the_site(test).await };
        let taken: Result<(), Error> = test
            .writer
            .run("site", move |tx| Box::pin(async move { sites::store::insert(tx.conn(), &other, now).await }))
            .await;
        assert!(matches!(taken, Err(Error::Constraint(Constraint::SitesKey))), "{taken:?}");
        a_message(test).await;
    })
    .await;
}

#[tokio::test]
async fn a_database_that_needs_a_newer_version_is_refused_in_words() {
    each_place(async |_, url| {
        let test = TestDb::open(&url).await;
        test.sql("INSERT INTO schema_compatibility VALUES (7, '0.0.1'), (8, '99.0.0'), (9, '9.10.0')")
            .await
            .expect("rows");
        test.close().await;
        let Err(refused) = db::open(&url).await else { panic!("it opened") };
        let told = format!("this database needs deskbell 99.0.0 or newer, and this is {}", crate::VERSION);
        assert!(refused.to_string().starts_with(&told), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn an_older_program_works_on_the_schema_of_a_newer_one() {
    each_place(async |_, url| {
        let test = TestDb::open(&url).await;
        a_desk(&test).await;
        let applied = test.number("SELECT count(*) FROM _sqlx_migrations").await;
        let (bytes, checksum) = if test.db.is_pg() { ("BYTEA", "'\\x00'") } else { ("BLOB", "x'00'") };
        for sql in [
            format!(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'from the future', TRUE, {checksum}, 1)"
            ),
            "INSERT INTO schema_compatibility VALUES (9999, '0.0.1')".to_owned(),
            "CREATE TABLE from_the_future (id INTEGER)".to_owned(),
            "ALTER TABLE messages ADD COLUMN mood TEXT".to_owned(),
            "ALTER TABLE conversations ADD COLUMN mood INTEGER".to_owned(),
            format!("ALTER TABLE agents ADD COLUMN photo {bytes}"),
            "ALTER TABLE sites ADD COLUMN weather TEXT".to_owned(),
            "CREATE INDEX messages_mood ON messages (mood)".to_owned(),
        ] {
            test.sql(sql).await.expect("changed");
        }
        test.close().await;
        let test = TestDb::open(&url).await;
        a_message(&test).await;
        assert_eq!(the_site(&test).await.name, "Shop");
        let email = EmailAddress::parse("ada@shop.example").expect("an address");
        let mut conn = test.db.read().await.expect("a connection");
        assert_eq!(agents::store::by_email(conn.conn(), &email).await.expect("read").len(), 1);
        drop(conn);
        assert_eq!(test.number("SELECT count(*) FROM messages").await, 1);
        assert_eq!(test.number("SELECT count(*) FROM _sqlx_migrations").await, applied + 1, "nothing was taken back");
        test.close().await;
    })
    .await;
}

/// Tables with their columns, indexes and constraints, by name; and which columns may be null.
async fn shape(db: &Db) -> BTreeSet<String> {
    let mut conn = db.read().await.expect("a connection");
    let (columns, indexes) = match db.is_pg() {
        false => (
            "SELECT 'column ' || t.name || '.' || c.name || CASE WHEN c.\"notnull\" = 1 THEN '' ELSE ' null' END \
             FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'",
            "SELECT 'index ' || name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
        ),
        true => (
            "SELECT 'column ' || table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN '' ELSE ' null' END \
             FROM information_schema.columns WHERE table_schema = current_schema()",
            "SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = current_schema() \
             AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        ),
    };
    let mut names: Vec<String> = on!(conn.conn(), |c| sqlx::query_scalar(columns).fetch_all(c).await).expect("columns");
    names.extend(on!(conn.conn(), |c| sqlx::query_scalar::<_, String>(indexes).fetch_all(c).await).expect("indexes"));
    names.extend(constraints(db).await.into_iter().map(|name| format!("constraint {name}")));
    names.into_iter().filter(|name| !name.contains("_sqlx_migrations")).collect()
}

async fn constraints(db: &Db) -> Vec<String> {
    let mut conn = db.read().await.expect("a connection");
    if db.is_pg() {
        let sql = "SELECT conname::text FROM pg_constraint WHERE connamespace = current_schema()::regnamespace \
                   AND contype IN ('p', 'u', 'f', 'c')";
        return on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_all(c).await).expect("constraints");
    }
    let sql = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL";
    let texts: Vec<String> = on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_all(c).await).expect("texts");
    let names = texts.iter().flat_map(|text| text.split("CONSTRAINT ").skip(1));
    names.filter_map(|rest| rest.split_whitespace().next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn both_databases_have_the_same_names() {
    let shapes = std::sync::Mutex::new(Vec::new());
    each_database(async |test| {
        let shape = shape(&test.db).await;
        assert!(
            shape.contains("column messages.seq") && shape.contains("column agents.disabled_at null"),
            "{shape:#?}"
        );
        assert!(shape.contains("index conversations_one_open") && shape.contains("constraint messages_seq_key"));
        shapes.lock().expect("unpoisoned").push(shape);
    })
    .await;
    let shapes = shapes.into_inner().expect("unpoisoned");
    if let [lite, pg] = &shapes[..] {
        let odd: Vec<&String> = lite.symmetric_difference(pg).collect();
        assert!(odd.is_empty(), "in one of the two only: {odd:#?}");
    }
}
