//! How long a peer may keep the server waiting. Not for operators: only tests are less patient.

use std::time::Duration;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How often a socket's peer is pinged.
    pub ping_every: Duration,
    /// A peer that was not heard for this long is gone; with `ping_every` it is found within 30 s.
    pub silent: Duration,
    /// How long a socket may stay without `hello`.
    pub hello: Duration,
    /// How long one send may take before the peer counts as slow.
    pub send: Duration,
    /// How long a request's body may take.
    pub body: Duration,
    /// How often an agent's cookie is looked up again while a session lives.
    pub recheck: Duration,
    /// How often it is looked whether the agents who are connected are still signed in.
    pub signed_in: Duration,
    /// How often the files of certificate and key are read again.
    pub certificate: Duration,
    /// How long one mail may take, from the connection to the mail server's last answer.
    pub mail: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            ping_every: Duration::from_secs(10),
            silent: Duration::from_secs(19),
            hello: Duration::from_secs(10),
            send: Duration::from_secs(20),
            body: Duration::from_secs(10),
            recheck: Duration::from_secs(30),
            signed_in: Duration::from_secs(4),
            certificate: Duration::from_secs(5),
            mail: Duration::from_secs(60),
        }
    }
}
