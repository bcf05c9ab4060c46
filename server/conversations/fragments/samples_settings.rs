//! Pages of the settings for the tests of their templates.

use askama::Template as _;

use super::{samples, samples_account, samples_bots, samples_filters, samples_mail, samples_webhooks};
use crate::agents::Role;
use crate::agents::managing_pages::{
    AgentForm, AgentLine, AgentPage, AgentsPage, InvitedPage, InvitedProblem, Problem as AgentProblem,
};
use crate::api::keys_pages::{KeyLine, KeysPage, Problem as KeyProblem};
use crate::audit::changes::ChangeView;
use crate::audit::pages::{AuditPage, EntryView};
use crate::hours::form::HoursForm;
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::practice::pages::{PracticePage, Problem as PracticeProblem};
use crate::queues::pages::{Problem as QueueProblem, QueueForm, QueueLine, QueuePage, QueuesPage};
use crate::queues::store::Queue;
use crate::sites::identity_pages::{IdentityPage, Problem as IdentityProblem};
use crate::sites::install_pages::{InstallPage, PreviewPage, SeenPart, SeenView, Step};
use crate::sites::pages::{Problem as SiteProblem, SiteForm, SiteLine, SitePage, SitesPage};
use crate::sites::recipes::Recipe;
use crate::sites::texts::{Key, LangTexts, TextField};
use crate::tags::pages::{Problem as TagProblem, TagLine, TagsPage};
use crate::visitors::pages::{BlockedLine, BlockedPage};
use crate::words::Lang;
use crate::workspaces::pages::{Problem as WorkspaceProblem, WorkspacePage};

/// Every page of the settings with this text wherever somebody else decides it.
pub fn settings(lang: Lang, text: &str) -> Vec<String> {
    let mut all = agents(lang, text);
    all.extend(queues(lang, text));
    all.extend(sites(lang, text));
    all.extend(installing(lang, text));
    all.extend(samples_account::account(lang, text));
    all.extend(others(lang, text));
    all.extend(keys(lang, text));
    all.extend(samples_bots::bots(lang, text));
    all.extend(samples_filters::filters(lang, text));
    all.extend(samples_webhooks::webhooks(lang, text));
    all.extend(samples_mail::mail(lang, text));
    all.extend(workspace(lang, text));
    all.extend(practice(lang, text));
    all.extend(identity(lang, text));
    all
}

fn practice(lang: Lang, text: &str) -> Vec<String> {
    let all = [
        (None, false, None),
        (Some(text.to_owned()), true, Some(PracticeProblem::TooMany)),
        (Some(text.to_owned()), false, Some(PracticeProblem::Name)),
    ];
    let page = |(queue, serves, problem)| PracticePage { page: samples::page(lang, text), queue, serves, problem };
    all.into_iter().map(|shown| page(shown).render().unwrap()).collect()
}

fn identity(lang: Lang, text: &str) -> Vec<String> {
    let page = |(counting, problem)| IdentityPage {
        page: samples::page(lang, text),
        query: text.to_owned(),
        id: text.to_owned(),
        name: text.to_owned(),
        counting,
        made: Some(text.to_owned()),
        problem,
    };
    let all = [(0, None), (1, Some(IdentityProblem::NoOlder)), (2, Some(IdentityProblem::Two))];
    all.into_iter().map(|shown| page(shown).render().unwrap()).collect()
}

fn queue(text: &str) -> Queue {
    let (ws, id) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    Queue { workspace_id: WorkspaceId::from_uuid(ws), id: QueueId::from_uuid(id), name: text.to_owned() }
}

fn agents(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let page = || samples::page(lang, text);
    let line = |invited, disabled| AgentLine {
        id: owned(),
        name: owned(),
        email: owned(),
        role: Role::Admin,
        capacity: 6,
        queues: vec![owned(), owned()],
        invited,
        disabled,
        seen_at: owned(),
        link_until: owned(),
        has_factor: true,
    };
    let form = || AgentForm {
        name: owned(),
        email: owned(),
        role: owned(),
        capacity: owned(),
        queues: vec![(queue(text), true), (queue(text), false)],
        owns: true,
    };
    let link = || Some((owned(), owned()));
    let problems = [
        AgentProblem::Name,
        AgentProblem::Email,
        AgentProblem::EmailTaken,
        AgentProblem::Role,
        AgentProblem::Capacity,
        AgentProblem::OwnersOnly,
        AgentProblem::LastOwner,
    ];
    let mut all = Vec::new();
    for problem in problems {
        let agents = vec![line(false, false), line(true, false), line(false, true)];
        let (page, query, form, problem, link) = (page(), owned(), form(), Some(problem), link());
        let list = AgentsPage { page, query, agents, form, problem, link, mails: true };
        all.push(list.render().unwrap());
    }
    for (invited, disabled) in [(false, false), (true, false), (false, true)] {
        let (agent, query) = (line(invited, disabled), owned());
        let (page, form, link) = (page(), form(), link());
        let one = AgentPage { page, query, agent, form, problem: None, link, saved: invited, mails: true };
        all.push(one.render().unwrap());
    }
    all.extend(invited(lang, text));
    all
}

