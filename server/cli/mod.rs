//! The command line: types only. Settings are options of every command ([`GlobalOptions`]); the
//! commands' own options are texts that the domain parses, so that a rule stands in one place.
//! Passwords never print; on a shared machine give them by file, since others see command lines.

mod backup_args;
mod bot_args;
mod doctor_args;
mod site_mail_args;
mod commands;
mod hours_args;
mod queue_args;
pub mod run;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::GlobalOptions;
use crate::secrets::Secret;

pub use backup_args::{Backup, OfVisitor, Restore};
pub use bot_args::{AddBot, BotCommand, BotKind, BotSettings, CheckBot, EchoBot, SetBot};
pub use doctor_args::DoctorArgs;
pub use site_mail_args::SiteMailArgs;
pub use hours_args::SetHours;
pub use queue_args::{QueueCommand, QueuePolicy, SetQueue};

/// Self-hosted live chat for customer support.
#[derive(Debug, Parser)]
#[command(name = "deskbell", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub settings: GlobalOptions,
    /// What to do; serve if it is not said.
    #[command(subcommand)]
    command: Option<Command>,
}

impl Cli {
    /// The command that was given, or `serve`.
    pub fn command(&self) -> &Command {
        self.command.as_ref().unwrap_or(&Command::Serve)
    }
}

/// What Deskbell can be told to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve chats (what happens without a command).
    Serve,
    /// Set up an empty database without a browser, and print what was made as one JSON object.
    ///
    /// It makes a workspace, its first owner, a queue called Support with the owner in it, and the
    /// first site, and prints {"workspace_id","owner_id","site_id","site_key","queue_id","api_key"}
    /// on stdout; api_key is null without --api-key. It locks the data folder, so no server may be
    /// running. On a database that is set up it changes nothing, says so on stderr and exits with 3.
    Bootstrap(Bootstrap),
    /// Bring the database to this version's schema, and say what was done.
    ///
    /// `serve` does the same at its start. It locks the data folder, so no server may be running.
    Migrate,
    /// Add agents and reset their passwords.
    #[command(subcommand)]
    Agent(AgentCommand),
    /// Change a site's settings.
    #[command(subcommand)]
    Site(SiteCommand),
    /// Change a queue's settings.
    #[command(subcommand)]
    Queue(QueueCommand),
    /// Add and change bots, which answer first.
    #[command(subcommand)]
    Bot(BotCommand),
    /// Write everything into one file, beside a running server.
    ///
    /// What belongs to visitors is encrypted, each with a key of their own. The keys stand in a small
    /// file apart from it (--keys): keep that one safe, too, and only its newest state. The backup is read
    /// again as a whole before it gets its name; a file that is there is never written over.
    Backup(Backup),
    /// Put a backup in place, into the embedded database or into an empty PostgreSQL.
    ///
    /// The server has to be stopped. The backup is read as a whole before anything is touched. The
    /// embedded database that was there is kept beside the new one under another name.
    Restore(Restore),
    /// Print everything that is kept of a visitor as one JSON object.
    ///
    /// It works beside a running server.
    Export(OfVisitor),
    /// Delete a visitor with their conversations, on all their devices, and their key.
    ///
    /// What older backups hold of them cannot be read any more. It cannot be undone. It works beside a
    /// running server; who has a chat with them open sees it go within 10 seconds.
    Erase(OfVisitor),
    /// Ask the server that runs with these settings whether it is ready; exits with 1 if it is not.
    ///
    /// For containers and monitors. It asks /readyz at the address of --listen on this machine, by
    /// HTTPS if --tls-cert is set, and waits for 3 seconds at most.
    Health,
    /// Check everything that a desk stands on, and say what is wrong.
    ///
    /// It prints one line for each of: configuration, data folder, its disk, permissions and speed, open
    /// files, database and its speed, schema, set-up, clock, sites and their tags, queues, jobs, backups
    /// and their keys, certificate, HTTPS, public address, sockets and proxies. Each begins with ok, warn or fail. It changes
    /// nothing, works beside a running server, and exits with 1 if anything fails.
    ///
    /// With --mail it looks at mail instead: whether mails go out, whether answers come back, and what the DNS
    /// says of the domains. It sends one mail through the running server to the desk itself.
    Doctor(DoctorArgs),
}

