//! Commands as an operator types them, on both databases.

use std::path::Path;

use clap::Parser as _;
use serde_json::Value;

use crate::agents::password::{Passwords, Verdict};
use crate::agents::store::AgentRow;
use crate::agents::{self, EmailAddress, Role};
use crate::cli::Cli;
use crate::cli::run::{Failure, Said, Tools, run};
use crate::clock::{Clock, Random};
use crate::config::{Config, DatabaseUrl, PasswordCost};
use crate::db::{self, DataLock, Db};
use crate::secrets::{ApiKey, Secret};
use crate::sites::Site;
use crate::testing::{NOON, each_place};
use crate::{on, queues, sites};

const BOOTSTRAP: [&str; 9] = [
    "bootstrap",
    "--owner-email",
    "ada@shop.example",
    "--owner-password",
    "correct horse",
    "--site",
    "Shop",
    "--origin",
    "https://shop.example",
];

/// An operator at a terminal.
pub(super) struct Operator {
    pub(super) config: Config,
    pub(super) tools: Tools,
}

impl Operator {
    pub(super) fn at(folder: &Path, database: DatabaseUrl) -> Self {
        let mut config = Config::defaults(folder);
        config.database = database;
        config.password = PasswordCost::least();
        // As the program does before any command.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self { config, tools: Tools { clock: Clock::fixed(NOON), random: Random::seeded(1) } }
    }

    pub(super) async fn types(&self, words: &[&str]) -> Result<Said, Failure> {
        let cli = Cli::try_parse_from(std::iter::once("deskbell").chain(words.iter().copied())).expect("parses");
        run(cli.command(), &self.config, &self.tools).await
    }

    /// Sets up, and tells what was printed.
    pub(super) async fn bootstraps(&self) -> Value {
        let said = self.types(&BOOTSTRAP).await.expect("set up");
        assert_eq!((said.note.as_str(), said.exit), ("", 0));
        serde_json::from_str(&said.out).expect("one JSON object")
    }

    pub(super) async fn is_told(&self, words: &[&str], exit: u8, text: &str) {
        let failure = self.types(words).await.expect_err("refused");
        assert_eq!(failure.exit, exit, "{}", failure.message);
        assert!(failure.message.contains(text), "{}", failure.message);
    }

    async fn opens(&self) -> Db {
        db::open(&self.config.database).await.expect("a database").db
    }

    pub(super) async fn site(&self) -> Site {
        let db = self.opens().await;
        let site = sites::store::all(db.read().await.expect("a connection").conn()).await.expect("sites").remove(0);
        db.close().await;
        site
    }

    async fn agent(&self, email: &str) -> AgentRow {
        let (db, email) = (self.opens().await, EmailAddress::parse(email).expect("an address"));
        let found = agents::store::by_email(db.read().await.expect("a connection").conn(), &email).await;
        db.close().await;
        found.expect("agents").pop().expect("an agent")
    }

    pub(super) async fn number(&self, sql: &'static str) -> i64 {
        let db = self.opens().await;
        let mut conn = db.read().await.expect("a connection");
        let number = on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("a number");
        drop(conn);
        db.close().await;
        number
    }

    pub(super) async fn sql(&self, sql: &'static str) {
        let mut opened = db::open(&self.config.database).await.expect("a database");
        match &mut opened.writer {
            Some(conn) => drop(sqlx::raw_sql(sql).execute(conn).await.expect("runs")),
            None => {
                let mut conn = opened.db.read().await.expect("a connection");
                on!(conn.conn(), |c| sqlx::raw_sql(sql).execute(c).await.map(drop)).expect("runs");
            }
        }
        opened.db.close().await;
    }

    async fn verdict(&self, email: &str, password: &str) -> Verdict {
        let passwords = Passwords::new(&self.config.password, 1, Random::seeded(2)).expect("a cost");
        let stored = self.agent(email).await.password_hash;
        passwords.verify(Secret::new(password), Some(&stored)).await.expect("a verdict")
    }
}