fn invited(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let mut all = Vec::new();
    for problem in [InvitedProblem::Name, InvitedProblem::PasswordShort, InvitedProblem::PasswordLong] {
        for first in [true, false] {
            let (token, email, name) = (owned(), owned(), owned());
            let invited =
                InvitedPage { page: samples::page(lang, text), token, email, name, first, problem: Some(problem) };
            all.push(invited.render().unwrap());
        }
    }
    all
}

fn queues(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let page = || samples::page(lang, text);
    let lines = || {
        vec![
            QueueLine { id: owned(), name: owned(), agents: vec![owned(), owned()] },
            QueueLine { id: owned(), name: owned(), agents: Vec::new() },
        ]
    };
    let form = || QueueForm {
        name: owned(),
        policy: owned(),
        sticky: true,
        answer_timeout: owned(),
        first_answer: owned(),
        reply: owned(),
        nudge_after: owned(),
        close_after: owned(),
        overflow_after: owned(),
        overflow_to: owned(),
        others: vec![queue(text)],
        agents: vec![(AgentId::from_uuid(uuid::Uuid::from_u128(3)), owned(), true)],
        hours: HoursForm { on: true, time_zone: owned(), days: std::array::from_fn(|_| owned()), holidays: owned() },
    };
    let problems = [
        QueueProblem::Name,
        QueueProblem::NameTaken,
        QueueProblem::Policy,
        QueueProblem::Seconds,
        QueueProblem::Overflow,
        QueueProblem::Hours(owned()),
    ];
    let mut all = Vec::new();
    for problem in problems {
        let (id, name) = (owned(), owned());
        let list =
            QueuesPage { page: page(), query: owned(), queues: lines(), name: owned(), problem: Some(problem.clone()) };
        let one =
            QueuePage { page: page(), query: owned(), id, name, form: form(), problem: Some(problem), saved: true };
        all.extend([list.render().unwrap(), one.render().unwrap()]);
    }
    all
}

fn site_form(text: &str) -> SiteForm {
    let owned = || text.to_owned();
    SiteForm {
        name: owned(),
        origins: owned(),
        queues: vec![(queue(text), true)],
        topics: vec![(queue(text), true), (queue(text), false)],
        colour: owned(),
        greeting: owned(),
        locale: owned(),
        on_closed: owned(),
        edit_window: owned(),
        delete_window: owned(),
        reply_within: owned(),
        consent_text: owned(),
        offline_address: owned(),
        privacy: owned(),
        asks: std::array::from_fn(|_| owned()),
        questions: owned(),
        keep_days: owned(),
        texts: vec![LangTexts {
            tag: "ar",
            name: "العربية",
            dir: "rtl",
            texts: Key::CHAT.map(|key| TextField { key, name: owned(), value: owned(), otherwise: owned() }).to_vec(),
        }],
        ..SiteForm::default()
    }
}

fn sites(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let page = || samples::page(lang, text);
    let problems = [
        SiteProblem::Name,
        SiteProblem::NameTaken,
        SiteProblem::Queue,
        SiteProblem::Origin(owned()),
        SiteProblem::Question(owned()),
        SiteProblem::Hours(owned()),
        SiteProblem::Colour,
        SiteProblem::Locale,
        SiteProblem::Greeting,
        SiteProblem::Sentence,
        SiteProblem::KeepDays,
        SiteProblem::Deletes { chats: 12, days: 30 },
        SiteProblem::Text(Lang::Ar, Key::Hello),
        SiteProblem::Seconds,
    ];
    let mut all = Vec::new();
    for problem in problems {
        let sites = vec![SiteLine { id: owned(), name: owned(), origins: vec![owned(), owned()] }];
        let list = SitesPage {
            page: page(),
            query: owned(),
            sites,
            name: owned(),
            origin: owned(),
            queues: vec![(queue(text), false)],
            problem: Some(problem.clone()),
        };
        let (id, name, key, tag, preview) = (owned(), owned(), owned(), owned(), owned());
        let (query, form, problem) = (owned(), site_form(text), Some(problem));
        let one = SitePage { page: page(), query, id, name, key, tag, preview, form, problem, saved: true };
        all.extend([list.render().unwrap(), one.render().unwrap()]);
    }
    all
}

