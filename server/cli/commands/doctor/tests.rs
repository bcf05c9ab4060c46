//! What the doctor sees.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

use super::database::{clock, site_findings, speed_finding};
use super::surroundings::{disk_finding, free_kib};
use super::*;
use crate::cli::commands::tests::Operator;
use crate::clock::Timestamp;
use crate::db::DataLock;
use crate::ids::{QueueId, SiteId, WorkspaceId};
use crate::sites::{OnClosed, Settings, Site};
use crate::testing::{Folder, NOON, each_place};

/// Answers every request with this status, at this address.
async fn answering(status: &'static str) -> Url {
    drop(rustls::crypto::ring::default_provider().install_default());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut peer, _)) = listener.accept().await {
            drop(peer.read(&mut [0; 1_024]).await);
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nlocation: /healthz\r\nconnection: close\r\n\r\n");
            drop(peer.write_all(answer.as_bytes()).await);
        }
    });
    Url::parse(&format!("http://{address}")).expect("a URL")
}

/// The levels and texts about one thing.
fn about(said: &Said, what: &str) -> Vec<String> {
    let lines = said.out.lines().filter(|line| line[6..].starts_with(what));
    lines.map(str::to_owned).collect()
}

async fn sees(operator: &Operator) -> Said {
    operator.types(&["doctor"]).await.expect("a report")
}

#[tokio::test]
async fn a_desk_that_is_well_gets_a_line_for_each_thing() {
    each_place(async |folder, url| {
        let mut operator = Operator::at(folder, url);
        operator.config.public_url = answering("200 OK").await;
        operator.bootstraps().await;
        operator.types(&["site", "set", "--site", "Shop", "--origin", "http://shop.example"]).await.expect("set");
        let said = sees(&operator).await;
        assert_eq!(said.exit, 0, "{}", said.out);
        let machine = ["permissions", "disk", "open files", "database speed"];
        let odd = said.out.lines().filter(|line| !line.starts_with("ok"));
        let odd: Vec<&str> = odd.filter(|line| !machine.iter().any(|what| line[6..].starts_with(what))).collect();
        assert!(odd.is_empty(), "{odd:#?}");
        for what in
            ["configuration", "data folder", "database:", "schema", "clock", "set-up", "site Shop", "public address"]
        {
            let lines = about(&said, what);
            assert!(lines.len() == 1 && lines[0].starts_with("ok    "), "{what} in {}", said.out);
        }
    })
    .await;
}

#[tokio::test]
async fn before_there_is_anything_it_says_what_comes_next_and_makes_nothing() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        answering("200 OK").await; // For the TLS library.
        let said = sees(&operator).await;
        assert_eq!(said.exit, 0, "{}", said.out);
        assert!(said.out.contains("bootstrap"), "{}", said.out);
        assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_is_too_new_or_too_old_is_told() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        answering("200 OK").await;
        operator.bootstraps().await;
        operator.sql("INSERT INTO schema_compatibility VALUES (99, '99.0.0')").await;
        let said = sees(&operator).await;
        assert_eq!(said.exit, 1);
        let lines = about(&said, "schema");
        assert!(lines[0].starts_with("fail  schema: this database needs deskbell 99.0.0 or newer"), "{lines:?}");
    })
    .await;
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        operator.sql("DELETE FROM _sqlx_migrations").await;
        let said = sees(&operator).await;
        let schema = &about(&said, "schema")[0];
        assert!(schema.starts_with("warn  schema: ") && schema.contains(" of this version's migrations to come"));
    })
    .await;
}

