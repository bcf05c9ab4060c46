//! What `site set` takes about mail.

use clap::Args;

/// How a site writes mails.
#[derive(Debug, Clone, Default, Args)]
pub struct SiteMailArgs {
    /// The site's own address: what mails come from, and where a new mail begins a conversation. Empty
    /// text takes it away.
    #[arg(long, value_name = "ADDRESS")]
    pub mail_address: Option<String>,
    /// The name beside it, at most 80 characters; empty text puts the site's name back.
    #[arg(long, value_name = "TEXT")]
    pub mail_name: Option<String>,
    /// What stands under an agent's words, at most 1000 characters; empty text takes it away.
    #[arg(long, value_name = "TEXT")]
    pub mail_signature: Option<String>,
    /// For how long an answer may stay unread before it goes out by mail, at most 604800; 0: it never
    /// does. At first it is 120.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=604_800))]
    pub mail_away: Option<u32>,
}