fn installing(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let page = || samples::page(lang, text);
    let seen = |found: bool| SeenView {
        found: if found { vec![(owned(), owned())] } else { Vec::new() },
        strangers: vec![owned(), owned()],
        origins: vec![owned()],
    };
    let recipes = || {
        let recipe = |id| Recipe { id, name: "HTML", code: owned() };
        ["html", "wordpress", "shopify", "tag-manager", "wix", "next"].map(recipe).to_vec()
    };
    let steps = || vec![Step::Tag(true), Step::Chat(false), Step::Team(true), Step::Hours(false)];
    let mut all = Vec::new();
    for found in [false, true] {
        let (query, id, name, preview) = (owned(), owned(), owned(), owned());
        let (recipes, seen_now, steps) = (recipes(), seen(found), steps());
        let (words, csrf, site, seen_part) = (lang.words(), owned(), owned(), seen(found));
        let part = SeenPart { words, csrf, id: site, seen: seen_part, steps: steps.clone() };
        let whole = InstallPage { page: page(), query, id, name, preview, recipes, seen: seen_now, steps };
        all.extend([whole.render().unwrap(), part.render().unwrap()]);
    }
    let (name, key, locale) = (owned(), owned(), owned());
    all.push(PreviewPage { page: page(), name, key, locale }.render().unwrap());
    all
}

fn keys(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let line = |writes, made_by| KeyLine { id: owned(), name: owned(), writes, made_by, used_at: owned() };
    let keys = vec![line(true, owned()), line(false, String::new()), KeyLine::default()];
    let page = |problem| KeysPage {
        page: samples::page(lang, text),
        query: owned(),
        keys: keys.clone(),
        name: owned(),
        writes: true,
        problem: Some(problem),
        made: Some((owned(), owned())),
    };
    let pages = [page(KeyProblem::Name), page(KeyProblem::TooMany)];
    pages.iter().map(|page| page.render().unwrap()).collect()
}

/// Everything that the audit log has a sentence for.
const ACTIONS: [&str; 40] = [
    "agent.invited",
    "agent.link_made",
    "agent.changed",
    "agent.disabled",
    "agent.enabled",
    "agent.joined",
    "agent.password_set",
    "agent.added",
    "agent.password_reset",
    "agent.password_changed",
    "agent.second_factor_on",
    "agent.second_factor_off",
    "agent.codes_renewed",
    "agent.device_ended",
    "agent.picture_set",
    "agent.picture_removed",
    "site.added",
    "site.changed",
    "site.secret_made",
    "site.secret_ended",
    "queue.added",
    "queue.changed",
    "api_key.made",
    "api_key.revoked",
    "webhook.added",
    "webhook.changed",
    "webhook.secret_made",
    "webhook.secret_ended",
    "webhook.enabled",
    "webhook.disabled",
    "webhook.removed",
    "webhook.replayed",
    "tag.renamed",
    "tag.removed",
    "filter.added",
    "filter.changed",
    "filter.removed",
    "visitor.blocked",
    "visitor.unblocked",
    "visitor.erased",
];

fn others(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let page = || samples::page(lang, text);
    let tags = |problem| TagsPage {
        page: page(),
        query: owned(),
        tags: vec![TagLine { id: owned(), name: owned(), used: 1 }],
        problem: Some(problem),
    };
    let change = || ChangeView {
        field: owned(),
        before: Some(owned().into()),
        after: Some(serde_json::json!({ owned(): [owned()] })),
    };
    let entry = |action: &str| EntryView {
        action: action.to_owned(),
        by: owned(),
        subject: owned(),
        at: owned(),
        changes: vec![change()],
    };
    let entries = ACTIONS.into_iter().chain([text]).map(entry).chain([EntryView::default()]).collect();
    let audit = AuditPage { page: page(), query: owned(), entries, older: Some(owned()) };
    let line = || BlockedLine { id: owned(), name: owned(), email: owned(), site: owned(), since: owned() };
    let blocked = BlockedPage { page: page(), query: owned(), visitors: vec![line(), BlockedLine::default()] };
    vec![
        blocked.render().unwrap(),
        tags(TagProblem::Name).render().unwrap(),
        tags(TagProblem::NameTaken).render().unwrap(),
        audit.render().unwrap(),
    ]
}

fn workspace(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let problems = [WorkspaceProblem::Name, WorkspaceProblem::Locale, WorkspaceProblem::Zone];
    let one = |problem| {
        let page = samples::page(lang, text);
        let (query, name, locale, zone, time_there) = (owned(), owned(), owned(), owned(), owned());
        WorkspacePage { page, query, name, locale, zone, time_there, problem, saved: true }.render().unwrap()
    };
    problems.into_iter().map(Some).chain([None]).map(one).collect()
}
