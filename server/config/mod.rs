//! Configuration: read once, from flags, environment and `deskbell.toml`, into typed values; the
//! only reader of the environment. All problems are reported together, and no secret is printed.

mod file;
mod limits;
mod mail;
mod patience;
mod problems;
mod settings;
mod values;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::outgoing::Allowed;
use crate::secrets::Secret;
use file::FileValues;
pub use limits::{Limits, Number, Numbers, PasswordCost};
pub use mail::{Encryption, MailConfig, MailServer};
pub use patience::Patience;
pub use problems::{Origin, Problem, Problems};
pub use settings::{GlobalOptions, SETTINGS, Setting};

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded database, made if it is missing.
    Sqlite(PathBuf),
    /// A `postgres://` URL, which may hold a password.
    Postgres(Secret),
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where the certificate is that Deskbell shows when it speaks TLS itself. Read at start, not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM: the server's certificate first, then those that lead to its authority.
    pub cert: PathBuf,
    /// PEM: the private key.
    pub key: PathBuf,
}

/// Everything an operator decides. Printing it with `{:?}` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where HTTP is served; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What visitors and mails see: scheme, host and port, path `/`.
    pub public_url: Url,
    /// Set if HTTPS is served here and not by a proxy.
    pub tls: Option<TlsFiles>,
    /// Folder of the embedded database and secrets; may not exist yet.
    pub data: PathBuf,
    pub database: DatabaseUrl,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// What bots and webhooks may be at beside the internet's addresses.
    pub outgoing_allow: Allowed,
    /// How mail goes out and comes in.
    pub mail: MailConfig,
    /// A filter that `tracing_subscriber` accepts.
    pub log: String,
    pub log_format: LogFormat,
    /// How old the last backup may be before owners and admins are warned; zero: never.
    pub backup_within: Duration,
    /// Threads that serve HTTP, at least 1.
    pub workers: usize,
    pub limits: Limits,
    pub password: PasswordCost,
    pub patience: Patience,
    /// What is allowed and yet worth a line in the log.
    pub notices: Vec<String>,
    /// Key, value without secrets, origin.
    shown: Vec<(String, String, Origin)>,
}

/// What the process finds around it.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The variables whose names begin with `DESKBELL_`.
    pub variables: BTreeMap<String, OsString>,
    /// Where `deskbell.toml` is looked for; empty means the working folder.
    pub folder: PathBuf,
}

impl Environment {
    /// That of this process.
    #[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
    pub fn of_process() -> Self {
        let ours = |(name, value): (OsString, OsString)| {
            let name = name.into_string().ok()?;
            name.starts_with("DESKBELL_").then_some((name, value))
        };
        Self { variables: std::env::vars_os().filter_map(ours).collect(), folder: PathBuf::new() }
    }
}

impl Config {
    /// What holds if nobody decides anything, on a free port of this machine only. For tests,
    /// which change the fields they are about.
    pub fn defaults(data: &Path) -> Self {
        let listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self {
            listen,
            public_url: values::url_of(listen, false),
            tls: None,
            database: values::database_in(data),
            data: data.to_owned(),
            trusted_proxies: Vec::new(),
            outgoing_allow: Allowed::default(),
            mail: MailConfig::default(),
            log: "info".into(),
            log_format: LogFormat::Text,
            backup_within: Duration::ZERO,
            workers: 1,
            limits: Limits::default(),
            password: PasswordCost::default(),
            patience: Patience::default(),
            notices: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// Reads flags, environment and file, in this order of strength.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn load(options: &GlobalOptions, environment: &Environment) -> Result<Self, Problems> {
        let mut loader = Loader::gather(options, environment);
        let config = loader.config();
        if loader.problems.is_empty() { Ok(config) } else { Err(loader.problems) }
    }

    /// With the port that listening on port 0 gave; the public address follows if nobody set it.
    pub fn bound_to(mut self, listen: SocketAddr) -> Self {
        let given = self.shown.iter().any(|(key, _, origin)| key == "public_url" && *origin != Origin::Default);
        if !given {
            self.public_url = values::url_of(listen, self.tls.is_some());
        }
        self.listen = listen;
        self
    }

    /// Every value in force and where it came from, as TOML with comments; secrets are cut.
    pub fn effective(&self) -> String {
        let line = |(key, value, origin): &(String, String, Origin)| match value.is_empty() {
            true => format!("{key}\n"),
            false => format!("{key} = {value}  # {origin}\n"),
        };
        self.shown.iter().map(line).collect()
    }
}

/// Texts with their origins on the way to a [`Config`].
struct Loader {
    given: BTreeMap<&'static str, (String, Origin)>,
    file: FileValues,
    problems: Problems,
    notices: Vec<String>,
    shown: Vec<(String, String, Origin)>,
}

impl Loader {
    /// Collects what is given for each setting; the strongest origin wins.
    fn gather(options: &GlobalOptions, environment: &Environment) -> Self {
        let mut problems = Problems::default();
        let mut given = BTreeMap::new();
        for setting in SETTINGS {
            if let Some(text) = options.get(setting.key) {
                given.insert(setting.key, (text.to_owned(), Origin::Flag(setting.flag)));
                continue;
            }
            let origin = Origin::Environment(setting.env.to_owned());
            match environment.variables.get(setting.env).map(|value| value.to_str()) {
                Some(None) => problems.add(&origin, setting.key, "the value is not UTF-8"),
                Some(Some(text)) if !text.is_empty() => drop(given.insert(setting.key, (text.to_owned(), origin))),
                _ => {}
            }
        }
        let data = given.get("data").map_or("data", |(text, _)| text.as_str());
        let named = given.get(settings::CONFIG).map(|(text, origin)| (text.as_str(), origin));
        let path = file::find(named, &environment.folder, &environment.folder.join(data), &mut problems);
        let mut file = path.map(|path| file::read(&path, &mut problems)).unwrap_or_default();
        for setting in SETTINGS {
            if let Some(found) = file.settings.remove(setting.key) {
                given.entry(setting.key).or_insert(found);
            }
        }
        Self { given, file, problems, notices: mistyped(environment), shown: Vec::new() }
    }

