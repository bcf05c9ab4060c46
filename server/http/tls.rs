//! HTTPS without a proxy: reads certificate and key, shows them to whoever connects, and goes over to
//! newer ones while it runs. It never stops showing a good pair for the sake of a bad one.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::ServerConfig;
use rustls::client::verify_server_name;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::validity::{Validity, validity};
use crate::app::App;
use crate::clock::Timestamp;
use crate::config::{Config, TlsFiles};
use crate::metrics;

/// A certificate that ends sooner than this is worth a line in the log.
const SOON_DAYS: u64 = 14;
const DAY_S: u64 = 24 * 60 * 60;

/// Why there is no certificate to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// A file is not there, or not for us.
    #[error("`{}` cannot be read: {why}", path.display())]
    Unreadable { path: PathBuf, why: String },
    /// A file without what it is for.
    #[error("`{}` holds no certificate; a PEM file has one between BEGIN CERTIFICATE and END CERTIFICATE", .0.display())]
    NoCertificate(PathBuf),
    /// What is in it is no certificate.
    #[error("the certificate in `{}` cannot be understood: {why}", path.display())]
    Certificate { path: PathBuf, why: String },
    /// A file without what it is for.
    #[error("`{}` holds no private key that can be used; a PEM file has one behind BEGIN PRIVATE KEY, without a passphrase", .0.display())]
    NoKey(PathBuf),
    /// A key of a kind that is not supported.
    #[error("the key in `{}` cannot be used: {why}", path.display())]
    Key { path: PathBuf, why: String },
    /// Two files that do not belong together.
    #[error("the key in `{}` does not belong to the first certificate in `{}`", key.display(), cert.display())]
    Mismatch { cert: PathBuf, key: PathBuf },
    /// The library refuses its own defaults.
    #[error("the TLS library does not start: {0}")]
    Library(String),
}

/// The pair that is shown now.
struct Shown {
    pair: Arc<CertifiedKey>,
    validity: Option<Validity>,
    /// SHA-256 of both files, to see a change without keeping the key's bytes.
    digest: [u8; 32],
    /// What was last wrong with newer files; said once.
    trouble: Option<TlsError>,
}

/// Certificate and key, read from their files; each new connection is shown the newest good pair.
pub struct Certificates {
    files: TlsFiles,
    /// The host that visitors ask for.
    host: String,
    shown: Mutex<Shown>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("files", &self.files).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown().pair))
    }
}

impl Certificates {
    /// Reads what `--tls-cert` and `--tls-key` name; none if Deskbell speaks no TLS itself.
    ///
    /// # Errors
    /// A file is missing or of no use, or the two do not belong together.
    pub async fn load(config: &Config) -> Result<Option<Arc<Self>>, TlsError> {
        let Some(files) = config.tls.clone() else { return Ok(None) };
        let host = config.public_url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let (cert, key) = read(&files).await?;
        let shown = Shown { trouble: None, ..understand(&files, &cert, &key)? };
        Ok(Some(Arc::new(Self { files, host, shown: Mutex::new(shown) })))
    }

    /// What the HTTP server takes. TLS 1.2 and 1.3, no client certificates.
    ///
    /// # Errors
    /// The library refuses its own defaults.
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|why| TlsError::Library(why.to_string()))?;
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        Ok(builder.with_no_client_auth().with_cert_resolver(resolver))
    }

    /// What is wrong with the files as they are now; none if what they hold is shown.
    pub fn trouble(&self) -> Option<TlsError> {
        self.shown().trouble.clone()
    }

    /// Reads the files again. Connections that are open stay as they are.
    async fn look_again(&self, now: Timestamp) {
        let newer = match read(&self.files).await {
            Ok((cert, key)) if digest(&cert, &key) == self.shown().digest => return self.shown().trouble = None,
            Ok((cert, key)) => understand(&self.files, &cert, &key),
            Err(why) => Err(why),
        };
        match newer {
            Ok(newer) => {
                *self.shown() = newer;
                tracing::info!("the certificate was changed; new connections get the new one");
                self.tell(now);
            }
            Err(why) if self.shown().trouble.as_ref() == Some(&why) => {}
            Err(why) => {
                tracing::error!(%why, "the new certificate is of no use; the one before is still shown");
                self.shown().trouble = Some(why);
            }
        }
    }

    /// Says in the log and in the metrics how long the certificate holds, and what is odd about it.
    pub fn tell(&self, now: Timestamp) {
        if let Some(validity) = self.shown().validity {
            metrics::certificate_ends(validity.until);
        }
        for odd in self.oddities(now) {
            tracing::warn!("{odd}");
        }
    }

    /// The last moment of the certificate, if it can be read.
    pub fn ends(&self) -> Option<Timestamp> {
        self.shown().validity.map(|validity| validity.until)
    }

    /// What browsers will not like, or not for long.
    pub fn oddities(&self, now: Timestamp) -> Vec<String> {
        let shown = self.shown();
        let mut odd = Vec::new();
        if !is_for(&shown.pair, &self.host) {
            odd.push(format!("the certificate is not for {}, the host of --public-url: browsers refuse it", self.host));
        }
        let Some(Validity { from, until }) = shown.validity else { return odd };
        if now > until {
            odd.push(format!("the certificate expired at {}: browsers refuse it", until.rfc3339()));
        } else if now < from {
            let from = from.rfc3339();
            odd.push(format!("the certificate is not valid before {from}; is this machine's clock right?"));
        } else if until.since(now).as_secs() < SOON_DAYS * DAY_S {
            odd.push(format!("the certificate expires soon, at {}", until.rfc3339()));
        }
        odd
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        // Nothing is left half done under this lock.
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a client that asks for this host may accept the certificate.
fn is_for(pair: &CertifiedKey, host: &str) -> bool {
    let cert = pair.end_entity_cert().and_then(ParsedCertificate::try_from);
    matches!((cert, ServerName::try_from(host)), (Ok(cert), Ok(name)) if verify_server_name(&cert, &name).is_ok())
}

/// Looks every few seconds, and at once on SIGHUP, whether the files have changed. From the call on,
/// before it is awaited, that signal no longer ends the process.
pub fn watch(app: Arc<App>, certificates: Arc<Certificates>) -> impl Future<Output = ()> + Send {
    let mut hangup = signal(SignalKind::hangup()).ok();
    async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(app.config.patience.certificate) => {}
                () = told(&mut hangup) => tracing::info!("SIGHUP: the certificate is read again"),
                () = app.stopping.cancelled() => return,
            }
            certificates.look_again(app.clock.now()).await;
        }
    }
}