/// The first owner and the first site.
#[derive(Debug, Clone, Args)]
#[command(group(clap::ArgGroup::new("password").args(["owner_password", "owner_password_file"]).required(true)))]
pub struct Bootstrap {
    /// Mail address of the first owner, by which they sign in. What stands before the @ becomes
    /// their name.
    #[arg(long, value_name = "EMAIL")]
    pub owner_email: String,
    /// Their password, at least 10 characters. Every user of the machine can see it; a file is better.
    #[arg(long, value_name = "PASSWORD")]
    pub owner_password: Option<Secret>,
    /// A file that holds the password on its first line.
    #[arg(long, value_name = "FILE")]
    pub owner_password_file: Option<PathBuf>,
    /// Name of the first site, at most 80 characters. The workspace gets the same name.
    #[arg(long, value_name = "NAME")]
    pub site: String,
    /// Where the site is, such as https://shop.example. Repeat it for several.
    #[arg(long, value_name = "ORIGIN", required = true)]
    pub origin: Vec<String>,
    /// Make a key of the REST API as well. It is printed once and stored as a hash only.
    #[arg(long)]
    pub api_key: bool,
}

/// People with a login.
#[derive(Debug, Clone, Subcommand)]
pub enum AgentCommand {
    /// Add an agent; without a password one is made and printed once.
    ///
    /// If there is only one queue, they serve it; else put them into one with `queue set`. It works
    /// beside a running server.
    Add(AddAgent),
    /// Change how many chats an agent may have at once.
    ///
    /// It works beside a running server; more room is filled within 10 seconds.
    Set(SetAgent),
    /// Give an agent a new password and end their sessions; without one, one is made and printed once.
    ///
    /// It works beside a running server.
    ResetPassword(ResetPassword),
}

/// A new agent.
#[derive(Debug, Clone, Args)]
pub struct AddAgent {
    /// Their mail address, by which they sign in.
    #[arg(long)]
    pub email: String,
    /// Their name as visitors see it, at most 80 characters.
    #[arg(long)]
    pub name: String,
    /// What they may do.
    #[arg(long, value_enum, default_value_t = AgentRole::Agent)]
    pub role: AgentRole,
    #[command(flatten)]
    pub password: PasswordSource,
    /// How many chats they may have at once.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub capacity: u32,
}

/// Changes of an agent.
#[derive(Debug, Clone, Args)]
pub struct SetAgent {
    /// Their mail address.
    #[arg(long)]
    pub email: String,
    /// How many chats they may have at once; 0 takes them out of routing.
    #[arg(long, value_parser = clap::value_parser!(u32).range(..=100))]
    pub capacity: u32,
}

/// An agent's new password.
#[derive(Debug, Clone, Args)]
pub struct ResetPassword {
    /// Their mail address.
    #[arg(long)]
    pub email: String,
    #[command(flatten)]
    pub password: PasswordSource,
    /// Switch two-factor sign-in off as well, for somebody who has lost their phone and their recovery codes.
    #[arg(long)]
    pub second_factor_off: bool,
}

/// A password, or nothing: then one is made.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub struct PasswordSource {
    /// The password, at least 10 characters. Every user of the machine can see it; a file is better.
    /// Without either, one is made.
    #[arg(long)]
    pub password: Option<Secret>,
    /// A file that holds the password on its first line.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

impl PasswordSource {
    /// The given password; none if one is to be made.
    ///
    /// # Errors
    /// The file cannot be read or its first line is empty.
    pub fn read(&self) -> Result<Option<Secret>, PasswordFileError> {
        read_password(self.password.as_ref(), self.password_file.as_ref())
    }
}

impl Bootstrap {
    /// The owner's password.
    ///
    /// # Errors
    /// The file cannot be read or its first line is empty.
    pub fn password(&self) -> Result<Secret, PasswordFileError> {
        // clap requires one of the two; without either the password is empty, and too short.
        let read = read_password(self.owner_password.as_ref(), self.owner_password_file.as_ref())?;
        Ok(read.unwrap_or_else(|| Secret::new("")))
    }
}

/// The file of a password is of no use.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFileError {
    #[error("the password file `{}` cannot be read: {why}", path.display())]
    Unreadable { path: PathBuf, why: std::io::Error },
    #[error("the first line of the password file `{}` is empty", path.display())]
    Empty { path: PathBuf },
}

fn read_password(given: Option<&Secret>, file: Option<&PathBuf>) -> Result<Option<Secret>, PasswordFileError> {
    let Some(path) = file else { return Ok(given.cloned()) };
    let text =
        std::fs::read_to_string(path).map_err(|why| PasswordFileError::Unreadable { path: path.clone(), why })?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Some(Secret::new(line))),
        _ => Err(PasswordFileError::Empty { path: path.clone() }),
    }
}

/// What an agent may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AgentRole {
    Owner,
    Admin,
    Supervisor,
    Agent,
}

