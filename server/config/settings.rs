//! The one table of settings. A row is a flag, an environment variable and a key of the file at
//! once, so the three can never drift apart.

use std::collections::BTreeMap;
use std::fmt;

use clap::{Arg, ArgAction, ArgMatches, Command};

/// One setting, under its three names.
#[derive(Debug)]
pub struct Setting {
    /// Its key in `deskbell.toml`.
    pub key: &'static str,
    /// Its flag, without the dashes.
    pub flag: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// What stands for the value in `--help`.
    pub value_name: &'static str,
    /// Its default in words.
    pub default: &'static str,
    /// One line of meaning.
    pub meaning: &'static str,
    /// Whether the flag may be given several times (elsewhere: a list with commas).
    pub repeatable: bool,
}

macro_rules! setting {
    ($key:literal, $flag:literal, $env:literal, $value:literal, $default:literal, $meaning:literal) => {
        Setting {
            key: $key,
            flag: $flag,
            env: $env,
            value_name: $value,
            default: $default,
            meaning: $meaning,
            repeatable: false,
        }
    };
}

/// The key of [`SETTINGS`] that names the file, and so cannot stand in it.
pub(super) const CONFIG: &str = "config";

/// Every setting, in the order of `--help`.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    setting!("config", "config", "DESKBELL_CONFIG", "FILE", "deskbell.toml here or in --data, if there is one",
        "The file to read settings from"),
    setting!("listen", "listen", "DESKBELL_LISTEN", "ADDRESS", "127.0.0.1:8080",
        "Address and port of the HTTP server"),
    setting!("public_url", "public-url", "DESKBELL_PUBLIC_URL", "URL", "http(s):// and --listen",
        "The address that visitors and mails see"),
    setting!("tls_cert", "tls-cert", "DESKBELL_TLS_CERT", "FILE", "none",
        "The certificate with its chain (PEM), to serve HTTPS without a proxy; needs --tls-key"),
    setting!("tls_key", "tls-key", "DESKBELL_TLS_KEY", "FILE", "none",
        "The certificate's private key (PEM)"),
    setting!("data", "data", "DESKBELL_DATA", "FOLDER", "./data",
        "Folder of the embedded database and secrets"),
    setting!("database", "database", "DESKBELL_DATABASE", "URL", "sqlite: in --data",
        "sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME"),
    setting!("database_file", "database-file", "DESKBELL_DATABASE_FILE", "FILE", "none",
        "A file that holds what --database would say, to keep its password out of sight"),
    Setting { repeatable: true, ..setting!("trusted_proxy", "trusted-proxy", "DESKBELL_TRUSTED_PROXY", "NETWORK", "none",
        "Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8") },
    Setting { repeatable: true, ..setting!("outgoing_allow", "outgoing-allow", "DESKBELL_OUTGOING_ALLOW", "ENTRY", "none",
        "Addresses inside your networks that bots and webhooks may be at: 10.0.0.0/8, bot.internal, bot.internal:5005") },
    setting!("smtp", "smtp", "DESKBELL_SMTP", "URL", "none",
        "Where mails go out: smtps://USER:PASSWORD@HOST, or smtp://HOST:PORT (STARTTLS, but not to this machine)"),
    setting!("smtp_file", "smtp-file", "DESKBELL_SMTP_FILE", "FILE", "none",
        "A file that holds what --smtp would say, to keep its password out of sight"),
    setting!("mail_domain", "mail-domain", "DESKBELL_MAIL_DOMAIN", "DOMAIN", "none",
        "The domain of reply addresses: reply+TOKEN@DOMAIN"),
    setting!("imap", "imap", "DESKBELL_IMAP", "URL", "none",
        "The mailbox that answers come to: imaps://USER:PASSWORD@HOST/FOLDER"),
    setting!("imap_file", "imap-file", "DESKBELL_IMAP_FILE", "FILE", "none",
        "A file that holds what --imap would say, to keep its password out of sight"),
    setting!("lmtp_listen", "lmtp-listen", "DESKBELL_LMTP_LISTEN", "ADDRESS", "none",
        "Address and port at which mail is taken from your mail server (LMTP)"),
    setting!("inbound_secret", "inbound-secret", "DESKBELL_INBOUND_SECRET", "SECRET", "none",
        "Signs mails that come by HTTP to /v1/inbound/mail"),
    setting!("inbound_secret_file", "inbound-secret-file", "DESKBELL_INBOUND_SECRET_FILE", "FILE", "none",
        "A file that holds what --inbound-secret would say"),
    setting!("mail_ca", "mail-ca", "DESKBELL_MAIL_CA", "FILE", "none",
        "Certificates of authorities (PEM) that your mail servers may be certified by, beside the web's"),
    setting!("mail_authserv", "mail-authserv", "DESKBELL_MAIL_AUTHSERV", "NAME", "none",
        "Your mail server's name in Authentication-Results: what it found about senders (SPF, DKIM, DMARC) is believed"),
    setting!("dkim_key", "dkim-key", "DESKBELL_DKIM_KEY", "FILE", "none",
        "The private key (PEM) that signs mails, where your mail server does not; needs --dkim-selector"),
    setting!("dkim_selector", "dkim-selector", "DESKBELL_DKIM_SELECTOR", "NAME", "none",
        "The selector under which the key's public half is in the DNS"),
    setting!("log", "log", "DESKBELL_LOG", "FILTER", "info",
        "What is logged: error, warn, info, debug, trace, or by module"),
    setting!("log_format", "log-format", "DESKBELL_LOG_FORMAT", "FORMAT", "text",
        "How it is logged: text or json"),
    setting!("backup_within", "backup-within", "DESKBELL_BACKUP_WITHIN", "HOURS", "0, which is never",
        "Owners and admins are warned in the console when the last backup is older"),
    setting!("workers", "workers", "DESKBELL_WORKERS", "NUMBER", "one for each core",
        "Threads that serve HTTP"),
];

