//! What a visitor's session remembers of the forms it was asked, so that none is asked twice without a
//! reason.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::protocol::{FormName, QueuePlace};
use crate::ids::ConversationId;
use crate::words::Lang;

/// See the module.
pub struct Asks(Mutex<Told>);

struct Told {
    lang: Lang,
    /// With the conversation, of a form that is asked once for each.
    forms: Vec<(FormName, Option<ConversationId>)>,
    consent: bool,
    /// Rises whenever consent is given or taken back, so that what was read before does not count.
    consent_changes: u64,
    place: Option<QueuePlace>,
}

impl Asks {
    /// Nothing was asked yet.
    pub const fn new(lang: Lang) -> Self {
        Self(Mutex::new(Told { lang, forms: Vec::new(), consent: false, consent_changes: 0, place: None }))
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The language in which this visitor is asked.
    pub fn lang(&self) -> Lang {
        self.told().lang
    }

    /// The page speaks this language from now on.
    pub fn speaks(&self, lang: Lang) {
        self.told().lang = lang;
    }

    /// Of the forms that are due, those that this session was not asked. They count as asked from now
    /// on. What is not due any more can be asked again later, but for an address and a rating, which
    /// are asked once.
    pub fn news(&self, due: &[FormName], conversation: Option<ConversationId>) -> Vec<FormName> {
        let key = |form: FormName| (form, conversation.filter(|_| form == FormName::Rating));
        let mut told = self.told();
        told.forms.retain(|(form, _)| matches!(form, FormName::Offline | FormName::Rating) || due.contains(form));
        let news: Vec<FormName> = due.iter().copied().filter(|form| !told.forms.contains(&key(*form))).collect();
        told.forms.extend(news.iter().map(|form| key(*form)));
        news
    }

    /// The form is to be asked again if it is due.
    pub fn again(&self, asked: FormName) {
        self.told().forms.retain(|(form, _)| *form != asked);
    }

    /// Whether this visitor is known to have agreed to be remembered.
    pub fn has_consent(&self) -> bool {
        self.told().consent
    }

    /// Consent was given or taken back just now.
    pub fn consent_changed(&self, consent: bool) {
        let mut told = self.told();
        told.consent = consent;
        told.consent_changes += 1;
    }

    /// To be taken before consent is read, for [`Self::consent_read`].
    pub fn consent_changes(&self) -> u64 {
        self.told().consent_changes
    }

    /// The database has this, unless it changed since.
    pub fn consent_read(&self, consent: bool, since: u64) {
        let mut told = self.told();
        if told.consent_changes == since {
            told.consent = consent;
        }
    }

    /// Notes the place in the line; whether it is another than before.
    pub fn is_at(&self, place: Option<QueuePlace>) -> bool {
        let mut told = self.told();
        let moved = told.place != place;
        told.place = place;
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_asked_again_only_once_it_was_not_due() {
        let asks = Asks::new(Lang::En);
        let pre_chat = [FormName::PreChat];
        assert_eq!(asks.news(&pre_chat, None), pre_chat);
        assert_eq!(asks.news(&pre_chat, None), []);
        assert_eq!(asks.news(&[], None), []);
        assert_eq!(asks.news(&pre_chat, None), pre_chat, "it was not due meanwhile");
        asks.again(FormName::PreChat);
        assert_eq!(asks.news(&pre_chat, None), pre_chat);
    }

    #[test]
    fn an_address_is_asked_once_and_a_rating_once_for_each_chat() {
        let asks = Asks::new(Lang::En);
        let due = [FormName::Offline, FormName::Rating];
        let chat = |n: u128| Some(ConversationId::from_uuid(uuid::Uuid::from_u128(n)));
        assert_eq!(asks.news(&due, chat(1)), due);
        assert_eq!(asks.news(&[], chat(1)), []);
        assert_eq!(asks.news(&due, chat(1)), []);
        assert_eq!(asks.news(&due, chat(2)), [FormName::Rating]);
    }

    #[test]
    fn what_was_read_before_a_change_does_not_count() {
        let asks = Asks::new(Lang::En);
        let before = asks.consent_changes();
        asks.consent_changed(false);
        asks.consent_read(true, before);
        assert!(!asks.has_consent());
        asks.consent_read(true, asks.consent_changes());
        assert!(asks.has_consent());
    }
}
