//! What the documents tell an operator to type is run as it stands: with a shell, the program, and a database.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Parser as _;
use deskbell::agents::Role;
use deskbell::cli::Cli;
use deskbell::config::{Config, Environment};
use serde_json::{Value, json};

use crate::documents::{blocks, page};
use crate::support::app::{PASSWORD, add_agent};
use crate::support::identity::{self, Website, device_of};
use crate::support::process::{Server, command};
use crate::support::software::Software;
use crate::support::{Database, TestApp, plainly};

/// What a shell in this folder prints; `deskbell` is the program, with the settings of this database.
fn types(database: &Database, folder: &Path, script: &str) -> String {
    // The settings file of the tests is made with the first command.
    drop(command(database, &[]));
    let program = Path::new(env!("CARGO_BIN_EXE_deskbell")).parent().expect("a folder");
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &format!("PATH={}:$PATH\n{script}", program.display())]).current_dir(folder);
    bash.env("DESKBELL_CONFIG", database.folder.join("deskbell.toml")).env("DESKBELL_DATA", &database.folder);
    bash.env("DESKBELL_DATABASE", database.flag()).env("DESKBELL_OUTGOING_ALLOW", "rasa.internal:5005");
    let out = bash.output().expect("bash runs");
    let said = String::from_utf8(out.stdout).expect("text");
    assert!(out.status.success(), "{script}\n{said}{}", String::from_utf8_lossy(&out.stderr));
    said
}

/// What the pages name: queues, an agent, a visitor whose address is known, files that lie around.
async fn furnish(app: &TestApp) {
    let software = Software::new(app).await;
    for queue in ["Sales", "Night"] {
        software.posts("/api/v1/queues", json!({"name": queue})).await.good();
    }
    add_agent(&app.app, &app.desk, "agent", Role::Agent).await;
    app.visitor().await.says("Somebody else asks").await;
    let website = Website::new(app).await;
    let ada = json!({"sub": "4711", "exp": identity::now() + 60, "email": "ada@mail.example"});
    device_of(app, website.says(ada)).await.says("Where is my order?").await;
    for file in ["key.txt", "prompt.txt"] {
        fs::write(app._database.folder.join(file), "a text\n").expect("a file");
    }
}

/// What a page has typed beside a running desk. What starts a server, asks the world's mail servers, or needs an
/// empty database has stories of its own.
fn beside_it(page: &str) -> String {
    let elsewhere = ["deskbell serve", "deskbell doctor", "deskbell restore"];
    let all = blocks(page, "sh").into_iter().filter(|block| block.contains("deskbell ")).collect::<String>();
    let all = all.replace("\\\n", " ");
    let lines = all.lines().map(str::trim).filter(|line| !elsewhere.iter().any(|begin| line.starts_with(begin)));
    lines.collect::<Vec<_>>().join("\n")
}

/// The only block of a language in a page.
fn only<'a>(page: &'a str, language: &str) -> &'a str {
    let found = blocks(page, language);
    assert_eq!(found.len(), 1, "{language}: {found:?}");
    found[0]
}

on_each_database! {
    async fn what_an_operator_types_works(app: TestApp) {
        let database = &app._database;
        let works = |name: &str| {
            // All on one desk: each page's bot by a name of its own.
            let script = beside_it(&page(&format!("docs/{name}.md"))).replace("Robin", name);
            assert!(script.lines().any(|line| line.starts_with("deskbell ")), "{name}: {script}");
            tokio::task::block_in_place(|| types(database, &database.folder, &script))
        };
        let secrets = works("identity");
        assert_eq!(secrets.lines().count(), 2, "a secret is shown once: {secrets}");
        furnish(&app).await;
        for name in ["routing", "mail", "bots", "bots-openai", "bots-chatwoot"] {
            works(name);
        }
        let rasa: Value = serde_json::from_str(&works("bots-rasa")).expect("JSON");
        let (rasas, path) = (page("docs/bots-rasa.md"), rasa["callback_path"].as_str().expect("a path").to_owned());
        let drawn = |part: &str| if part.len() > 20 { "…".to_owned() } else { part.to_owned() };
        let shown = path.split('/').map(drawn).collect::<Vec<_>>().join("/");
        assert!(only(&rasas, "yaml").contains(&format!("example.com{shown}\"")), "{path}");
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM bots").await, 4);
        works("backup");
        let told: Value = serde_json::from_slice(&fs::read(database.folder.join("ada.json")).expect("a file")).expect("JSON");
        assert!(told.to_string().contains("Where is my order?"), "{told}");
        let hers = "SELECT count(*) FROM visitors WHERE external_id = '4711'";
        assert_eq!(plainly::number(&app.app.db, hers).await, 0, "she is erased");

        let other = Database::sqlite();
        for file in ["desk.backup", "visitor-keys"] {
            fs::copy(database.folder.join(file), other.folder.join(file)).expect("a copy");
        }
        let backup = page("docs/backup.md");
        let restore = blocks(&backup, "sh").into_iter().find(|block| block.contains("restore")).expect("a block");
        tokio::task::block_in_place(|| types(&other, &other.folder, restore));
        assert!(other.folder.join("deskbell.db").is_file());
        for query in only(&page("docs/mail-out.md"), "sql").split_terminator(";\n") {
            let counted = format!("SELECT count(*) FROM ({query}) AS found");
            assert_eq!(plainly::number(&app.app.db, &counted).await, 0, "{query}");
        }
        app.stop().await;
    }

    async fn a_backup_every_night_is_one_line_of_cron(app: TestApp) {
        // Before the first visitor there is no key, and no file of keys.
        app.visitor().await.says("hello").await;
        let (database, backup) = (&app._database, page("docs/backup.md"));
        let line = only(&backup, "text").trim_end().strip_prefix("30 3 * * * ").expect("every night");
        let (night, elsewhere) = (database.folder.join("night"), database.folder.join("elsewhere"));
        for folder in [&night, &elsewhere] {
            fs::create_dir_all(folder).expect("a folder");
        }
        // As cron hands it to a shell, with the folders of the test.
        let line = line.replace("\\%", "%").replace("/var/lib/deskbell", &database.folder.display().to_string());
        let line = line.replace(" /backup", &format!(" {}", night.display()));
        let line = line.replace(" /elsewhere", &format!(" {}", elsewhere.display()));
        tokio::task::block_in_place(|| types(database, &database.folder, &line));
        let made = fs::read_dir(&night).expect("a folder").next().expect("a backup").expect("an entry").file_name();
        assert!(made.to_string_lossy().starts_with("deskbell-20"), "{}", made.display());
        assert!(elsewhere.join("visitor-keys").is_file());
        app.stop().await;
    }
}