    /// The value of `key`, or what holds without one. A bad value is noted and the default goes
    /// on, so that the other problems are found too.
    fn value<T>(&mut self, key: &'static str, otherwise: T, parse: impl FnOnce(&str) -> Result<T, String>) -> T {
        let Some((text, origin)) = self.given.get(key) else { return otherwise };
        parse(text).unwrap_or_else(|message| {
            self.problems.add(origin, key, message);
            otherwise
        })
    }

    fn origin(&self, key: &str) -> Origin {
        self.given.get(key).map_or(Origin::Default, |(_, origin)| origin.clone())
    }

    fn config(&mut self) -> Config {
        let listen = self.value("listen", SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080), values::listen);
        let tls = self.tls();
        let public_url = self.value("public_url", values::url_of(listen, tls.is_some()), values::public_url);
        let data = self.value("data", PathBuf::from("./data"), values::data);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut config = Config {
            listen,
            public_url,
            tls,
            database: self.database(&data),
            data,
            trusted_proxies: self.value("trusted_proxy", Vec::new(), values::trusted_proxies),
            outgoing_allow: self.value("outgoing_allow", Allowed::default(), str::parse),
            mail: self.mail(),
            log: self.value("log", "info".to_owned(), values::log),
            log_format: self.value("log_format", LogFormat::Text, values::log_format),
            backup_within: self.value("backup_within", Duration::ZERO, values::hours),
            workers: self.value("workers", cores, values::workers),
            limits: self.file.limits.clone(),
            password: self.file.password.clone(),
            patience: Patience::default(),
            notices: Vec::new(),
            shown: Vec::new(),
        };
        self.check(&config);
        self.show(&config);
        config.notices = std::mem::take(&mut self.notices);
        config.shown = std::mem::take(&mut self.shown);
        config
    }

    /// The database, from `database` or from the file that `database_file` names; the stronger
    /// origin wins, and two of one strength contradict each other.
    fn database(&mut self, data: &Path) -> DatabaseUrl {
        let (said, filed) = (self.origin("database"), self.origin("database_file"));
        if filed == Origin::Default || said.rank() > filed.rank() {
            return self.value("database", values::database_in(data), |text| values::database(text, data));
        }
        if said.rank() == filed.rank() {
            self.problems.add(&filed, "database_file", format!("{said} says where the database is as well; keep one"));
        }
        self.value("database_file", values::database_in(data), |path| match std::fs::read_to_string(path) {
            Ok(text) => values::database(text.trim(), data).map_err(|why| format!("in `{path}`: {why}")),
            Err(why) => Err(format!("`{path}` cannot be read: {why}")),
        })
    }

    /// Certificate and key: both or neither.
    fn tls(&mut self) -> Option<TlsFiles> {
        let mut file = |key| self.value(key, PathBuf::new(), values::file);
        let (cert, key) = (file("tls_cert"), file("tls_key"));
        let lone = match (self.origin("tls_cert"), self.origin("tls_key")) {
            (Origin::Default, Origin::Default) => return None,
            (Origin::Default, given) => {
                Some(("tls_key", given, "a key needs its certificate; name it with --tls-cert"))
            }
            (given, Origin::Default) => {
                Some(("tls_cert", given, "a certificate needs its key; name it with --tls-key"))
            }
            _ => None,
        };
        if let Some((setting, origin, message)) = lone {
            self.problems.add(&origin, setting, message);
        }
        Some(TlsFiles { cert, key })
    }