impl Setting {
    fn arg(&self) -> Arg {
        let Self { meaning, default, env, .. } = self;
        Arg::new(self.key)
            .long(self.flag)
            .value_name(self.value_name)
            .help(format!("{meaning} [default: {default}] [env: {env}]"))
            .help_heading("Settings (each also a key of deskbell.toml)")
            .action(if self.repeatable { ArgAction::Append } else { ArgAction::Set })
            .global(true)
    }
}

/// The settings that were given as flags. Does not print values: one of them may be secret.
#[derive(Clone, Default)]
pub struct GlobalOptions(BTreeMap<&'static str, String>);

impl GlobalOptions {
    /// The text given for the setting `key`.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    fn read(matches: &ArgMatches) -> Self {
        let given = |setting: &Setting| {
            let values: Vec<&str> = matches.get_many::<String>(setting.key)?.map(String::as_str).collect();
            Some(values.join(","))
        };
        Self(SETTINGS.iter().filter_map(|setting| Some((setting.key, given(setting)?))).collect())
    }
}

impl fmt::Debug for GlobalOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl clap::FromArgMatches for GlobalOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self::read(matches))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(Self::read(matches).0);
        Ok(())
    }
}

impl clap::Args for GlobalOptions {
    fn augment_args(command: Command) -> Command {
        SETTINGS.iter().fold(command, |command, setting| command.arg(setting.arg()))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_names_of_a_setting_are_one_name() {
        for setting in SETTINGS {
            assert_eq!(setting.flag, setting.key.replace('_', "-"));
            assert_eq!(setting.env, format!("DESKBELL_{}", setting.key.to_ascii_uppercase()));
        }
    }

    #[test]
    fn the_example_environment_lists_every_setting_with_its_meaning() {
        let example = include_str!("../../.env.example");
        let named: Vec<&str> = example
            .lines()
            .filter_map(|line| line.trim_start_matches('#').strip_prefix("DESKBELL_"))
            .filter_map(|line| line.split_once('=').map(|(name, _)| name))
            .collect();
        let expected: Vec<&str> = SETTINGS.iter().map(|setting| &setting.env["DESKBELL_".len()..]).collect();
        assert_eq!(named, expected);
        for setting in SETTINGS {
            assert!(example.contains(setting.meaning), "the meaning of {}", setting.env);
        }
    }

    #[test]
    fn the_documents_list_every_setting_under_its_three_names() {
        let documents = include_str!("../../docs/operating.md");
        for Setting { key, flag, env, default, meaning, .. } in SETTINGS {
            let row = format!("| `--{flag}` | `{env}` | `{key}` | {default} | {meaning} |\n");
            assert!(documents.contains(&row), "{row}");
        }
    }
}