#[tokio::test]
async fn bootstrap_prints_one_object_and_a_second_one_changes_nothing() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        let printed = operator.bootstraps().await;
        let keys: Vec<&str> = printed.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys.len(), 6, "{keys:?}");
        let site = operator.site().await;
        assert_eq!(printed["workspace_id"], site.workspace_id.to_string());
        assert_eq!(printed["site_id"], site.id.to_string());
        assert_eq!(printed["site_key"], site.key);
        assert_eq!(printed["queue_id"], site.queue_id.to_string());
        let owner = operator.agent("ada@shop.example").await;
        assert_eq!((printed["owner_id"].as_str(), owner.role), (Some(owner.id.to_string().as_str()), Role::Owner));
        assert_eq!(printed["api_key"], Value::Null);
        assert_eq!(operator.verdict("ada@shop.example", "correct horse").await, Verdict::Right { rehash: false });
        operator.is_told(&BOOTSTRAP, 3, "set up already; nothing was changed").await;
        assert_eq!(operator.number("SELECT count(*) FROM agents").await, 1);
        assert_eq!(operator.number("SELECT count(*) FROM api_keys").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_api_key_is_printed_once_and_stored_as_a_hash() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        let said = operator.types(&[&BOOTSTRAP[..], &["--api-key"]].concat()).await.expect("set up");
        let printed: Value = serde_json::from_str(&said.out).expect("one JSON object");
        let key: ApiKey = printed["api_key"].as_str().expect("a key").parse().expect("a key");
        let db = operator.opens().await;
        let mut conn = db.read().await.expect("a connection");
        let stored: Vec<u8> =
            on!(conn.conn(), |c| sqlx::query_scalar("SELECT key_hash FROM api_keys").fetch_one(c).await).expect("one");
        assert_eq!(stored, key.hash());
        drop(conn);
        db.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_told_before_anything_is_made() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        for (place, bad, told) in [
            (2, "ada", "--owner-email: `ada` is not a mail address."),
            (4, "short", "--owner-password: a password has at least 10 characters."),
            (6, " ", "--site: a name cannot be empty."),
            (8, "shop.example", "--origin: `shop.example` is not an origin; write https://shop.example."),
        ] {
            let mut words = BOOTSTRAP;
            words[place] = bad;
            operator.is_told(&words, 2, told).await;
        }
        assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), 0);
        for words in [
            &["agent", "add", "--email", "a@b.example", "--name", "Ada"][..],
            &["agent", "reset-password", "--email", "a@b.example"],
            &["site", "set", "--site", "Shop", "--name", "Store"],
            &["queue", "set", "--queue", "Support", "--name", "Help"],
        ] {
            operator.is_told(words, 1, "There is no database yet.").await;
        }
        assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), 0);
    })
    .await;
}

#[tokio::test]
async fn only_commands_that_own_the_folder_wait_for_the_server_to_stop() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        let server = DataLock::acquire(folder).expect("free");
        operator.is_told(&BOOTSTRAP, 1, "Another deskbell process is using the data folder").await;
        operator.is_told(&["migrate"], 1, "stop it first.").await;
        operator.types(&["site", "set", "--site", "Shop", "--name", "Store"]).await.expect("beside the server");
        operator.types(&["doctor"]).await.expect("beside the server");
        drop(server);
        operator.types(&["migrate"]).await.expect("free");
    })
    .await;
}

#[tokio::test]
async fn migrate_says_what_it_did() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        let said = operator.types(&["migrate"]).await.expect("migrated");
        let newest = operator.number("SELECT CAST(max(version) AS BIGINT) FROM _sqlx_migrations").await;
        assert!(said.note.starts_with("Applied 1, foundation.\nApplied 2, site forms.\n"), "{}", said.note);
        assert!(said.note.ends_with(&format!("\nThe database has schema {newest} now.")), "{}", said.note);
        let said = operator.types(&["migrate"]).await.expect("nothing to do");
        assert_eq!(said.note, format!("The database has schema {newest} already; nothing was changed."));
        operator.is_told(&["queue", "set", "--queue", "Support", "--name", "Help"], 1, "not set up yet").await;
        operator.bootstraps().await;
    })
    .await;
}

#[tokio::test]
async fn beside_a_server_nothing_is_migrated() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        operator.sql("DELETE FROM _sqlx_migrations").await;
        let words = ["site", "set", "--site", "Shop", "--name", "Store"];
        operator.is_told(&words, 1, "schema of an older version. Stop the server and run `deskbell migrate`.").await;
    })
    .await;
}

