//! Signs mails (RFC 6376), for those whose mail server does not. The signature is of the domain in `From`:
//! that is the one under which receivers look for the public key, and what DMARC wants to see.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
};
use lettre::message::header::HeaderName;
use lettre::message::{Message, dkim_sign};

/// What is signed. What a mail does not have is signed as missing, and what stands here twice as standing once:
/// whoever puts another one on top breaks the signature (RFC 6376, 8.15).
const SIGNED: [&str; 22] = [
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
];
/// The object identifier of RSA keys (RFC 8017), as it stands in a PKCS #8 file.
const RSA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// The beginning of every PKCS #8 file with an Ed25519 key (RFC 8410); 32 bytes of the key follow.
const ED25519: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A key, and the name that its public half has in the DNS.
pub struct Dkim {
    selector: String,
    key: Key,
}

enum Key {
    /// PEM of PKCS #1.
    Rsa(String),
    /// The 32 bytes in base64.
    Ed25519(String),
}

impl fmt::Debug for Dkim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dkim").field("selector", &self.selector).finish_non_exhaustive()
    }
}

impl Dkim {
    /// Reads a key from a file of PEM: RSA (PKCS #1 or #8) or Ed25519 (PKCS #8).
    ///
    /// # Errors
    /// What is wrong with it, without a part of it.
    pub fn read(path: &Path, selector: &str) -> Result<Self, String> {
        let bad = |why: &str| format!("dkim_key `{}` is of no use: {why}", path.display());
        let pem = std::fs::read_to_string(path).map_err(|error| bad(&error.to_string()))?;
        let key = Key::parse(&pem).ok_or_else(|| bad("it is no private key in PEM, of RSA or Ed25519"))?;
        if key.signing().is_none() {
            return Err(bad("it is no private key in PEM, of RSA or Ed25519"));
        }
        Ok(Self { selector: selector.to_owned(), key })
    }

    /// Adds the signature. A mail whose sender has no domain stays as it is.
    pub fn sign(&self, message: &mut Message) {
        let from = message.headers().get::<lettre::message::header::From>();
        let mailbox = from.and_then(|from| lettre::message::Mailboxes::from(from).into_single());
        let (Some(mailbox), Some(key)) = (mailbox, self.key.signing()) else { return };
        let headers = SIGNED.iter().map(|name| HeaderName::new_from_ascii_str(name)).collect();
        let relaxed =
            DkimCanonicalization { header: DkimCanonicalizationType::Relaxed, body: DkimCanonicalizationType::Relaxed };
        let domain = mailbox.email.domain().to_owned();
        dkim_sign(message, &DkimConfig::new(self.selector.clone(), domain, key, headers, relaxed));
    }
}

impl Key {
    fn parse(pem: &str) -> Option<Self> {
        let begins = pem.find("-----BEGIN ")?;
        let (label, rest) = pem[begins + 11..].split_once("-----")?;
        let body: String = rest.split("-----END").next()?.split_whitespace().collect();
        let der = STANDARD.decode(body).ok()?;
        match label {
            "RSA PRIVATE KEY" => Some(Self::rsa(&der)),
            "PRIVATE KEY" => match der.strip_prefix(&ED25519) {
                Some(seed) => Some(Self::Ed25519(STANDARD.encode(seed.get(..32)?))),
                None => Some(Self::rsa(inside_pkcs8(&der)?)),
            },
            _ => None,
        }
    }

    fn rsa(pkcs1: &[u8]) -> Self {
        let body = STANDARD.encode(pkcs1);
        let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        Self::Rsa(format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n")))
    }

    fn signing(&self) -> Option<DkimSigningKey> {
        match self {
            Self::Rsa(pem) => DkimSigningKey::new(pem, DkimSigningAlgorithm::Rsa).ok(),
            Self::Ed25519(seed) => DkimSigningKey::new(seed, DkimSigningAlgorithm::Ed25519).ok(),
        }
    }
}

/// The PKCS #1 key that a PKCS #8 file wraps: the octet string behind the algorithm.
fn inside_pkcs8(der: &[u8]) -> Option<&[u8]> {
    let at = der.windows(RSA.len()).position(|window| window == RSA)?;
    let rest = der.get(at + RSA.len()..)?;
    // NULL parameters, then the octet string with its length.
    let rest = rest.strip_prefix(&[0x05, 0x00])?.strip_prefix(&[0x04])?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        _ => {
            let count = usize::from(first & 0x7f);
            let bytes = rest.get(..count).filter(|_| count <= 4)?;
            (bytes.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte)), rest.get(count..)?)
        }
    };
    rest.get(..length)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::testing::Folder;

    fn made(folder: &Folder, name: &str, args: &[&str]) -> Dkim {
        let path = folder.0.join(name);
        let done = Command::new("openssl").arg(args[0]).arg("-out").arg(&path).args(&args[1..]).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        Dkim::read(&path, "desk").unwrap()
    }

    #[test]
    fn keys_as_openssl_writes_them_sign() {
        let folder = Folder::new();
        let keys = [
            made(&folder, "rsa8", &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
            made(&folder, "rsa1", &["genrsa", "-traditional", "2048"]),
            made(&folder, "ed", &["genpkey", "-algorithm", "ED25519"]),
        ];
        for (key, algorithm) in keys.iter().zip(["rsa-sha256", "rsa-sha256", "ed25519-sha256"]) {
            let mut message = Message::builder()
                .from("Ada <ada@shop.example>".parse().unwrap())
                .to("bob@b.example".parse().unwrap())
                .subject("Hello")
                .body("Hello\r\n".to_owned())
                .unwrap();
            key.sign(&mut message);
            let text = String::from_utf8(message.formatted()).unwrap();
            let signature = text.split("DKIM-Signature:").nth(1).unwrap();
            let flat: String = signature.split_whitespace().collect();
            assert!(flat.contains(&format!("a={algorithm};")), "{flat}");
            assert!(flat.contains("d=shop.example;") && flat.contains("s=desk;"), "{flat}");
        }
    }

    #[test]
    fn what_is_no_key_is_told_without_a_part_of_it() {
        let folder = Folder::new();
        let path = folder.0.join("key");
        for bad in ["", "secret", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            std::fs::write(&path, bad).unwrap();
            let told = Dkim::read(&path, "desk").unwrap_err();
            assert!(told.contains("is of no use") && !told.contains("AAAA") && !told.contains("secret"), "{told}");
        }
    }
}
