//! The page of what agents keep for themselves, and the one that asks for their code.

use askama::Template;

use super::pages::Page;
use super::picture::{self, NoPicture};
use crate::words::Words;

/// `/console/account`
#[derive(Debug, Clone, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub page: Page,
    pub query: String,
    pub name: String,
    /// What visitors see in its place; may be empty.
    pub public_name: String,
    /// The address of their picture.
    pub picture: Option<String>,
    pub email: String,
    pub factor: Factor,
    pub devices: Vec<Device>,
    /// Recovery codes that were just made: shown this once.
    pub codes: Vec<String>,
    pub problem: Option<Problem>,
    pub saved: bool,
    /// Which mails they get: name in the form, and whether it is on.
    pub mails: [(&'static str, bool); 4],
    /// Whether any goes out.
    pub mails_go: bool,
}

impl AccountPage {
    /// The mails with their words.
    fn mails(&self, words: &Words) -> [(&'static str, String, bool); 4] {
        self.mails.map(|(name, on)| {
            let said = match name {
                "waiting" => words.say("account-mail-waiting"),
                "mention" => words.say("account-mail-mention"),
                "assigned" => words.say("account-mail-assigned"),
                _ => words.say("account-mail-digest"),
            };
            (name, said, on)
        })
    }
}

/// The second factor as it stands.
#[derive(Debug, Clone)]
pub enum Factor {
    /// Off, with a secret that would switch it on: in base32, and as a picture's squares.
    Off { secret: String, picture: Picture },
    /// On, with so many recovery codes left.
    On { codes_left: i64 },
}

impl AccountPage {
    /// One or two letters in the place of a picture.
    fn initials(&self) -> String {
        super::pages::initials(&self.name)
    }

    /// The largest file, in KiB.
    const fn most_kib(&self) -> usize {
        picture::MOST_BYTES / 1024
    }

    /// The longest side.
    const fn most_pixels(&self) -> u32 {
        picture::MOST_PIXELS
    }
}

/// A QR code as one path of squares, and its width in squares.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    pub path: String,
    pub width: i32,
}

impl Picture {
    /// Of this text, with the quiet zone of four squares around it; empty for a text that is too long.
    pub fn of(text: &str) -> Self {
        const QUIET: i32 = 4;
        let Ok(code) = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium) else {
            return Self::default();
        };
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                path += &format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Self { path, width: code.size() + 2 * QUIET }
    }
}

/// A signed-in device.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// Names it in the form: a hash of its token, in hexadecimal.
    pub id: String,
    /// The browser and the system, as far as their names tell.
    pub name: String,
    /// RFC 3339.
    pub since: String,
    /// RFC 3339, to the hour.
    pub seen: String,
    /// Whether it is this one.
    pub this: bool,
}

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Name,
    Current,
    PasswordShort,
    PasswordLong,
    Code,
    TooMany(i64),
    Picture(NoPicture),
}

impl Problem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Name => words.say("agents-bad-name"),
            Self::Current => words.say("account-bad-current"),
            Self::PasswordShort => words.say("problem-password-short"),
            Self::PasswordLong => words.say("problem-password-long"),
            Self::Code => words.say("account-bad-code"),
            Self::Picture(NoPicture::Missing) => words.say("picture-missing"),
            Self::Picture(NoPicture::TooBig) => {
                words.say_with("picture-too-big", &[("most", picture::MOST_BYTES / 1024)])
            }
            Self::Picture(NoPicture::Kind) => words.say("picture-bad-kind"),
            Self::Picture(NoPicture::Sides) => words.say_with("picture-too-wide", &[("most", picture::MOST_PIXELS)]),
            Self::TooMany(seconds) => words.say_with("sign-in-too-many", &[("seconds", seconds)]),
        }
    }
}

/// `/console/login`, once the password was right and a code is needed.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in_code.html")]
pub struct CodePage {
    pub page: Page,
    /// Goes back with the code.
    pub ticket: String,
    pub next: Option<String>,
    pub wrong: bool,
}

/// A browser's name for itself as people know it: `Firefox, Linux`.
pub fn device_name(user_agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => crate::visitors::clean(user_agent, 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_have_names_that_people_know() {
        let names = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/19.0 Mobile Safari/604",
                "Safari, iPhone",
            ),
            ("curl/8.1", "curl/8.1"),
            ("", ""),
        ];
        for (agent, name) in names {
            assert_eq!(device_name(agent), name);
        }
        assert!(Picture::of("otpauth://totp/x?secret=y").width > 20 && Picture::of(&"x".repeat(9_000)).path.is_empty());
    }
}
