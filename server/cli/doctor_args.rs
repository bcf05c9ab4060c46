//! What `doctor` takes.

use std::net::SocketAddr;

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
    /// How long a mail may take, out and back.
    #[arg(long, value_name = "SECONDS", requires = "mail", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub wait: u32,
}
