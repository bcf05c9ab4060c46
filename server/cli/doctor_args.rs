//! What `doctor` takes.

use std::net::{IpAddr, SocketAddr};

use clap::Args;

/// What is looked at.
#[derive(Debug, Clone, Default, Args)]
pub struct DoctorArgs {
    /// Look at mail: the mail server, the DNS, and a mail that goes out and has to come in again.
    #[arg(long)]
    pub mail: bool,
    /// Send a mail to this address, too.
    #[arg(long, value_name = "ADDRESS", requires = "mail")]
    pub to: Option<String>,
    /// The DNS server to ask, instead of the machine's.
    #[arg(long, value_name = "IP:PORT", requires = "mail")]
    pub dns: Option<SocketAddr>,
    /// The address that your mail server sends from, where it is not that of --smtp; may be given again.
    #[arg(long, value_name = "IP", requires = "mail")]
    pub leaves_from: Vec<IpAddr>,
    /// How long a mail may take, out and back.
    #[arg(long, value_name = "SECONDS", requires = "mail", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub wait: u32,
}
