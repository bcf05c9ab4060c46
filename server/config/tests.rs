//! The configuration as a whole: precedence, problems together, nothing secret shown.

use clap::Parser as _;

use super::*;
use crate::cli::Cli;

/// A folder of its own for one test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("deskbell-config-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    fn load(&self, flags: &[&str], variables: &[(&str, &str)]) -> Result<Config, Problems> {
        let cli = Cli::try_parse_from([&["deskbell"], flags].concat()).expect("flags");
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), value.into())).collect();
        Config::load(&cli.settings, &Environment { variables, folder: self.0.clone() })
    }

    /// What is told, without the folder's name.
    fn problems(&self, flags: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
        let problems = self.load(flags, variables).expect_err("problems");
        let told = problems.all().iter().map(|problem| format!("{}: {}", problem.place, problem.message));
        told.map(|line| line.replace(&format!("{}/", self.0.display()), "")).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

#[test]
fn without_anything_the_defaults_of_the_documents_hold() {
    let config = Folder::new("defaults").load(&[], &[]).expect("a configuration");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.database, DatabaseUrl::Sqlite("./data/deskbell.db".into()));
    assert_eq!((config.log.as_str(), config.log_format), ("info", LogFormat::Text));
    assert_eq!((config.limits, config.password), (Limits::default(), PasswordCost::default()));
    assert!(config.workers >= 1 && config.trusted_proxies.is_empty() && config.notices.is_empty());
}

#[test]
fn a_flag_beats_the_environment_that_beats_the_file_that_beats_the_default() {
    let folder = Folder::new("order");
    folder.write("deskbell.toml", "listen = \"127.0.0.1:1\"\nlog = \"warn\"\nworkers = 3\n[limits]\nsends_burst = 7\n");
    let variables = [("DESKBELL_LISTEN", "127.0.0.1:2"), ("DESKBELL_LOG", "error"), ("DESKBELL_WORKERS", "")];
    let config = folder.load(&["serve", "--listen", "127.0.0.1:3"], &variables).expect("a configuration");
    assert_eq!(config.listen.port(), 3);
    assert_eq!((config.log.as_str(), config.workers, config.limits.sends_burst), ("error", 3, 7));
    let shown = config.effective().replace(&folder.0.display().to_string(), "HERE");
    for line in [
        "listen = \"127.0.0.1:3\"  # --listen\n",
        "public_url = \"http://127.0.0.1:3/\"  # default\n",
        "log = \"error\"  # DESKBELL_LOG\n",
        "workers = 3  # HERE/deskbell.toml:3\n",
        "\n[limits]\n",
        "sends_burst = 7  # HERE/deskbell.toml:5\n",
        "memory_kib = 19456  # default\n",
    ] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
}