/// The next signal; never, where none can be had.
async fn told(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

async fn read(files: &TlsFiles) -> Result<(Vec<u8>, Vec<u8>), TlsError> {
    let read = async |path: &Path| {
        let unreadable = |why: std::io::Error| TlsError::Unreadable { path: path.to_owned(), why: why.to_string() };
        tokio::fs::read(path).await.map_err(unreadable)
    };
    Ok((read(&files.cert).await?, read(&files.key).await?))
}

fn digest(cert: &[u8], key: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(u64::try_from(cert.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(cert);
    hash.update(key);
    hash.finalize().into()
}

/// From the files' bytes to a pair that belongs together.
fn understand(files: &TlsFiles, cert: &[u8], key: &[u8]) -> Result<Shown, TlsError> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(cert)
        .collect::<Result<_, _>>()
        .map_err(|why| TlsError::Certificate { path: files.cert.clone(), why: why.to_string() })?;
    let Some(first) = chain.first() else { return Err(TlsError::NoCertificate(files.cert.clone())) };
    ParsedCertificate::try_from(first)
        .map_err(|why| TlsError::Certificate { path: files.cert.clone(), why: why.to_string() })?;
    let validity = validity(first);
    let private = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::NoKey(files.key.clone()))?;
    let pair = CertifiedKey::from_der(chain, private, &ring::default_provider()).map_err(|why| match why {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch { cert: files.cert.clone(), key: files.key.clone() },
        why => TlsError::Key { path: files.key.clone(), why: why.to_string() },
    })?;
    Ok(Shown { pair: Arc::new(pair), validity, digest: digest(cert, key), trouble: None })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn certificates(names: &[&str], host: &str) -> Certificates {
        let mut params =
            CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).expect("names");
        (params.not_before, params.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2026, 12, 31));
        let key = KeyPair::generate().expect("a key");
        let cert = params.self_signed(&key).expect("a certificate").pem();
        let files = TlsFiles { cert: "cert.pem".into(), key: "key.pem".into() };
        let shown = understand(&files, cert.as_bytes(), key.serialize_pem().as_bytes()).expect("a pair");
        Certificates { files, host: host.to_owned(), shown: Mutex::new(shown) }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect("a time")
    }

    #[test]
    fn what_browsers_refuse_is_told() {
        let named = certificates(&["chat.example.com", "*.shop.example", "127.0.0.1"], "chat.example.com");
        assert_eq!(named.oddities(at("2026-06-01T00:00:00Z")), Vec::<String>::new());
        for (when, told) in [
            ("2025-12-31T23:59:59Z", "the certificate is not valid before 2026-01-01T00:00:00.000Z"),
            ("2026-12-20T00:00:00Z", "the certificate expires soon, at 2026-12-31T00:00:00.000Z"),
            ("2026-12-31T00:00:01Z", "the certificate expired at 2026-12-31T00:00:00.000Z: browsers refuse it"),
        ] {
            let odd = named.oddities(at(when));
            assert!(odd.len() == 1 && odd[0].starts_with(told), "{odd:?}");
        }
    }

    #[test]
    fn the_certificate_has_to_be_for_the_public_host() {
        let now = at("2026-06-01T00:00:00Z");
        for (host, fits) in [
            ("desk.shop.example", true),
            ("127.0.0.1", true),
            ("a.b.shop.example", false),
            ("example.com", false),
            ("::1", false),
        ] {
            let names = ["chat.example.com", "*.shop.example", "127.0.0.1"];
            assert_eq!(certificates(&names, host).oddities(now).is_empty(), fits, "{host}");
        }
    }
}