/// Sites.
#[derive(Debug, Clone, Subcommand)]
pub enum SiteCommand {
    /// Change what is named and leave the rest.
    ///
    /// It works beside a running server; visitors who come later than 2 seconds after it see the change.
    Set(Box<SetSite>),
    /// Make the secret with which the website's server proves who its visitors are.
    ///
    /// The new secret is printed once, alone on stdout. The one before still counts until it is
    /// dropped, so that the website can go over to the new one at leisure. It works beside a running
    /// server, which sees the change at once. docs/identity.md says how a website signs.
    Identity(SiteIdentity),
}

/// A site's identity secrets.
#[derive(Debug, Clone, Args)]
#[command(group(clap::ArgGroup::new("what").args(["new_secret", "drop_old_secret"]).required(true)))]
pub struct SiteIdentity {
    /// The site's key or name.
    #[arg(long, value_name = "KEY_OR_NAME")]
    pub site: String,
    /// Make a new secret and print it.
    #[arg(long)]
    pub new_secret: bool,
    /// End the secret before the current one: what is signed with it is refused from now on.
    #[arg(long)]
    pub drop_old_secret: bool,
}

/// Changes of a site.
#[derive(Debug, Clone, Args)]
pub struct SetSite {
    /// The site's key or name.
    #[arg(long, value_name = "KEY_OR_NAME")]
    pub site: String,
    /// A new name, at most 80 characters.
    #[arg(long)]
    pub name: Option<String>,
    /// Where the widget may be, such as https://shop.example. Repeat it for several; together they
    /// replace the list. The server's own address is always allowed.
    #[arg(long)]
    pub origin: Vec<String>,
    /// What a visitor's message after the end does: reopen the chat (as at set-up) or begin a new one.
    #[arg(long, value_enum)]
    pub on_closed: Option<OnClosed>,
    /// For how long visitors may edit a message; 0 forbids it. At set-up it is 300.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=31_536_000))]
    pub edit_window: Option<u32>,
    /// For how long visitors may delete a message; 0 forbids it. At set-up it is 300.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=31_536_000))]
    pub delete_window: Option<u32>,
    /// The widget's language where the page names none, such as en or de. At set-up it is en.
    #[arg(long)]
    pub locale: Option<String>,
    /// The widget's colour.
    #[arg(long, value_name = "#rrggbb")]
    pub colour: Option<String>,
    /// The first words that a visitor reads, at most 300 characters; empty text takes them away.
    #[arg(long, value_name = "TEXT")]
    pub greeting: Option<String>,
    #[command(flatten)]
    pub hours: SetHours,
    #[command(flatten)]
    pub asks: SiteAsks,
    #[command(flatten)]
    pub mail: SiteMailArgs,
}

/// What a site asks of its visitors and tells them.
#[derive(Debug, Clone, Default, Args)]
pub struct SiteAsks {
    /// A field of the form before the chat: name, email, phone, topic (a choice of queues) or text=LABEL,
    /// each with :required behind it where visitors cannot write before they answer. Repeat it for
    /// several, at most 8; together they replace the form. Empty text takes the form away.
    #[arg(long, value_name = "FIELD")]
    pub pre_chat: Vec<String>,
    /// Name of a queue that the topic offers. Repeat it for several; together they replace the list.
    /// Empty text, as at set-up, offers all queues.
    #[arg(long, value_name = "QUEUE")]
    pub topic: Vec<String>,
    /// Whether visitors have to agree before anything of theirs is stored.
    #[arg(long, value_enum)]
    pub consent: Option<Switch>,
    /// What they agree to, at most 1000 characters; empty text puts our own words back.
    #[arg(long, value_name = "TEXT")]
    pub consent_text: Option<String>,
    /// Whether visitors are asked how it was when a chat is over.
    #[arg(long, value_enum)]
    pub rating: Option<Switch>,
    /// Whether visitors are asked for a mail address while they wait and nobody is here; they may skip
    /// it, unless it is required.
    #[arg(long, value_enum)]
    pub offline_address: Option<OfflineAddress>,
    /// What is kept and how long, in one sentence of at most 1000 characters; empty text puts our own
    /// words back.
    #[arg(long, value_name = "TEXT")]
    pub privacy: Option<String>,
    /// Whether agents see what a visitor types before it is sent.
    #[arg(long, value_enum)]
    pub preview: Option<Switch>,
    /// How soon you usually answer, at most 604800; 0 promises nothing.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=604_800))]
    pub reply_within: Option<u32>,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

/// Whether a mail address is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OfflineAddress {
    Off,
    Optional,
    Required,
}

/// What a message in a closed conversation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnClosed {
    Reopen,
    New,
}

#[cfg(test)]
mod tests;
