//! Mails to those who work here: what waits for them, a way in, a test. They name no visitor's words but those
//! that their row carries.

use super::clock_time;
use super::gather::{Desk, Gathered, frame_of, read};
use super::letter::{Letter, one_line};
use super::views::{Alert, Compose, Digest, Frame, Invitation, Item, Reset, Test};
use crate::clock::Timestamp;
use crate::db::{Error, Tx};
use crate::mail::outbox::{Kind, Taken};
use crate::mail::sender::Sender;
use crate::mail::{EmailAddress, payload, thread_store};
use crate::sites::{self, Site};
use crate::words::Lang;

/// Characters of a name in a title.
const NAME_CHARS: usize = 80;

/// Makes a mail to an agent, or to somebody who may become one.
pub(super) async fn of_team(
    tx: &mut Tx,
    desk: &Desk,
    taken: &Taken,
    kind: Kind,
    address: EmailAddress,
) -> Result<Gathered, Error> {
    let ws = taken.workspace_id;
    let all = sites::store::of_workspace(tx.conn(), ws).await?;
    let named = taken.site_id.and_then(|id| all.iter().find(|site| site.id == id));
    let able = || all.iter().find(|site| Sender::of(Some(site), &desk.mail).is_some());
    let sender = Sender::of(named, &desk.mail).or_else(|| Sender::of(able(), &desk.mail));
    let Some(sender) = sender else {
        return Ok(Gathered::Void("nobody said what mails come from: set the site's address, or --mail-domain"));
    };
    let mut mail = Mail { desk, taken, sender, stop: None, site: named, now: tx.moment.now };
    if let (Kind::Alert | Kind::Digest, Some(agent)) = (kind, taken.agent_id) {
        let key = thread_store::ensure_key(tx, ws, &desk.random).await?;
        let token = key.unsubscribe(ws, crate::ids::MailThreadId::from_uuid(agent.uuid()));
        mail.stop = Some(format!("{}m/unsubscribe/{token}", desk.public_url));
    }
    let letter = match kind {
        Kind::Alert => Some(mail.alert(address)?),
        Kind::Digest => Some(mail.digest(address)?),
        Kind::Test => Some(mail.test(address)?),
        Kind::Invitation => mail.invitation(address)?,
        _ => mail.reset(address)?,
    };
    let Some(letter) = letter else { return Ok(Gathered::Void("its link has ended")) };
    Ok(Gathered::Letter(Box::new(letter)))
}

struct Mail<'a> {
    desk: &'a Desk,
    taken: &'a Taken,
    sender: Sender,
    site: Option<&'a Site>,
    /// Where a POST stops such mails.
    stop: Option<String>,
    now: Timestamp,
}

impl Mail<'_> {
    fn frame(&self, language: &str, hint: &str) -> Frame {
        let lang = Lang::from_tag(language).unwrap_or(self.desk.lang);
        let why = if self.stop.is_some() { lang.words().say("mail-why-agent") } else { String::new() };
        let unsubscribe = self.stop.clone().unwrap_or_default();
        let hint = hint.chars().take(120).collect();
        Frame { hint, why, unsubscribe, ..frame_of(self.site, lang) }
    }

    fn link(&self, path: &str) -> String {
        format!("{}{}", self.desk.public_url, path.trim_start_matches('/'))
    }

    fn letter(&self, to: EmailAddress, view: &impl Compose) -> Result<Letter, Error> {
        let composed = view.compose().map_err(|_| Error::Inconsistent("mails"))?;
        Ok(Letter {
            from: (self.sender.name.clone(), self.sender.address.clone()),
            to,
            cc: Vec::new(),
            reply_to: None,
            envelope_from: self.sender.address.clone(),
            message_id: self.taken.message_id.clone(),
            references: Vec::new(),
            automatic: true,
            hops: 1,
            unsubscribe: self.stop.clone(),
            at: self.now,
            composed,
        })
    }

    fn item(&self, alert: &payload::Alert, frame: &Frame) -> Item {
        let who = one_line(&alert.who, NAME_CHARS);
        let named = [("who", who.as_str())];
        let title = match alert.about.as_str() {
            "waiting" => frame.words.say_with("mail-alert-waiting", &named),
            "mention" => frame.words.say_with("mail-alert-mention", &named),
            "assigned" => frame.words.say_with("mail-alert-assigned", &named),
            _ => frame.words.say_with("mail-alert-other", &named),
        };
        Item { title, excerpt: alert.excerpt.clone(), link: self.link(&alert.path) }
    }

    fn alert(&self, to: EmailAddress) -> Result<Letter, Error> {
        let alert: payload::Alert = read(self.taken)?;
        let frame = self.frame("", &alert.excerpt);
        let item = self.item(&alert, &frame);
        self.letter(to, &Alert { link: item.link.clone(), item, frame })
    }

    fn digest(&self, to: EmailAddress) -> Result<Letter, Error> {
        let digest: payload::Digest = read(self.taken)?;
        let frame = self.frame("", "");
        let items: Vec<Item> = digest.items.iter().map(|alert| self.item(alert, &frame)).collect();
        let count = digest.more.saturating_add(items.len() as u64);
        let numbers = digest.numbers.map(|numbers| self.numbers(&frame, numbers)).unwrap_or_default();
        self.letter(to, &Digest { link: self.link(&digest.path), items, count, more: digest.more, numbers, frame })
    }

    /// A day's numbers, each a sentence.
    fn numbers(&self, frame: &Frame, numbers: payload::Numbers) -> Vec<String> {
        let words = frame.words;
        let mut lines = vec![
            words.say_with("mail-day-new", &[("n", numbers.new)]),
            words.say_with("mail-day-answered", &[("n", numbers.answered)]),
            words.say_with("mail-day-waiting", &[("n", numbers.waiting)]),
        ];
        if numbers.oldest_ms > 0 {
            let since = clock_time(self.desk.zone, Timestamp::from_millis(numbers.oldest_ms));
            lines.push(words.say_with("mail-day-oldest", &[("since", since.as_str())]));
        }
        lines
    }

    fn test(&self, to: EmailAddress) -> Result<Letter, Error> {
        let test: payload::Test = read(self.taken)?;
        let frame = self.frame(&test.language, "");
        self.letter(to, &Test { by: one_line(&test.by, NAME_CHARS), frame })
    }

    /// None where the link has ended: nobody is sent what leads nowhere.
    fn invitation(&self, to: EmailAddress) -> Result<Option<Letter>, Error> {
        let invitation: payload::Invitation = read(self.taken)?;
        if invitation.ends_ms <= self.now.millis() {
            return Ok(None);
        }
        let view = Invitation {
            frame: self.frame(&invitation.language, ""),
            by: one_line(&invitation.by, NAME_CHARS),
            workspace: one_line(&invitation.workspace, NAME_CHARS),
            link: self.link(&invitation.path),
            ends: clock_time(self.desk.zone, Timestamp::from_millis(invitation.ends_ms)),
        };
        self.letter(to, &view).map(Some)
    }

    fn reset(&self, to: EmailAddress) -> Result<Option<Letter>, Error> {
        let reset: payload::Reset = read(self.taken)?;
        if reset.ends_ms <= self.now.millis() {
            return Ok(None);
        }
        let view = Reset {
            frame: self.frame(&reset.language, ""),
            link: self.link(&reset.path),
            ends: clock_time(self.desk.zone, Timestamp::from_millis(reset.ends_ms)),
        };
        self.letter(to, &view).map(Some)
    }
}