#[tokio::test]
async fn agents_get_a_password_that_is_printed_once() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        let add = ["agent", "add", "--email", "Bob@shop.example", "--name", "Bob", "--role", "supervisor"];
        let said = operator.types(&add).await.expect("added");
        assert_eq!(said.out.len(), 43);
        assert!(said.note.starts_with("bob@shop.example can sign in and serves the queue Support."), "{}", said.note);
        assert!(!said.note.contains(&said.out));
        assert_eq!(operator.verdict("bob@shop.example", &said.out).await, Verdict::Right { rehash: false });
        assert_eq!(operator.agent("bob@shop.example").await.role, Role::Supervisor);
        assert_eq!(operator.number("SELECT count(*) FROM queue_agents").await, 2);
        operator.is_told(&add, 1, "bob@shop.example is an agent already.").await;

        let given = ["--password", "battery staple"];
        let words = [&["agent", "reset-password", "--email", "bob@shop.example"], &given[..]].concat();
        let said = operator.types(&words).await.expect("reset");
        assert_eq!(said.out, "", "what was given is not printed");
        assert_eq!(operator.verdict("bob@shop.example", "battery staple").await, Verdict::Right { rehash: false });
        operator.is_told(&["agent", "reset-password", "--email", "eve@shop.example"], 1, "There is no agent").await;
        operator.is_told(&[&add[..], &["--password", "short"]].concat(), 2, "at least 10 characters").await;
    })
    .await;
}

#[tokio::test]
async fn a_new_password_signs_out_everywhere_and_nobody_else() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        operator.types(&["agent", "add", "--email", "bob@shop.example", "--name", "Bob"]).await.expect("added");
        operator
            .sql(
                "INSERT INTO sessions (token_hash, workspace_id, agent_id, csrf, user_agent, created_at, seen_at, \
                 expires_at) SELECT CAST(id AS BLOB), workspace_id, id, '', '', 1, 1, 9 FROM agents"
                    .in_dialect(&operator),
            )
            .await;
        assert_eq!(operator.number("SELECT count(*) FROM sessions").await, 2);
        let said = operator.types(&["agent", "reset-password", "--email", "ada@shop.example"]).await.expect("reset");
        assert!(said.note.contains("signed out everywhere") && said.out.len() == 43);
        assert_eq!(operator.number("SELECT count(*) FROM sessions").await, 1);
    })
    .await;
}

/// PostgreSQL has another word for bytes.
trait InDialect {
    fn in_dialect(&'static self, operator: &Operator) -> &'static str;
}

impl InDialect for str {
    fn in_dialect(&'static self, operator: &Operator) -> &'static str {
        match operator.config.database {
            DatabaseUrl::Sqlite(_) => self,
            DatabaseUrl::Postgres(_) => self.replace("CAST(id AS BLOB)", "uuid_send(id)").leak(),
        }
    }
}

#[tokio::test]
async fn queue_set_does_all_of_it_or_nothing() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        operator.types(&["agent", "add", "--email", "bob@shop.example", "--name", "Bob"]).await.expect("added");
        let set = ["queue", "set", "--queue", "Support"];
        let words = ["--name", "Help", "--remove-agent", "bob@shop.example", "--add-agent", "eve@shop.example"];
        operator.is_told(&[&set[..], &words[..]].concat(), 1, "no agent with the mail address eve@shop.example").await;
        assert_eq!(operator.number("SELECT count(*) FROM queue_agents").await, 2);
        let said = operator.types(&[&set[..], &words[..4]].concat()).await.expect("changed");
        assert_eq!(said.note, "The queue Help is changed.");
        let db = operator.opens().await;
        let ada = operator.agent("ada@shop.example").await;
        let mut conn = db.read().await.expect("a connection");
        let queue = queues::store::all(conn.conn()).await.expect("queues").remove(0);
        assert_eq!(queue.name, "Help");
        assert!(queues::store::has_agent(conn.conn(), ada.workspace_id, queue.id, ada.id).await.expect("read"));
        drop(conn);
        db.close().await;
        assert_eq!(operator.number("SELECT count(*) FROM queue_agents").await, 1);
        operator.is_told(&set, 2, "Nothing to change").await;
        operator.is_told(&[&set[..], &["--name", "X"]].concat(), 1, "There is: Help.").await;
    })
    .await;
}

#[tokio::test]
async fn a_backup_names_the_keys_where_there_are_any() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        let (file, keys) = (folder.join("one.backup"), folder.join("visitors.keys"));
        let (file, keys) = (file.to_str().expect("text"), keys.to_str().expect("text"));
        let said = operator.types(&["backup", file, "--keys", keys]).await.expect("a backup");
        assert!(said.note.contains("Nobody has written yet") && !said.note.contains(keys), "{}", said.note);
        std::fs::write(keys, "deskbell visitor keys 1\n").expect("a file");
        let other = folder.join("two.backup");
        let said = operator.types(&["backup", other.to_str().expect("text"), "--keys", keys]).await.expect("a backup");
        assert!(said.note.contains(&format!("their keys are in {keys}.")), "{}", said.note);
    })
    .await;
}
