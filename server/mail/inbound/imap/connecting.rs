//! Connects to a mail server: TLS from the first byte, STARTTLS, or none where the operator says so. A password
//! is never said before the connection is what was asked for.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use async_imap::Client;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{Error, within};
use crate::config::{Encryption, MailServer};

/// A connection, encrypted or not.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Stream for T {}

/// A connection that is signed in.
pub type Session = async_imap::Session<Box<dyn Stream>>;

/// Connects and signs in. `ca` holds certificates of authorities that are trusted beside the web's.
///
/// # Errors
/// What failed, without the password.
pub async fn connect(server: &MailServer, ca: Option<&Path>) -> Result<Session, Error> {
    let (user, password) = server.login.as_ref().ok_or(Error::NoUser)?;
    let stream = within(TcpStream::connect((server.host.as_str(), server.port))).await?;
    stream.set_nodelay(true)?;
    let client = match server.encryption {
        Encryption::Implicit => greeted(encrypted(stream, server, ca).await?).await?,
        Encryption::None => greeted(Box::new(stream)).await?,
        Encryption::StartTls => {
            let mut plain = Client::new(stream);
            within(plain.read_response()).await?.ok_or(Error::Said("nothing".to_owned()))?;
            within(plain.run_command_and_check_ok("STARTTLS", None)).await.map_err(|error| match error {
                Error::Refused(_) => Error::NoStartTls,
                other => other,
            })?;
            // What was said before the encryption and not read is dropped with the client.
            Client::new(encrypted(plain.into_inner(), server, ca).await?)
        }
    };
    let signed_in = within(async { client.login(user, password.expose()).await.map_err(|(error, _)| error) }).await;
    signed_in.map_err(|error| match error {
        Error::Refused(said) => Error::Login(said),
        other => other,
    })
}

async fn greeted(stream: Box<dyn Stream>) -> Result<Client<Box<dyn Stream>>, Error> {
    let mut client = Client::new(stream);
    within(client.read_response()).await?.ok_or(Error::Said("nothing".to_owned()))?;
    Ok(client)
}

async fn encrypted(stream: TcpStream, server: &MailServer, ca: Option<&Path>) -> Result<Box<dyn Stream>, Error> {
    let name = ServerName::try_from(server.host.clone()).map_err(|_| Error::Name(server.host.clone()))?;
    let connector = TlsConnector::from(Arc::new(trusting(ca)?));
    Ok(Box::new(within(connector.connect(name, stream)).await?))
}

/// What is trusted: the web's authorities, and the operator's.
fn trusting(ca: Option<&Path>) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(file) = ca {
        let read = |error: rustls::pki_types::pem::Error| {
            std::io::Error::other(format!("the certificates in `{}` cannot be read: {error}", file.display()))
        };
        for certificate in CertificateDer::pem_file_iter(file).map_err(read)? {
            roots.add(certificate.map_err(read)?).map_err(std::io::Error::other)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(config.map_err(std::io::Error::other)?.with_root_certificates(roots).with_no_client_auth())
}