#[test]
fn all_problems_are_told_at_once_with_their_places() {
    let folder = Folder::new("all");
    folder.write(
        "deskbell.toml",
        "log_format = \"xml\"\n[limits]\nframes_burst = 0\n[password]\nparallelism = 64\nmemory_kib = 8\n",
    );
    let variables = [("DESKBELL_PUBLIC_URL", "chat.example.com"), ("DESKBELL_DATABASE", "mysql://u:s3cret@h/d")];
    let problems = folder
        .problems(&["--listen", "localhost", "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "all"], &variables);
    let starts = [
        "deskbell.toml:3, limits.frames_burst: write a whole number",
        "--listen: `localhost` has no port; write an address like 127.0.0.1:8080",
        "DESKBELL_PUBLIC_URL: this is not a URL",
        "DESKBELL_DATABASE: only SQLite and PostgreSQL are understood",
        "--trusted-proxy: `all` is not a network",
        "deskbell.toml:1, log_format: `xml` is not a format",
        "deskbell.toml:6, password.memory_kib: 64 lanes need at least 512 KiB",
    ];
    assert_eq!(problems.len(), starts.len(), "{problems:#?}");
    for (problem, start) in problems.iter().zip(starts) {
        assert!(problem.starts_with(start) && !problem.contains("s3cret"), "{problem}");
    }
    let text = folder.load(&[], &variables).expect_err("problems").to_string();
    assert!(text.starts_with("Deskbell cannot start: 5 settings need a correction.\n  "), "{text}");
}

#[test]
fn the_file_is_the_named_one_or_the_only_one() {
    let folder = Folder::new("file");
    let data = folder.0.join("data");
    let data = data.to_str().expect("UTF-8");
    assert_eq!(folder.problems(&["--config", "no.toml"], &[]), ["--config: there is no file `no.toml`"]);
    folder.write("data/deskbell.toml", "workers = 2\n");
    assert_eq!(folder.load(&["--data", data], &[]).expect("a configuration").workers, 2);
    assert_eq!(folder.load(&["--data", "data"], &[]).expect("a configuration").workers, 2);
    folder.write("deskbell.toml", "workers = 5\n");
    let both = "deskbell.toml: both `deskbell.toml` and `data/deskbell.toml` exist; keep one of them, or name it with --config";
    assert_eq!(folder.problems(&["--data", data], &[]), [both]);
    let named = folder.load(&["--data", data], &[("DESKBELL_CONFIG", "deskbell.toml")]).expect("a configuration");
    assert_eq!(named.workers, 5);
}

#[test]
fn the_database_may_stand_in_a_file_but_only_in_one_place() {
    let folder = Folder::new("database");
    let secret = folder.write("secret", "postgres://desk:s3cret@db/desk\n");
    let secret = secret.to_str().expect("UTF-8");
    let config = folder.load(&[], &[("DESKBELL_DATABASE_FILE", secret)]).expect("a configuration");
    assert_eq!(config.database, DatabaseUrl::Postgres(Secret::new("postgres://desk:s3cret@db/desk")));
    let shown = format!("{config:?}{}", config.effective());
    assert!(!shown.contains("s3cret") && shown.contains("postgres://desk:***@db/desk\"  # DESKBELL_DATABASE_FILE"));

    let stronger = folder.load(&["--database", "sqlite:/x.db"], &[("DESKBELL_DATABASE_FILE", secret)]);
    assert_eq!(stronger.expect("a configuration").database, DatabaseUrl::Sqlite("/x.db".into()));
    let both = [("DESKBELL_DATABASE_FILE", secret), ("DESKBELL_DATABASE", "sqlite:")];
    let contradiction = "DESKBELL_DATABASE_FILE: DESKBELL_DATABASE says where the database is as well; keep one";
    assert_eq!(folder.problems(&[], &both), [contradiction]);
    let missing = folder.problems(&["--database-file", "/no/such/file"], &[]);
    assert!(missing[0].starts_with("--database-file: `/no/such/file` cannot be read"), "{missing:?}");
}

#[test]
fn what_is_odd_but_allowed_is_noticed() {
    let folder = Folder::new("notices");
    folder.write("deskbell.toml", "[password]\nmemory_kib = 8\n");
    let variables = [("DESKBELL_LISTN", "x"), ("DESKBELL_SERVICE_HOST", "10.0.0.1"), ("DESKBELL_LISTEN", "0.0.0.0:80")];
    let notices = folder.load(&[], &variables).expect("a configuration").notices;
    assert_eq!(notices.len(), 3, "{notices:?}");
    assert_eq!(notices[0], "DESKBELL_LISTN is not a setting; did you mean DESKBELL_LISTEN?");
    assert!(notices[1].contains("[password]") && notices[2].ends_with("http://127.0.0.1/"), "{notices:?}");
}

#[test]
fn a_certificate_and_its_key_come_together_and_make_the_public_address_https() {
    let folder = Folder::new("tls");
    let config = folder.load(&["--tls-cert", "a.pem"], &[("DESKBELL_TLS_KEY", "b.pem")]).expect("a configuration");
    assert_eq!(config.tls, Some(TlsFiles { cert: "a.pem".into(), key: "b.pem".into() }));
    assert_eq!(config.public_url.as_str(), "https://127.0.0.1:8080/");
    assert!(config.effective().contains("tls_key = \"b.pem\"  # DESKBELL_TLS_KEY\n"), "{}", config.effective());
    let bound = config.bound_to("127.0.0.1:4711".parse().expect("an address"));
    assert_eq!(bound.public_url.as_str(), "https://127.0.0.1:4711/");
    assert_eq!(folder.load(&[], &[]).expect("a configuration").tls, None);

    let lone = folder.problems(&["--tls-cert", "a.pem"], &[]);
    assert_eq!(lone, ["--tls-cert: a certificate needs its key; name it with --tls-key"]);
    let lone = folder.problems(&[], &[("DESKBELL_TLS_KEY", "b.pem")]);
    assert_eq!(lone, ["DESKBELL_TLS_KEY: a key needs its certificate; name it with --tls-cert"]);
    let plain = ["--tls-cert", "a.pem", "--tls-key", "b.pem", "--public-url", "http://chat.example.com"];
    let told = ["--public-url: with --tls-cert Deskbell speaks HTTPS only, so this begins with https://"];
    assert_eq!(folder.problems(&plain, &[]), told);
    folder.write("deskbell.toml", "tls_cert = \" \"\ntls_key = \"b.pem\"\n");
    assert_eq!(folder.problems(&[], &[]), ["deskbell.toml:1, tls_cert: the file has no name"]);
}

#[test]
fn the_public_address_follows_a_free_port_unless_it_was_given() {
    let folder = Folder::new("bound");
    let bound = "127.0.0.1:4711".parse().expect("an address");
    let free = folder.load(&["--listen", "127.0.0.1:0"], &[]).expect("a configuration").bound_to(bound);
    assert_eq!((free.listen, free.public_url.as_str()), (bound, "http://127.0.0.1:4711/"));
    let given = folder.load(&["--public-url", "https://chat.example.com"], &[]).expect("a configuration");
    assert_eq!(given.bound_to(bound).public_url.as_str(), "https://chat.example.com/");
    assert_eq!(Config::defaults(&folder.0).bound_to(bound).public_url.port(), Some(4711));
}

#[test]
fn the_example_of_the_documents_is_valid() {
    let documents = include_str!("../../docs/operating.md");
    let example = documents.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let folder = Folder::new("example");
    folder.write("deskbell.toml", example);
    let config = folder.load(&[], &[]).expect("a configuration");
    assert_eq!((config.trusted_proxies.len(), config.limits.connections_per_address), (2, 1_000));
    assert!(config.notices.is_empty(), "{:?}", config.notices);
}
