//! Workspaces, the tenants, and the one row that says what this database is. Nothing here decides
//! who may set up: that is [`crate::setup`].

pub mod known;
pub mod managing;
pub mod pages;
pub mod settings_console;
pub mod store;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Random;
use crate::db::{Error, Tx};

/// The most characters of a name.
pub const MOST_NAME_CHARS: usize = 80;

/// What people read as the name of a workspace, site, queue or agent: one line without blanks
/// around it, 1 to [`MOST_NAME_CHARS`] characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Checks and trims it. The error is a sentence for whoever typed it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("a name cannot be empty".into());
        }
        if text.chars().count() > MOST_NAME_CHARS {
            return Err(format!("a name has at most {MOST_NAME_CHARS} characters"));
        }
        if text.chars().any(char::is_control) {
            return Err("a name is one line of text".into());
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes the row of `instance` if it is missing, and gives the generation: opaque text by which
/// clients notice that a backup was restored. To be called at every start.
pub async fn ensure_instance(tx: &mut Tx, random: &Random) -> Result<String, Error> {
    let now = tx.moment.now;
    store::ensure_instance(tx.conn(), &draw_generation(random), now).await?;
    let instance = store::instance(tx.conn()).await?.ok_or(Error::Inconsistent("instance"))?;
    Ok(instance.generation)
}

/// 128 random bits as text.
fn draw_generation(random: &Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::each_database;

    #[test]
    fn names_are_one_line_of_at_most_80_characters() {
        assert_eq!(Name::parse("  Ada's Shop ").as_ref().map(Name::as_str), Ok("Ada's Shop"));
        assert!(Name::parse(&"é".repeat(80)).is_ok());
        for bad in ["", "  ", "a\nb", "a\0b", &"é".repeat(81)] {
            assert!(Name::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[tokio::test]
    async fn the_generation_is_drawn_once_and_stays() {
        each_database(async |test| {
            let random = test.random.clone();
            let first = test.run(move |tx| Box::pin(async move { ensure_instance(tx, &random).await })).await;
            let random = test.random.clone();
            let second = test.run(move |tx| Box::pin(async move { ensure_instance(tx, &random).await })).await;
            assert_eq!(first, second);
            assert_eq!(first.len(), 22, "128 bits of base64url");
        })
        .await;
    }
}
