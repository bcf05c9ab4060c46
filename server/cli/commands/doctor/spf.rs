//! Whether the SPF record of a domain lets an address send for it (RFC 7208, section 4): the same question that
//! receivers ask, with the same limits. `%{p}` of macros is not looked up, as the standard lets us (7.3).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::dns::Dns;

/// Terms that ask the DNS, in all records together (4.6.4).
const MOST_LOOKUPS: u32 = 10;
/// Lookups that find nothing (4.6.4).
const MOST_VOID: u32 = 2;
/// Mail servers of a domain that are looked at, and names of an address (4.6.4).
const MOST_NAMES: usize = 10;

/// What receivers find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The domain has no record.
    None,
    /// This term of the record lets the address send.
    Pass(String),
    /// This term forbids it: `-`.
    Fail(String),
    /// This term doubts it: `~`.
    SoftFail(String),
    /// No term says anything of it, or one says so: `?`.
    Neutral,
    /// The record is wrong, and receivers may refuse every mail; for people.
    Broken(String),
    /// The DNS did not answer.
    Unknown(String),
}

/// Why the evaluation ends early.
enum Stop {
    Broken(String),
    Unknown(String),
}

type Ended<T> = Result<T, Stop>;

/// Asks whether `ip` may send for `domain`.
pub(super) async fn check(dns: &Dns, ip: IpAddr, domain: &str) -> Found {
    let mut asking = Asking { dns, ip, sender: format!("postmaster@{domain}"), lookups: 0, void: 0 };
    match asking.host(domain.to_owned()).await {
        Ok(found) => found,
        Err(Stop::Broken(why)) => Found::Broken(why),
        Err(Stop::Unknown(why)) => Found::Unknown(why),
    }
}

struct Asking<'a> {
    dns: &'a Dns,
    ip: IpAddr,
    sender: String,
    lookups: u32,
    void: u32,
}

/// One term of a record that may match.
struct Directive<'a> {
    qualifier: char,
    name: String,
    /// What stands behind the colon.
    value: Option<&'a str>,
    whole: &'a str,
}

/// Bits of an address that have to be the same: of IPv4, of IPv6.
type Bits = (u32, u32);

