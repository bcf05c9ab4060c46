//! Certificates of a test, and clients that trust just one authority.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use deskbell::config::TlsFiles;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use reqwest::Certificate;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The host of the tests.
pub const HOST: &str = "chat.shop.example";

/// An authority of a test's own, and the folder where the server's files are.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
    folder: PathBuf,
}

/// A certificate and its key as PEM.
pub struct Pair {
    pub cert: String,
    pub key: String,
    /// The certificate itself, to recognize it.
    pub der: Vec<u8>,
}

impl Authority {
    pub fn new(folder: PathBuf) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let root = params.self_signed(&key).expect("a certificate").der().clone();
        Self { issuer: Issuer::new(params, key), root, folder }
    }

    /// The authority itself as a file of PEM.
    pub fn root_file(&self) -> PathBuf {
        use base64::Engine as _;
        let body = base64::engine::general_purpose::STANDARD.encode(&self.root);
        let path = self.folder.join("authority.pem");
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        std::fs::write(&path, pem).expect("a file");
        path
    }

    /// A certificate for this host that ends on the last day of that year.
    pub fn signs(&self, host: &str, until: i32) -> Pair {
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(until, 12, 31));
        let key = KeyPair::generate().expect("a key");
        let cert = params.signed_by(&key, &self.issuer).expect("a certificate");
        Pair { cert: cert.pem(), key: key.serialize_pem(), der: cert.der().to_vec() }
    }

    /// Where the server looks.
    pub fn files(&self) -> TlsFiles {
        TlsFiles { cert: self.folder.join("cert.pem"), key: self.folder.join("key.pem") }
    }

    /// Puts a pair where the server looks, as a renewal does: written beside, then renamed.
    pub fn installs(&self, pair: &Pair) {
        let TlsFiles { cert, key } = self.files();
        for (path, text) in [(key, &pair.key), (cert, &pair.cert)] {
            let beside = path.with_extension("new");
            std::fs::write(&beside, text).expect("written");
            std::fs::rename(beside, path).expect("renamed");
        }
    }

    /// A client that trusts this authority alone and finds [`HOST`] at this address.
    pub fn client(&self, address: SocketAddr) -> reqwest::Client {
        let root = Certificate::from_der(&self.root).expect("a root");
        reqwest::Client::builder()
            .tls_certs_only([root])
            .resolve(HOST, address)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client")
    }

    /// A TLS connection to the server, new and without memory of others. The error is the client's.
    pub async fn connects(&self, address: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).expect("a root");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = TcpStream::connect(address).await?;
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(HOST).expect("a name"), tcp).await
    }

    /// The certificate that a new connection is shown; none if the handshake fails.
    pub async fn is_shown(&self, address: SocketAddr) -> Option<Vec<u8>> {
        let stream = self.connects(address).await.ok()?;
        Some(stream.get_ref().1.peer_certificates()?.first()?.to_vec())
    }
}
