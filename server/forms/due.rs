//! Which forms are due now.

use std::time::Duration;

use super::store::Known;
use crate::clock::Timestamp;
use crate::conversations::{Conversation, State};
use crate::live::protocol::FormName;
use crate::sites::Site;
use crate::sites::settings::{About, AskAddress, PreChatField};

/// How long after its end a conversation is asked about.
const RATED_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// Where a visitor stands.
pub struct Standing<'a> {
    /// What is known of them.
    pub known: &'a Known,
    /// The open one, else the latest.
    pub conversation: Option<&'a Conversation>,
    /// Whether they said how it was, or did not want to.
    pub rated: bool,
    /// Whether anybody answers now.
    pub online: bool,
    /// The time.
    pub now: Timestamp,
}

impl Standing<'_> {
    fn has_open(&self) -> bool {
        self.conversation.is_some_and(|conversation| !conversation.is_closed())
    }

    fn waits(&self) -> bool {
        self.conversation.is_some_and(|conversation| conversation.state == State::Queued)
    }

    fn ended_lately(&self) -> bool {
        let closed_at = self.conversation.filter(|c| c.is_closed()).and_then(|c| c.closed_at);
        closed_at.is_some_and(|at| self.now.since(at) <= RATED_WITHIN)
    }
}

/// The forms that are due, in the order in which they are to be asked. Before a consent that the site
/// wants there is no other.
pub fn due(site: &Site, standing: &Standing<'_>) -> Vec<FormName> {
    let (settings, known) = (&site.settings, standing.known);
    if settings.consent.required && known.consent != Some(true) {
        return vec![FormName::Consent];
    }
    let mut due = Vec::new();
    if settings.rating.on && standing.ended_lately() && !standing.rated {
        due.push(FormName::Rating);
    }
    if !standing.has_open() && known.pre_chat_at.is_none() && open_fields(site, known).next().is_some() {
        due.push(FormName::PreChat);
    }
    let asks_address = settings.offline.ask_address != AskAddress::Off;
    if asks_address && standing.waits() && !standing.online && !is_said(known.email.as_ref()) {
        due.push(FormName::Offline);
    }
    due
}

/// The fields of the form before the chat whose answers are not known.
pub(super) fn open_fields<'a>(site: &'a Site, known: &Known) -> impl Iterator<Item = &'a PreChatField> {
    site.settings.pre_chat.fields.iter().filter(|field| match &field.about {
        About::Name => !is_said(known.name.as_ref()),
        About::Email => !is_said(known.email.as_ref()),
        About::Phone => !is_said(known.phone.as_ref()),
        // A choice of one is none.
        About::Topic => known.queue_id.is_none() && site.topics.len() > 1,
        About::Text { label } => !known.attributes.0.contains_key(label),
    })
}

fn is_said(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}
