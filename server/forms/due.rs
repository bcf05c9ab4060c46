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
    /// The open one, else the latest.
    pub conversation: Option<&'a Conversation>,
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

    /// Whether anything can be due, whatever else is known: where it cannot, nothing else is read.
    pub fn may_be_due(&self, site: &Site) -> bool {
        let settings = &site.settings;
        settings.consent.required
            || (settings.rating.on && self.ended_lately())
            || (!settings.pre_chat.fields.is_empty() && !self.has_open())
            || (settings.offline.ask_address != AskAddress::Off && self.waits() && !self.online)
    }

    fn ended_lately(&self) -> bool {
        let closed_at = self.conversation.filter(|c| c.is_closed()).and_then(|c| c.closed_at);
        closed_at.is_some_and(|at| self.now.since(at) <= RATED_WITHIN)
    }
}

/// The forms that are due, in the order in which they are to be asked. Before a consent that the site
/// wants there is no other. `rated` says whether the visitor said how the conversation was, or did not
/// want to.
pub fn due(site: &Site, standing: &Standing<'_>, known: &Known, rated: bool) -> Vec<FormName> {
    let settings = &site.settings;
    if settings.consent.required && known.consent != Some(true) {
        return vec![FormName::Consent];
    }
    let mut due = Vec::new();
    if settings.rating.on && standing.ended_lately() && !rated {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::{ConversationId, QueueId, SiteId, VisitorId, WorkspaceId};
    use crate::sites::OnClosed;
    use crate::testing::NOON;

    fn site(settings: serde_json::Value) -> Site {
        let id = uuid::Uuid::nil();
        Site {
            workspace_id: WorkspaceId::from_uuid(id),
            id: SiteId::from_uuid(id),
            key: String::new(),
            name: String::new(),
            origins: Vec::new(),
            queue_id: QueueId::from_uuid(id),
            on_closed: OnClosed::New,
            edit_window_s: 0,
            delete_window_s: 0,
            locale: String::new(),
            appearance: serde_json::Map::new(),
            settings: serde_json::from_value(settings).unwrap(),
            topics: Vec::new(),
            is_preview: false,
        }
    }

    fn chat(state: State) -> Conversation {
        let id = uuid::Uuid::nil();
        Conversation {
            is_test: false,
            bot_id: None,
            bot_name: None,
            workspace_id: WorkspaceId::from_uuid(id),
            id: ConversationId::from_uuid(id),
            site_id: SiteId::from_uuid(id),
            visitor_id: VisitorId::from_uuid(id),
            queue_id: QueueId::from_uuid(id),
            state,
            owner_agent_id: None,
            epoch: 1,
            rev: 1,
            visitor_rev: 1,
            last_seq: 1,
            floor_seq: 0,
            waiting_since: None,
            answer_due_at: None,
            first_answered_at: None,
            quiet_due_at: None,
            nudged_at: None,
            first_answer_s: 0,
            reply_s: 0,
            nudge_after_s: 0,
            close_after_s: 0,
            queued_at: NOON,
            merged_into: None,
            started_at: NOON,
            updated_at: NOON,
            closed_at: (state == State::Closed).then_some(NOON),
            priority: 0,
            ticket: 0,
            due_at: None,
            last_agent_id: None,
            passed_over: None,
            visitor_name: None,
            owner_name: None,
            queue_name: String::new(),
        }
    }

    /// What is due so long after noon.
    fn due_after(site: &Site, chat: Option<&Conversation>, after: Duration, known: &Known) -> Vec<FormName> {
        let standing = Standing { conversation: chat, online: false, now: NOON.plus(after) };
        let due = due(site, &standing, known, false);
        assert!(due.is_empty() || standing.may_be_due(site), "what is due is looked for");
        due
    }

    #[test]
    fn a_chat_is_rated_within_a_day() {
        let (site, closed) = (site(json!({"rating": {"on": true}})), chat(State::Closed));
        let known = Known::default();
        assert_eq!(due_after(&site, Some(&closed), RATED_WITHIN, &known), [FormName::Rating]);
        assert_eq!(due_after(&site, Some(&closed), RATED_WITHIN + Duration::from_millis(1), &known), []);
        assert_eq!(due_after(&site, Some(&chat(State::Queued)), Duration::ZERO, &known), []);
        assert_eq!(due_after(&site, None, Duration::ZERO, &known), []);
    }

    #[test]
    fn each_form_has_its_time() {
        let all = json!({"rating": {"on": true}, "offline": {"ask_address": "optional"},
            "pre_chat": {"fields": [{"about": "email", "required": true}]}, "consent": {"required": true}});
        let (site, agreed) = (site(all), Known { consent: Some(true), ..Known::default() });
        let now = |chat: Option<&Conversation>, known: &Known| due_after(&site, chat, Duration::ZERO, known);
        for known in [Known::default(), Known { consent: Some(false), ..Known::default() }] {
            assert_eq!(now(Some(&chat(State::Closed)), &known), [FormName::Consent], "before it no other");
        }
        assert_eq!(now(None, &agreed), [FormName::PreChat]);
        assert_eq!(now(Some(&chat(State::Closed)), &agreed), [FormName::Rating, FormName::PreChat]);
        assert_eq!(now(Some(&chat(State::Queued)), &agreed), [FormName::Offline]);
        assert_eq!(now(Some(&chat(State::Snoozed)), &agreed), []);
        let reachable = Known { email: Some("ada@mail.example".to_owned()), ..agreed.clone() };
        assert_eq!(now(Some(&chat(State::Queued)), &reachable), []);
        assert_eq!(now(None, &reachable), []);
        assert_eq!(now(None, &Known { email: Some(" ".to_owned()), ..agreed.clone() }), [FormName::PreChat]);
        assert_eq!(now(None, &Known { pre_chat_at: Some(NOON), ..agreed }), []);
    }
}