#[tokio::test]
async fn queues_without_agents_and_dead_jobs_are_told() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        answering("200 OK").await;
        operator.bootstraps().await;
        operator.sql("DELETE FROM queue_agents").await;
        operator
            .sql(
                "INSERT INTO jobs (workspace_id, id, kind, payload, state, run_at, attempts, created_at) \
                 SELECT id, id, 'mail', '{}', 'dead', 1, 10, 1 FROM workspaces",
            )
            .await;
        let said = sees(&operator).await;
        assert!(about(&said, "queue Support")[0].starts_with("warn"), "{}", said.out);
        assert!(about(&said, "jobs")[0].contains("1 failed too often"), "{}", said.out);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_told_without_its_password() {
    let folder = Folder::new();
    answering("200 OK").await;
    let url = crate::secrets::Secret::new("postgres://desk:s3cret@127.0.0.1:1/desk");
    let operator = Operator::at(&folder.0, crate::config::DatabaseUrl::Postgres(url));
    let said = sees(&operator).await;
    assert_eq!(said.exit, 1);
    let line = &about(&said, "database")[0];
    assert!(line.starts_with("fail  database: it cannot be reached") && line.contains("refused"), "{line}");
    assert!(!said.out.contains("s3cret"));
    let file = folder.0.join("deskbell.db");
    std::fs::write(&file, "this is no database, but long enough to have a header that is not SQLite's")
        .expect("a file");
    let operator = Operator::at(&folder.0, crate::config::DatabaseUrl::Sqlite(file));
    let said = sees(&operator).await;
    assert!(about(&said, "database")[0].starts_with("fail"), "{}", said.out);
}

#[tokio::test]
async fn the_public_address_has_to_answer_while_a_server_runs() {
    let folder = Folder::new();
    let (data, running) = surroundings::data_folder(&folder.0);
    assert_eq!((data[0].level, running), (Level::Ok, false));
    let lock = DataLock::acquire(&folder.0).expect("free");
    assert!(surroundings::data_folder(&folder.0).1);
    drop(lock);
    assert!(!surroundings::data_folder(&folder.0).1);
    for (status, level) in [("200 OK", Level::Ok), ("502 Bad Gateway", Level::Fail), ("302 Found", Level::Fail)] {
        let url = answering(status).await;
        assert_eq!(surroundings::public_address(&url, true).await[0].level, level, "{status}");
    }
    let nobody = Url::parse("http://127.0.0.1:1").expect("a URL");
    assert_eq!(surroundings::public_address(&nobody, true).await[0].level, Level::Fail);
    assert_eq!(surroundings::public_address(&nobody, false).await[0].level, Level::Warn);
}

#[test]
fn a_clock_behind_the_database_or_long_past_is_told() {
    let later = NOON.plus(std::time::Duration::from_secs(61));
    assert_eq!(clock(NOON, None).level, Level::Ok);
    assert_eq!(clock(NOON, Some(NOON)).level, Level::Ok);
    assert_eq!(clock(NOON, Some(later)).level, Level::Fail);
    assert_eq!(clock(Timestamp::from_millis(0), None).level, Level::Fail);
}

/// A site with these origins.
fn site(origins: &[&str]) -> Site {
    let id = uuid::Uuid::nil();
    Site {
        workspace_id: WorkspaceId::from_uuid(id),
        id: SiteId::from_uuid(id),
        key: "k".into(),
        name: "Shop".into(),
        origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        queue_id: QueueId::from_uuid(id),
        on_closed: OnClosed::Reopen,
        edit_window_s: 0,
        delete_window_s: 0,
        locale: "en".into(),
        appearance: serde_json::Map::new(),
        settings: Settings::default(),
        topics: Vec::new(),
        is_preview: false,
    }
}

#[test]
fn origins_that_never_match_are_told() {
    let levels = |origins: &[&str], https| -> Vec<Level> {
        site_findings(&site(origins), https).iter().map(|finding| finding.level).collect()
    };
    assert_eq!(levels(&["https://shop.example", "http://b.example"], true), [Level::Ok]);
    assert_eq!(levels(&[], true), [Level::Warn]);
    assert_eq!(levels(&["https://Shop.example", "shop.example"], true), [Level::Fail, Level::Fail]);
    assert_eq!(levels(&["https://shop.example"], false), [Level::Warn]);
}