impl Asking<'_> {
    /// The record of one domain, and those that it names.
    async fn host(&mut self, domain: String) -> Ended<Found> {
        let texts = self.dns.texts(&domain).await.map_err(Stop::Unknown)?;
        let records: Vec<&String> = texts.iter().filter(|text| is_spf(text)).collect();
        let [record] = records.as_slice() else {
            return match records.len() {
                0 => Ok(Found::None),
                n => Err(Stop::Broken(format!("{domain} has {n} records"))),
            };
        };
        let (directives, redirect) = parse(record)?;
        for directive in &directives {
            if self.matches(directive, &domain).await? {
                let by = directive.whole.to_owned();
                return Ok(match directive.qualifier {
                    '-' => Found::Fail(by),
                    '~' => Found::SoftFail(by),
                    '?' => Found::Neutral,
                    _ => Found::Pass(by),
                });
            }
        }
        let Some(redirect) = redirect.filter(|_| !directives.iter().any(|term| term.name == "all")) else {
            return Ok(Found::Neutral);
        };
        self.count()?;
        let next = self.expand(redirect, &domain)?;
        match Box::pin(self.host(next.clone())).await? {
            Found::None => Err(Stop::Broken(format!("redirect={next} leads to no record"))),
            found => Ok(found),
        }
    }

    async fn matches(&mut self, term: &Directive<'_>, domain: &str) -> Ended<bool> {
        match term.name.as_str() {
            "all" => Ok(true),
            "ip4" | "ip6" => network(term, self.ip),
            "include" => {
                self.count()?;
                let of = self.expand(term.value.unwrap_or_default(), domain)?;
                match Box::pin(self.host(of.clone())).await? {
                    Found::Pass(_) => Ok(true),
                    Found::None => Err(Stop::Broken(format!("include:{of} leads to no record"))),
                    _ => Ok(false),
                }
            }
            "a" | "mx" => {
                self.count()?;
                let (of, bits) = self.target(term, domain)?;
                if term.name == "a" {
                    return self.has(&of, bits, true).await;
                }
                self.by_mx(&of, bits).await
            }
            "exists" => {
                self.count()?;
                let of = self.expand(term.value.unwrap_or_default(), domain)?;
                let found = self.dns.addresses(&of, false).await.map_err(Stop::Unknown)?;
                self.nothing_if(found.is_empty())?;
                Ok(!found.is_empty())
            }
            // Only `ptr` is left: `parse` knows no others.
            _ => {
                self.count()?;
                let (of, _) = self.target(term, domain)?;
                self.by_name(&of).await
            }
        }
    }

    async fn by_mx(&mut self, of: &str, bits: Bits) -> Ended<bool> {
        let servers = self.dns.exchanges(of).await.map_err(Stop::Unknown)?;
        self.nothing_if(servers.is_empty())?;
        if servers.len() > MOST_NAMES {
            return Err(Stop::Broken(format!("mx:{of} names more than {MOST_NAMES} servers")));
        }
        for server in servers {
            if self.has(&server, bits, false).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the address has a name in this domain that leads back to it (5.5).
    async fn by_name(&mut self, of: &str) -> Ended<bool> {
        let names = self.dns.names(self.ip).await.map_err(Stop::Unknown)?;
        self.nothing_if(names.is_empty())?;
        let of = of.to_lowercase();
        let inside = |name: &String| *name == of || name.ends_with(&format!(".{of}"));
        for name in names.iter().take(MOST_NAMES).filter(|name| inside(name)) {
            if self.has(name, (32, 128), false).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a name has an address in the network of ours. `counts`: whether it counts if it has none.
    async fn has(&mut self, name: &str, bits: Bits, counts: bool) -> Ended<bool> {
        let found = self.dns.addresses(name, self.ip.is_ipv6()).await.map_err(Stop::Unknown)?;
        if counts {
            self.nothing_if(found.is_empty())?;
        }
        Ok(found.into_iter().any(|address| is_in(self.ip, address, bits)))
    }

    fn count(&mut self) -> Ended<()> {
        self.lookups += 1;
        match self.lookups > MOST_LOOKUPS {
            true => Err(Stop::Broken(format!("it takes more than {MOST_LOOKUPS} lookups; name fewer providers"))),
            false => Ok(()),
        }
    }

    fn nothing_if(&mut self, nothing: bool) -> Ended<()> {
        self.void += u32::from(nothing);
        match self.void > MOST_VOID {
            true => Err(Stop::Broken(format!("more than {MOST_VOID} of its names lead nowhere; take them out"))),
            false => Ok(()),
        }
    }

    /// The domain of a term, which is the record's own where it says none, and the bits that count.
    fn target(&self, term: &Directive<'_>, domain: &str) -> Ended<(String, Bits)> {
        let Some(value) = term.value else { return Ok((domain.to_owned(), (32, 128))) };
        let (name, bits) = split_bits(value).ok_or_else(|| broken(term.whole))?;
        let name = if name.is_empty() { domain.to_owned() } else { self.expand(name, domain)? };
        Ok((name, bits))
    }

    /// Puts in what macros stand for (7).
    fn expand(&self, text: &str, domain: &str) -> Ended<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            rest = match after.chars().next() {
                Some('%') => {
                    out.push('%');
                    &after[1..]
                }
                Some('_') => {
                    out.push(' ');
                    &after[1..]
                }
                Some('-') => {
                    out.push_str("%20");
                    &after[1..]
                }
                Some('{') => {
                    let (inside, after) = after[1..].split_once('}').ok_or_else(|| broken(text))?;
                    out.push_str(&self.macro_of(inside, domain).ok_or_else(|| broken(text))?);
                    after
                }
                _ => return Err(broken(text)),
            };
        }
        out.push_str(rest);
        Ok(out.trim_end_matches('.').to_owned())
    }

    fn macro_of(&self, inside: &str, domain: &str) -> Option<String> {
        let letter = inside.chars().next()?;
        let (local, of) = self.sender.split_once('@')?;
        let value = match letter.to_ascii_lowercase() {
            's' => self.sender.clone(),
            'l' => local.to_owned(),
            'o' | 'h' => of.to_owned(),
            'd' => domain.to_owned(),
            'i' => dotted(self.ip),
            'v' => if self.ip.is_ipv4() { "in-addr" } else { "ip6" }.to_owned(),
            'p' => "unknown".to_owned(),
            _ => return None,
        };
        let rest = &inside[letter.len_utf8()..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (keep, rest) = rest.split_at(digits);
        let (reverse, between) = match rest.strip_prefix(['r', 'R']) {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        if !between.chars().all(|c| ".-+,/_=".contains(c)) {
            return None;
        }
        let between: Vec<char> = if between.is_empty() { vec!['.'] } else { between.chars().collect() };
        let mut parts: Vec<&str> = value.split(&between[..]).collect();
        if reverse {
            parts.reverse();
        }
        let keep = if keep.is_empty() { parts.len() } else { keep.parse::<usize>().ok().filter(|keep| *keep > 0)? };
        Some(parts[parts.len().saturating_sub(keep)..].join("."))
    }
}

/// Whether a text is a record of this version (4.5).
pub(super) fn is_spf(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower == "v=spf1" || lower.starts_with("v=spf1 ")
}

fn broken(term: &str) -> Stop {
    Stop::Broken(format!("`{term}` is no term of SPF"))
}

/// The terms of a record, all of which have to make sense (4.6), and where it leads if none matches.
fn parse(record: &str) -> Ended<(Vec<Directive<'_>>, Option<&str>)> {
    let (mut directives, mut redirect) = (Vec::new(), None);
    for term in record.split(' ').skip(1).filter(|term| !term.is_empty()) {
        let name_end = term.find([':', '/', '=']).unwrap_or(term.len());
        if term[name_end..].starts_with('=') {
            let (name, value) = (&term[..name_end], &term[name_end + 1..]);
            if name.eq_ignore_ascii_case("redirect") && (redirect.replace(value).is_some() || value.is_empty()) {
                return Err(broken(term));
            }
            continue;
        }
        let qualifier = term.chars().next().filter(|c| "+-~?".contains(*c));
        let rest = if qualifier.is_some() { &term[1..] } else { term };
        let name_end = rest.find([':', '/']).unwrap_or(rest.len());
        let name = rest[..name_end].to_ascii_lowercase();
        let value = &rest[name_end..];
        let value = value.strip_prefix(':').or_else(|| value.starts_with('/').then_some(value));
        let makes_sense = match name.as_str() {
            "all" => value.is_none(),
            "include" | "exists" => value.is_some_and(|value| !value.is_empty() && !value.starts_with('/')),
            "ip4" | "ip6" => value.is_some(),
            "a" | "mx" | "ptr" => value.is_none_or(|value| !value.is_empty() && split_bits(value).is_some()),
            _ => false,
        };
        if !makes_sense {
            return Err(broken(term));
        }
        directives.push(Directive { qualifier: qualifier.unwrap_or('+'), name, value, whole: term });
    }
    Ok((directives, redirect))
}

/// `name/24//64` as the name and the bits.
fn split_bits(value: &str) -> Option<(&str, Bits)> {
    let bits = |text: &str, most: u32| text.parse::<u32>().ok().filter(|bits| *bits <= most);
    let (rest, six) = match value.split_once("//") {
        Some((rest, six)) => (rest, bits(six, 128)?),
        None => (value, 128),
    };
    // A slash in a macro is none of bits.
    let (name, four) = match rest.rsplit_once('/').filter(|(_, end)| !end.contains('}')) {
        Some((name, four)) => (name, bits(four, 32)?),
        None => (rest, 32),
    };
    Some((name, (four, six)))
}

fn network(term: &Directive<'_>, ip: IpAddr) -> Ended<bool> {
    let value = term.value.unwrap_or_default();
    let (address, bits) = value.split_once('/').map_or((value, None), |(address, bits)| (address, Some(bits)));
    let wrong = || broken(term.whole);
    let four = term.name == "ip4";
    let address: IpAddr = match four {
        true => address.parse::<Ipv4Addr>().map_err(|_| wrong())?.into(),
        false => address.parse::<Ipv6Addr>().map_err(|_| wrong())?.into(),
    };
    let most = if four { 32 } else { 128 };
    let bits = bits.map_or(Ok(most), |bits| bits.parse::<u32>().ok().filter(|bits| *bits <= most).ok_or_else(wrong))?;
    Ok(is_in(ip, address, (bits, bits)))
}

/// Whether two addresses have their first bits in common.
fn is_in(ip: IpAddr, network: IpAddr, (four, six): Bits) -> bool {
    match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            let differ = u32::from(ip) ^ u32::from(network);
            four == 0 || differ >> (32 - four) == 0
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => {
            let differ = u128::from(ip) ^ u128::from(network);
            six == 0 || differ >> (128 - six) == 0
        }
        _ => false,
    }
}

/// An address as `%{i}` writes it (7.3).
fn dotted(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let digits: Vec<String> =
                ip.octets().iter().flat_map(|b| [b >> 4, b & 15]).map(|d| format!("{d:x}")).collect();
            digits.join(".")
        }
    }
}