    /// What only several values together show.
    fn check(&mut self, config: &Config) {
        let password = &config.password;
        if u64::from(password.memory_kib) < 8 * u64::from(password.parallelism) {
            let origin = self.file.origin_of(PasswordCost::TABLE, "memory_kib");
            let least = 8 * password.parallelism;
            let message = format!("{} lanes need at least {least} KiB", password.parallelism);
            self.problems.add(&origin, "password.memory_kib", message);
        }
        if password.is_weak() {
            let weak = "[password] costs less than is safe: a thief of the database would guess passwords quickly";
            self.notices.push(weak.into());
        }
        if config.tls.is_some() && config.public_url.scheme() == "http" {
            let message = "with --tls-cert Deskbell speaks HTTPS only, so this begins with https://";
            self.problems.add(&self.origin("public_url"), "public_url", message);
        }
        if config.listen.ip().is_unspecified() && self.origin("public_url") == Origin::Default {
            let advice = "it listens on every network, but --public-url does not say what visitors see: links lead to";
            self.notices.push(format!("{advice} {}", config.public_url));
        }
    }

    fn show(&mut self, config: &Config) {
        let format = match config.log_format {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        };
        let database = match self.origin("database_file") {
            filed if filed.rank() > self.origin("database").rank() => filed,
            _ => self.origin("database"),
        };
        let networks: Vec<String> = config.trusted_proxies.iter().map(|net| format!("{:?}", net.to_string())).collect();
        let reachable: Vec<String> = config.outgoing_allow.entries().iter().map(|entry| format!("{entry:?}")).collect();
        let texts = [
            ("listen", format!("{:?}", config.listen.to_string()), self.origin("listen")),
            ("public_url", format!("{:?}", config.public_url.as_str()), self.origin("public_url")),
            ("tls_cert", shown_file(config.tls.as_ref().map(|tls| &tls.cert)), self.origin("tls_cert")),
            ("tls_key", shown_file(config.tls.as_ref().map(|tls| &tls.key)), self.origin("tls_key")),
            ("data", format!("{:?}", config.data.display().to_string()), self.origin("data")),
            ("database", format!("{:?}", values::database_shown(&config.database)), database),
            ("trusted_proxy", format!("[{}]", networks.join(", ")), self.origin("trusted_proxy")),
            ("outgoing_allow", format!("[{}]", reachable.join(", ")), self.origin("outgoing_allow")),
            ("log", format!("{:?}", config.log), self.origin("log")),
            ("log_format", format!("{format:?}"), self.origin("log_format")),
            ("backup_within", (config.backup_within.as_secs() / 3_600).to_string(), self.origin("backup_within")),
            ("workers", config.workers.to_string(), self.origin("workers")),
        ];
        self.shown.extend(texts.map(|(key, value, origin)| (key.to_owned(), value, origin)));
        self.show_mail(&config.mail);
        self.show_numbers(&config.limits);
        self.show_numbers(&config.password);
    }

    fn show_numbers<T: Numbers>(&mut self, table: &T) {
        self.shown.push((format!("\n[{}]", T::TABLE), String::new(), Origin::Default));
        for (number, value) in T::NUMBERS.iter().zip(table.values()) {
            let origin = self.file.origin_of(T::TABLE, number.key);
            self.shown.push((number.key.to_owned(), value.to_string(), origin));
        }
    }
}

fn shown_file(file: Option<&PathBuf>) -> String {
    format!("{:?}", file.map(|file| file.display().to_string()).unwrap_or_default())
}

/// Variables that look like a setting's but are none. Only a notice: other programs set
/// `DESKBELL_…` variables as well (Kubernetes does for a service of that name).
fn mistyped(environment: &Environment) -> Vec<String> {
    let known = |name: &str| SETTINGS.iter().any(|setting| setting.env == name);
    let unknown = environment.variables.keys().filter(|name| !known(name));
    let notice = |name: &String| {
        let typed = name.strip_prefix("DESKBELL_")?;
        let meant = problems::nearest(typed, SETTINGS.iter().map(|setting| setting.key))?;
        Some(format!("{name} is not a setting; did you mean DESKBELL_{}?", meant.to_ascii_uppercase()))
    };
    unknown.filter_map(notice).collect()
}

#[cfg(test)]
mod tests;
