//! What is known of a visitor: name, mail address, phone number, attributes. What the website has
//! proved stands above what the visitor's page merely says.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::identity::{Claims, Refused};
use super::store::{self, Changes, Visitor};
use super::{MAX_ATTRIBUTE_BYTES, MAX_ATTRIBUTES, has_nul};
use crate::conversations::Error;
use crate::db::Conn;
use crate::ids::{VisitorId, WorkspaceId};

/// Which details a signed token vouches for; the `verified` column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verified {
    /// The name.
    #[serde(skip_serializing_if = "is_false")]
    pub name: bool,
    /// The mail address.
    #[serde(skip_serializing_if = "is_false")]
    pub email: bool,
    /// The phone number.
    #[serde(skip_serializing_if = "is_false")]
    pub phone: bool,
    /// These attributes.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub attributes: BTreeSet<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like this")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Applies what the visitor's page says: it counts as unverified, and what is verified stays.
pub async fn tell(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    id: VisitorId,
    said: Changes,
    attributes: Option<Map<String, Value>>,
) -> Result<(), Error> {
    let about_them = said.name.is_some() || said.email.is_some() || said.phone.is_some() || attributes.is_some();
    if !about_them {
        return Ok(store::update(conn, ws, id, &said).await?);
    }
    let known = store::find(conn.again(), ws, id).await?.ok_or(Error::NotFound)?;
    let verified = &known.verified.0;
    let changes = Changes {
        name: said.name.filter(|_| !verified.name),
        email: said.email.filter(|_| !verified.email),
        phone: said.phone.filter(|_| !verified.phone),
        attributes: attributes.map(|new| unverified(&known, new)).transpose()?,
        ..said
    };
    Ok(store::update(conn, ws, id, &changes).await?)
}

/// The visitor's attributes with new ones over them; null takes one away.
fn unverified(known: &Visitor, new: Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let mut all = known.attributes.0.clone();
    for (name, value) in new {
        if !known.verified.0.attributes.contains(&name) {
            put(&mut all, name, value);
        }
    }
    if !fits(&all) {
        return Err(Error::Invalid(format!(
            "A visitor may have {MAX_ATTRIBUTES} attributes of {MAX_ATTRIBUTE_BYTES} bytes in all. Nothing was changed."
        )));
    }
    if all.iter().any(|(name, value)| name.contains('\0') || has_nul(value)) {
        return Err(Error::Invalid("An attribute has a NUL character, which cannot be stored.".to_owned()));
    }
    Ok(all)
}

fn put(all: &mut Map<String, Value>, name: String, value: Value) {
    if value.is_null() {
        all.remove(&name);
    } else {
        all.insert(name, value);
    }
}

fn fits(all: &Map<String, Value>) -> bool {
    all.len() <= MAX_ATTRIBUTES && Value::Object(all.clone()).to_string().len() <= MAX_ATTRIBUTE_BYTES
}

impl Claims {
    /// Whether the visitor's row says all of this already, as verified.
    pub fn stand_in(&self, known: &Visitor) -> bool {
        let verified = &known.verified.0;
        let same = |claim: &Option<String>, stored: &Option<String>, verified: bool| {
            claim.is_none() || (verified && claim == stored)
        };
        let attribute = |(name, value): (&String, &Value)| match known.attributes.0.get(name) {
            None => value.is_null(),
            Some(stored) => stored == value && verified.attributes.contains(name),
        };
        same(&self.name, &known.name, verified.name)
            && same(&self.email, &known.email, verified.email)
            && same(&self.phone, &known.phone, verified.phone)
            && self.attributes.iter().all(attribute)
    }

    /// The visitor's row with this over it. Where there is no room for all attributes, those go that
    /// nobody vouches for.
    pub(super) fn over(&self, known: &Visitor) -> Result<Changes, Error> {
        let mut verified = known.verified.0.clone();
        verified.name |= self.name.is_some();
        verified.email |= self.email.is_some();
        verified.phone |= self.phone.is_some();
        let mut all = known.attributes.0.clone();
        for (name, value) in &self.attributes {
            if value.is_null() {
                verified.attributes.remove(name);
            } else {
                verified.attributes.insert(name.clone());
            }
            put(&mut all, name.clone(), value.clone());
        }
        if !fits(&all) {
            all.retain(|name, _| verified.attributes.contains(name));
        }
        if !fits(&all) {
            let words = format!(
                "With the token's attributes the visitor would have more than {MAX_ATTRIBUTES}, or more than \
                 {MAX_ATTRIBUTE_BYTES} bytes of them. Take some away with null."
            );
            return Err(Error::IdentityRefused(Refused::Claim(words)));
        }
        Ok(Changes {
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            attributes: Some(all),
            verified: Some(verified),
            ..Changes::default()
        })
    }
}
