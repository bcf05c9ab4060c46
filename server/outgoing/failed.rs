//! Why a request got no answer, in an operator's words. No sentence quotes a body, a header or a
//! secret; a URL's host is named, its path and query are not.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::time::Duration;

use super::resolver::Unresolved;

/// What went wrong with one request. Nothing says that it was not received unless it says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The text is no URL that can be asked. Nothing was sent.
    #[error("the address is not usable: {0}")]
    BadUrl(&'static str),
    /// The address is not the internet's and the operator does not allow it. Nothing was sent.
    #[error("{host} is {address}, {what}; nothing was sent. An operator can allow it with --outgoing-allow")]
    Refused {
        /// The host of the URL.
        host: String,
        /// Where it leads.
        address: IpAddr,
        /// What that is.
        what: &'static str,
    },
    /// The name leads nowhere. Nothing was sent.
    #[error("the name {host} could not be found ({why})")]
    Dns {
        /// The name.
        host: String,
        /// What the system says.
        why: String,
    },
    /// Nobody took the connection. Nothing was sent.
    #[error("no connection ({0})")]
    Connect(String),
    /// The certificate or the handshake. Nothing was sent.
    #[error("no secure connection ({0})")]
    Tls(String),
    /// The deadline passed; it may have been received.
    #[error("no answer within {} s", .after.as_secs_f64())]
    TimedOut {
        /// The deadline.
        after: Duration,
    },
    /// The answer is larger than the limit, and the rest was not read.
    #[error("the answer is larger than {limit} bytes")]
    TooBig {
        /// The limit.
        limit: usize,
    },
    /// It answers with a redirect that is not followed.
    #[error("it redirects ({status}) to {to}, which is not followed; write the final address")]
    Redirect {
        /// The status, 301 to 308.
        status: u16,
        /// Scheme and host of where to, or `an address that is missing`.
        to: String,
    },
    /// The answer is compressed, which was not asked for.
    #[error("the answer is compressed ({0}); answer without compression")]
    Compressed(String),
    /// The connection ended in the middle, or what came is not HTTP; it may have been received.
    #[error("the connection broke off ({0})")]
    CutOff(String),
    /// This machine cannot ask anybody; nothing was sent.
    #[error("nothing can be asked: {0}")]
    Unable(String),
}

impl Failed {
    /// Whether it is certain that nothing reached the other side, so that a repeat cannot double it.
    pub fn unsent(&self) -> bool {
        matches!(
            self,
            Self::BadUrl(_)
                | Self::Refused { .. }
                | Self::Dns { .. }
                | Self::Connect(_)
                | Self::Tls(_)
                | Self::Unable(_)
        )
    }

    /// A short name that stays, for metrics and tables.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BadUrl(_) => "bad_url",
            Self::Refused { .. } => "refused",
            Self::Dns { .. } => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::TimedOut { .. } => "timed_out",
            Self::TooBig { .. } => "too_big",
            Self::Redirect { .. } => "redirect",
            Self::Compressed(_) => "compressed",
            Self::CutOff(_) => "cut_off",
            Self::Unable(_) => "unable",
        }
    }

    /// From what the library says, by the errors that it wraps.
    pub(super) fn of(error: &reqwest::Error, after: Duration) -> Self {
        if let Some(unresolved) = find::<Unresolved>(error) {
            return match unresolved.clone() {
                Unresolved::Refused { host, address, what } => Self::Refused { host, address, what },
                Unresolved::Unknown { host, why } => Self::Dns { host, why },
            };
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            return Self::Tls(tls.to_string());
        }
        match error {
            _ if error.is_connect() && error.is_timeout() => Self::Connect("nobody takes it".into()),
            _ if error.is_connect() => Self::Connect(innermost(error)),
            _ if error.is_timeout() => Self::TimedOut { after },
            _ => Self::CutOff(innermost(error)),
        }
    }
}

/// The next error inside. An I/O error hides the one that it was made from.
fn inside<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(hidden) => Some(hidden as &(dyn StdError + 'static)),
        None => error.source(),
    }
}

fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    std::iter::successors(Some(error), |error| inside(*error)).find_map(|error| error.downcast_ref())
}

/// The innermost error says most.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    std::iter::successors(Some(error), |error| inside(*error)).last().map_or_else(String::new, ToString::to_string)
}