#[test]
fn free_space_is_read_from_the_end_of_the_line() {
    let told = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a disk  100 40 60 40% /srv\n";
    assert_eq!(free_kib(told), Some(60));
    assert_eq!(free_kib("df: /x: No such file\n"), None);
    let levels = [10 * 1024, 500 * 1024, 5 * 1024 * 1024].map(|free| disk_finding(free).level);
    assert_eq!(levels, [Level::Fail, Level::Warn, Level::Ok]);
}

#[test]
fn a_finding_is_one_line() {
    assert_eq!(Finding::fail("database", "no\nway").to_string(), "fail  database: no way");
}

#[test]
fn what_is_slow_few_or_open_is_told() {
    let ms = std::time::Duration::from_millis;
    assert_eq!((machine::sync_finding(ms(3)).level, machine::sync_finding(ms(31)).level), (Level::Ok, Level::Warn));
    assert_eq!((speed_finding(ms(3)).level, speed_finding(ms(21)).level), (Level::Ok, Level::Warn));
    let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                  Max open files            1024                 1048576              files\n";
    assert_eq!(machine::most_files(limits), Some(1_024));
    assert_eq!(machine::most_files(&limits.replace("1024 ", "unlimited ")), Some(u64::MAX));
    assert_eq!((machine::files_finding(1_024).level, machine::files_finding(65_536).level), (Level::Warn, Level::Ok));
    let folder = Folder::new();
    use std::os::unix::fs::PermissionsExt as _;
    for (mode, level) in [(0o700, Level::Ok), (0o750, Level::Warn), (0o755, Level::Warn)] {
        std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(mode)).expect("set");
        assert_eq!(machine::permissions(&folder.0).expect("told").level, level, "{mode:o}");
    }
    assert_eq!(machine::sync_speed(&folder.0).map(|finding| finding.what).as_deref(), Some("disk speed"));
    assert_eq!(std::fs::read_dir(&folder.0).expect("a folder").count(), 0, "nothing is left behind");
}

#[test]
fn old_backups_and_tags_in_strange_places_are_told() {
    let (day, now) = (std::time::Duration::from_secs(86_400), NOON);
    let level = |last: Option<u32>, since: u32| {
        keeping::backup(last.map(|days| now.minus(day * days)), now.minus(day * since), now, day * 8).level
    };
    assert_eq!(
        (level(Some(1), 99), level(Some(9), 99), level(None, 1), level(None, 9)),
        (Level::Ok, Level::Warn, Level::Ok, Level::Warn)
    );
    let site = site(&["https://shop.example"]);
    let mut standing = crate::sites::sightings::Standing::default();
    assert_eq!(keeping::tag(&site, &standing).text, "not seen on a page yet");
    standing.found.push(("https://shop.example".to_owned(), now));
    assert_eq!(keeping::tag(&site, &standing).level, Level::Ok);
    standing.strangers.push("https://old.example".to_owned());
    let told = keeping::tag(&site, &standing);
    assert!(told.level == Level::Warn && told.text.contains("https://old.example"), "{told}");
}

#[tokio::test]
async fn the_way_from_the_browser_is_looked_at() {
    for (url, level) in [
        ("https://chat.example", Level::Ok),
        ("http://localhost:8080", Level::Ok),
        ("http://127.0.0.1:8080", Level::Ok),
        ("http://chat.example", Level::Warn),
        ("http://192.0.2.1", Level::Warn),
    ] {
        assert_eq!(address::scheme(&Url::parse(url).expect("a URL")).level, level, "{url}");
    }
    for (status, level) in
        [("101 Switching Protocols", Level::Ok), ("400 Bad Request", Level::Warn), ("200 OK", Level::Warn)]
    {
        let url = answering(status).await;
        assert_eq!(address::sockets(&url).await.expect("told").level, level, "{status}");
    }
    let said = "# HELP x\ndeskbell_forwarded_untrusted_total 12\n";
    assert_eq!((address::counted(said), address::counted("")), (Some(12), None));
    assert_eq!((address::proxy_finding(0).level, address::proxy_finding(12).level), (Level::Ok, Level::Warn));
}
