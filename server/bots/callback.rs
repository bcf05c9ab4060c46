//! The address to which Rasa's callback channel posts: nothing but this address says who it is, so that the
//! bot's secret is in it, derived and not itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Bot;
use crate::ids::BotId;
use crate::secrets::same;

fn token_of(bot: BotId, secret: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(b"rasa callback ");
    mac.update(bot.to_string().as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// The path, to be written behind the server's address into Rasa's `credentials.yml`.
pub fn path(bot: BotId, secret: &str) -> String {
    format!("/v1/bots/{bot}/rasa/{}", token_of(bot, secret))
}

/// Whether this token is the bot's: of its secret, or of the one before while they are exchanged. Takes a time
/// that does not depend on the token.
pub fn fits(bot: &Bot, token: &str) -> bool {
    let secrets = [Some(&bot.secret), bot.secret_before.as_ref()];
    secrets.into_iter().flatten().fold(false, |fits, secret| fits | same(token_of(bot.id, secret).as_bytes(), token.as_bytes()))
}
