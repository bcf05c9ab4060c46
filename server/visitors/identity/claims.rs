//! What a signed token says: whom it names, until when, and what the website knows of them.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Refused;
use crate::clock::Timestamp;
use crate::visitors::{MAX_ATTRIBUTES, MAX_EMAIL_CHARS, MAX_NAME_CHARS, MAX_PHONE_CHARS, has_nul, is_email};

/// By how much the website's clock may differ from ours.
pub const LEEWAY: Duration = Duration::from_secs(60);
/// How far ahead `exp` may be. A token lies in the page: what is stolen there should not last.
pub const MAX_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// Characters of `sub` at most.
pub const MAX_SUB_CHARS: usize = 255;

/// What a website vouches for. What is none stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The website's own name for the visitor, never used for anybody else.
    pub sub: String,
    /// Mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Phone number, in any form.
    pub phone: Option<String>,
    /// By name; null takes one away.
    pub attributes: Map<String, Value>,
}

impl Claims {
    /// Reads claims whose signature was right.
    pub(super) fn read(mut claims: Map<String, Value>, site_key: &str, now: Timestamp) -> Result<Self, Refused> {
        let sub = subject(&mut claims)?;
        check_audience(&claims, site_key)?;
        check_times(&claims, &sub, now)?;
        Ok(Self {
            email: email(&mut claims)?,
            name: text(&mut claims, "name", MAX_NAME_CHARS)?,
            phone: text(&mut claims, "phone", MAX_PHONE_CHARS)?,
            attributes: attributes(&mut claims)?,
            sub,
        })
    }
}

fn subject(claims: &mut Map<String, Value>) -> Result<String, Refused> {
    match claims.remove("sub") {
        Some(Value::String(sub)) if sub.trim().is_empty() => Err(claim("The token's sub is empty.")),
        Some(Value::String(sub)) if sub.chars().count() > MAX_SUB_CHARS => {
            Err(claim(format!("The token's sub is too long; the limit is {MAX_SUB_CHARS} characters.")))
        }
        Some(Value::String(sub)) if sub.chars().any(char::is_control) => {
            Err(claim("The token's sub has a control character."))
        }
        Some(Value::String(sub)) => Ok(sub),
        Some(Value::Number(_)) => Err(claim("The token's sub is a number; write it as a text.")),
        Some(_) => Err(claim("The token's sub is not a text.")),
        None => Err(claim("The token has no sub: the visitor's id on the website.")),
    }
}

/// RFC 7519, 4.1.3: a token that names its audience is for nobody else.
fn check_audience(claims: &Map<String, Value>, site_key: &str) -> Result<(), Refused> {
    let ours = match claims.get("aud") {
        None | Some(Value::Null) => true,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(site_key)),
        Some(one) => one.as_str() == Some(site_key),
    };
    if ours { Ok(()) } else { Err(Refused::Audience) }
}

fn check_times(claims: &Map<String, Value>, sub: &str, now: Timestamp) -> Result<(), Refused> {
    let expires = moment(claims, "exp")?.ok_or_else(|| claim("The token has no exp: when it ends."))?;
    if expires.plus(LEEWAY) <= now {
        return Err(Refused::Expired { sub: sub.to_owned() });
    }
    if expires > now.plus(MAX_LIFETIME).plus(LEEWAY) {
        return Err(Refused::Time("The token's exp is more than 24 hours ahead."));
    }
    let latest = now.plus(LEEWAY);
    if moment(claims, "nbf")?.is_some_and(|from| from > latest) {
        return Err(Refused::Time("The token's nbf is in the future."));
    }
    if moment(claims, "iat")?.is_some_and(|made| made > latest) {
        return Err(Refused::Time("The token's iat is in the future."));
    }
    Ok(())
}

/// RFC 7519's NumericDate: seconds since 1970, which may have a fraction.
fn moment(claims: &Map<String, Value>, name: &'static str) -> Result<Option<Timestamp>, Refused> {
    let Some(value) = claims.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    let seconds = value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let millis = seconds.and_then(|since| i64::try_from(since.as_millis()).ok());
    let millis = millis.ok_or_else(|| claim(format!("The token's {name} is not a number of seconds since 1970.")))?;
    Ok(Some(Timestamp::from_millis(millis)))
}

/// A text; null and nothing but white space are as if it were left out.
fn text(claims: &mut Map<String, Value>, name: &'static str, chars: u32) -> Result<Option<String>, Refused> {
    let text = match claims.remove(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(_) => return Err(claim(format!("The token's {name} is not a text."))),
    };
    if u32::try_from(text.chars().count()).is_ok_and(|count| count > chars) {
        return Err(claim(format!("The token's {name} is too long; the limit is {chars} characters.")));
    }
    if text.chars().any(char::is_control) {
        return Err(claim(format!("The token's {name} has a control character.")));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn email(claims: &mut Map<String, Value>) -> Result<Option<String>, Refused> {
    let Some(email) = text(claims, "email", MAX_EMAIL_CHARS)? else { return Ok(None) };
    if is_email(&email) { Ok(Some(email)) } else { Err(claim("The token's email is not a mail address.")) }
}

fn attributes(claims: &mut Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    let attributes = match claims.remove("attributes") {
        None | Some(Value::Null) => Map::new(),
        // What PHP writes for an array with nothing in it.
        Some(Value::Array(none)) if none.is_empty() => Map::new(),
        Some(Value::Object(map)) => map,
        Some(_) => return Err(claim("The token's attributes are not an object.")),
    };
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(claim(format!("The token has too many attributes; the limit is {MAX_ATTRIBUTES}.")));
    }
    if attributes.iter().any(|(name, value)| name.contains('\0') || has_nul(value)) {
        return Err(claim("An attribute of the token has a NUL character, which cannot be stored."));
    }
    Ok(attributes)
}

fn claim(why: impl Into<String>) -> Refused {
    Refused::Claim(why.into())
}