/// What a server prints until it listens; nothing if it ends before.
fn starts(database: &Database) -> Option<Vec<String>> {
    let mut serve = command(database, &["serve", "--listen", "127.0.0.1:0"]);
    let mut server = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program");
    let mut printed = Vec::new();
    for line in BufReader::new(server.stdout.take().expect("its stdout")).lines().map_while(Result::ok) {
        printed.push(line);
        if printed.last().is_some_and(|line| line.starts_with("listening on")) {
            break;
        }
    }
    server.kill().expect("it ends");
    server.wait().expect("its end");
    printed.last()?.starts_with("listening on").then_some(printed)
}

/// From the readme: a desk without a browser, its tag, and the two lines that a first start prints.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_readme_leads_to_a_desk() {
    let (database, readme) = (Database::sqlite(), page("README.md"));
    let printed = starts(&database).expect("it starts");
    let shown: Vec<&str> = only(&readme, "text").lines().collect();
    for (line, ours) in printed.iter().rev().take(2).rev().zip(&shown) {
        let begin = ours.split("127.0.0.1").next().expect("words");
        assert!(line.starts_with(begin), "{printed:?}");
        assert_eq!(line.contains("/setup/"), ours.contains("/setup/"), "{printed:?}");
    }
    assert!(printed.len() >= 2 && shown.len() == 2, "{printed:?}");
    fs::write(database.folder.join("password.txt"), PASSWORD).expect("a file");
    let script = blocks(&readme, "sh").into_iter().find(|block| block.contains("bootstrap")).expect("a block");
    let printed = tokio::task::block_in_place(|| types(&database, &database.folder, script));
    let desk: Value = serde_json::from_str(&printed).expect("one JSON object");
    let server = Server::start(&database).await;
    let tag = only(&readme, "html").replace("https://chat.example.com", &format!("http://{}", server.address));
    let tag = tag.replace("SITE_KEY", desk["site_key"].as_str().expect("a key"));
    let source = tag.split('"').nth(1).expect("an address");
    let loader = plainly::http().get(source).send().await.expect("an answer");
    assert_eq!(loader.status(), 200, "{tag}");
}

/// What `docs/mail.md` and `docs/mail-out.md` say before a server starts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_is_set_up_as_its_pages_say() {
    let (mail, out, database) = (page("docs/mail.md"), page("docs/mail-out.md"), Database::sqlite());
    let block = only(&mail, "sh").replace("\\\n", " ");
    let line = block.lines().find(|line| line.starts_with("deskbell serve")).expect("a line");
    let cli = Cli::try_parse_from(line.split_whitespace()).expect("flags");
    let config = Config::load(&cli.settings, &Environment { variables: [].into(), folder: database.folder.clone() });
    let config = config.unwrap_or_else(|problems| panic!("{:?}", problems.all()));
    assert!(config.mail.smtp.is_some() && config.mail.imap.is_some(), "{:?}", config.mail);

    let published = tokio::task::block_in_place(|| types(&database, &database.folder, only(&out, "sh")));
    assert!(published.starts_with("MI") && !published.contains('\n'), "one line of base64: {published}");
    let file = database.folder.join("deskbell.toml");
    let settings = fs::read_to_string(&file).expect("settings");
    let key = "smtp = \"smtp://127.0.0.1:9\"\nmail_domain = \"chat.example.com\"\ndkim_selector = \"desk\"\n";
    for (pem, good) in [("dkim.pem", true), ("deskbell.toml", false)] {
        let named = format!("dkim_key = \"{}\"\n", database.folder.join(pem).display());
        fs::write(&file, format!("{named}{key}{settings}")).expect("settings");
        assert_eq!(starts(&database).is_some(), good, "{pem}");
    }
}
