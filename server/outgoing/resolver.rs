//! Names to addresses, for connections of [`super::Outgoing`] and nobody else. What it hands on is what
//! is connected to, so an answer that changes between a check and a connection cannot slip by: there is
//! no other check of names.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::addresses;
use super::allowed::Allowed;

/// Where names are looked up.
#[derive(Clone)]
pub(super) enum Names {
    /// The system's resolver.
    System,
    /// A test's own.
    #[cfg(test)]
    Told(Arc<dyn Fn(&str) -> Vec<IpAddr> + Send + Sync>),
}

/// A name that is not connected to.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Unresolved {
    /// All that it leads to is refused; the first of them.
    #[error("{host} is {address}, {what}")]
    Refused { host: String, address: IpAddr, what: &'static str },
    /// It leads nowhere.
    #[error("{host}: {why}")]
    Unknown { host: String, why: String },
}

/// Looks up and drops what may not be connected to.
pub(super) struct Guarded {
    pub names: Names,
    pub allowed: Arc<Allowed>,
    /// Set for hosts that the operator allows by name: wherever they lead.
    pub anywhere: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, allowed, anywhere) = (self.names.clone(), Arc::clone(&self.allowed), self.anywhere);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = look_up(&names, &host).await?;
            let may = |address: &IpAddr| anywhere || refused(&allowed, *address).is_none();
            let open: Vec<SocketAddr> = found.iter().filter(|at| may(at)).map(|at| SocketAddr::new(*at, 0)).collect();
            match (open.is_empty(), found.first()) {
                (false, _) => Ok(Box::new(open.into_iter()) as Addrs),
                (true, Some(address)) => {
                    let what = refused(&allowed, *address).unwrap_or("not allowed");
                    Err(Unresolved::Refused { host, address: *address, what }.into())
                }
                (true, None) => Err(Unresolved::Unknown { host, why: "it has no address".into() }.into()),
            }
        })
    }
}

/// What the address is, if nothing may go there.
pub(super) fn refused(allowed: &Allowed, address: IpAddr) -> Option<&'static str> {
    addresses::inner(address).filter(|_| !allowed.address(address))
}

async fn look_up(names: &Names, host: &str) -> Result<Vec<IpAddr>, Unresolved> {
    match names {
        Names::System => match tokio::net::lookup_host((host, 0)).await {
            Ok(found) => Ok(found.map(|at| at.ip()).collect()),
            Err(why) => Err(Unresolved::Unknown { host: host.to_owned(), why: why.to_string() }),
        },
        #[cfg(test)]
        Names::Told(told) => Ok(told(host)),
    }
}
