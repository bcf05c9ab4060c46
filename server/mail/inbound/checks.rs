//! What the mail server in front of us found out about a sender: SPF, DKIM and DMARC as it writes them into
//! `Authentication-Results` (RFC 8601). Only fields of the server that the operator named count, and of each method
//! only the topmost: anybody can write such a field into a mail, but not above those of our own server.
//!
//! Nothing is checked here, and what is not found is not invented.

use mail_parser::Message;

use super::headers;
use crate::mail::EmailAddress;

/// The methods that are told.
const METHODS: [&str; 3] = ["spf", "dkim", "dmarc"];
/// The results that a method may have (RFC 8601, 2.7).
const RESULTS: [&str; 8] = ["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror", "policy"];

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checks {
    /// `spf=pass` and the like, one for each method.
    pub found: Vec<String>,
    /// Whether the address in `From` is proved: DMARC passed for its domain.
    pub dmarc: bool,
}

/// What the server `authserv` says in a mail from `from`; nothing where no server is believed.
pub fn of(message: &Message<'_>, authserv: Option<&str>, from: &EmailAddress) -> Checks {
    let Some(authserv) = authserv else { return Checks::default() };
    let fields = headers::texts(message, "Authentication-Results");
    let mut all = Checks::default();
    for checks in fields.iter().map(|field| read(field, authserv, from)) {
        let told = |method: &str| all.found.iter().any(|found| found.starts_with(method));
        let dmarc = checks.dmarc && !told("dmarc=");
        let new: Vec<String> =
            checks.found.into_iter().filter(|found| !told(&found[..=found.find('=').unwrap_or(0)])).collect();
        all.found.extend(new);
        all.dmarc |= dmarc;
    }
    all
}

fn read(field: &str, authserv: &str, from: &EmailAddress) -> Checks {
    let field = without_comments(field);
    let mut parts = field.split(';');
    let server = parts.next().and_then(|server| server.split_whitespace().next()).unwrap_or_default();
    if !server.eq_ignore_ascii_case(authserv) {
        return Checks::default();
    }
    let mut checks = Checks::default();
    for part in parts {
        let mut tokens = part.split_whitespace();
        let Some((method, result)) = tokens.next().and_then(|token| token.split_once('=')) else { continue };
        let (method, result) = (method.to_lowercase(), result.to_lowercase());
        if !METHODS.contains(&method.as_str()) || !RESULTS.contains(&result.as_str()) {
            continue;
        }
        let domain = tokens.find_map(|token| token.strip_prefix("header.from=")).map(|of| of.trim_matches('"'));
        let own = domain.is_some_and(|of| of.rsplit('@').next().is_some_and(|d| d.eq_ignore_ascii_case(from.domain())));
        checks.dmarc |= method == "dmarc" && result == "pass" && own;
        let told = format!("{method}={result}");
        // One signature that holds is enough: a mail may carry several.
        let before = checks.found.iter().position(|other| other.starts_with(&format!("{method}=")));
        match before {
            Some(at) if result == "pass" => checks.found[at] = told,
            Some(_) => {}
            None => checks.found.push(told),
        }
    }
    checks
}

fn without_comments(text: &str) -> String {
    let (mut clean, mut depth) = (String::with_capacity(text.len()), 0_usize);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => clean.push(c),
            _ => {}
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_server_is_believed() {
        let from = EmailAddress::parse("customer@mail.example").unwrap();
        let field = "mx.shop.example 1; spf=pass smtp.mailfrom=mail.example; dkim=fail (no key) header.d=x.example; \
                     dkim=pass header.d=mail.example; dmarc=pass (p=reject; sp=none) header.from=mail.example; arc=pass";
        let found = read(field, "MX.shop.example", &from);
        assert_eq!(found.found, ["spf=pass", "dkim=pass", "dmarc=pass"]);
        assert!(found.dmarc);
        assert_eq!(read(field, "other.example", &from), Checks::default());
        let other = EmailAddress::parse("customer@victim.example").unwrap();
        assert!(!read(field, "mx.shop.example", &other).dmarc, "of another domain");
        let odd = read("mx.shop.example; spf=<b>; dmarc=pass", "mx.shop.example", &from);
        assert_eq!((odd.found, odd.dmarc), (vec!["dmarc=pass".to_owned()], false));
    }
}
