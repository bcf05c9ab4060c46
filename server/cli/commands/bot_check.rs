//! `bot check`: plays what happens to a bot of Deskbell's own contract, and says what it handled.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sqlx::types::Json;
use url::Url;

use crate::bots::adapters::{self, Called, Reply};
use crate::bots::request::{self, Asking, Named};
use crate::bots::{Bot, DEADLINE, Failure as BotFailure, Kind, LATER, Settings};
use crate::cli::CheckBot;
use crate::cli::run::{Failure, Said, Tools};
use crate::clock::{Ids, Timestamp};
use crate::conversations::Moment;
use crate::ids::{BotId, QueueId, SiteId, WorkspaceId};
use crate::outgoing::Outgoing;
use crate::outgoing::signing::SigningSecret;

/// How far in the past a copy is that has to be refused.
const LONG_AGO: Duration = Duration::from_secs(60 * 60);

/// What a scenario expects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Something that makes sense.
    Answer,
    /// 401 or 403.
    Refusal,
}

struct Checks {
    outgoing: Outgoing,
    bot: Bot,
    moment: Moment,
    lines: Vec<String>,
    failed: bool,
}

/// Runs it.
pub async fn run(given: &CheckBot, tools: &Tools) -> Result<Said, Failure> {
    let mut checks = Checks::of(given, tools)?;
    checks.words().await;
    checks.signatures(&SigningSecret::draw(&tools.random).expose()).await;
    let (out, exit) = (checks.lines.join("\n"), u8::from(checks.failed));
    Ok(Said { out, exit, ..Said::default() })
}

impl Checks {
    fn of(given: &CheckBot, tools: &Tools) -> Result<Self, Failure> {
        let usage = |why: String| Failure::usage(format!("{why}."));
        given.secret.expose().parse::<SigningSecret>().map_err(|why| usage(format!("--secret: {why}")))?;
        let url = Url::parse(&given.url)
            .map_err(|_| usage("The address has to be like https://bot.example.com/hook".into()))?;
        // Whoever runs this names the one address that is asked.
        let host = url.host_str().unwrap_or_default();
        let allowed = url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let allowed = allowed.parse().map_err(|why| usage(format!("The address cannot be asked: {why}")))?;
        let ids = Arc::new(Ids::new(tools.clock.clone(), tools.random.clone()));
        let moment = Moment { now: tools.clock.now(), ids: Arc::clone(&ids) };
        let bot = Bot {
            workspace_id: WorkspaceId::from_uuid(ids.draw()),
            id: BotId::from_uuid(ids.draw()),
            name: "Checked".to_owned(),
            kind: Kind::Webhook,
            url: given.url.clone(),
            settings: Json(Settings::default()),
            secret: given.secret.expose().to_owned(),
            secret_before: None,
            deadline_ms: i64::try_from(DEADLINE.as_millis()).unwrap_or_default(),
            later_s: i64::try_from(LATER.as_secs()).unwrap_or_default(),
            redacts: false,
            disabled_at: None,
            created_at: moment.now,
        };
        Ok(Self { outgoing: Outgoing::new(allowed), bot, moment, lines: Vec::new(), failed: false })
    }

    fn says(&self, text: &str) -> Asking {
        let bot = Named { id: self.bot.id, name: self.bot.name.clone() };
        let site = Named { id: SiteId::from_uuid(self.moment.ids.draw()), name: "Shop".to_owned() };
        let queue = Named { id: QueueId::from_uuid(self.moment.ids.draw()), name: "Support".to_owned() };
        request::example(bot, site, queue, text, &self.moment)
    }

    /// What visitors say.
    async fn words(&mut self) {
        let now = self.moment.now;
        let first = self.says("Hello");
        self.plays("a first message", &first, now, Expected::Answer).await;
        self.plays("the same event again, as after a restart", &first, now, Expected::Answer).await;
        for (what, text) in [
            ("Arabic", "مرحبًا، أين طلبي؟"),
            ("emoji and combined letters", "👩‍👩‍👧‍👦 e\u{301} 🏳️‍🌈"),
            ("markup as text", "<script>alert(1)</script> {{7*7}} ' OR 1=1 --"),
        ] {
            let said = self.says(text);
            self.plays(what, &said, now, Expected::Answer).await;
        }
        let long = self.says(&"long ".repeat(1_600));
        self.plays("8,000 characters", &long, now, Expected::Answer).await;
        let mut chosen = self.says("My order");
        for said in chosen.message.iter_mut().chain(&mut chosen.messages) {
            said.payload = Some(json!({"choice": ["track", 1042]}));
        }
        self.plays("a quick reply with a payload of its own", &chosen, now, Expected::Answer).await;
        let mut several = self.says("and a third");
        let earlier = [self.says("one"), self.says("two")].into_iter().flat_map(|asking| asking.messages);
        several.messages.splice(0..0, earlier);
        self.plays("three messages at once", &several, now, Expected::Answer).await;
        let mut later = self.says("and now?");
        later.history = self.says("what was said before").messages;
        later.epoch = 7;
        self.plays("a chat that goes on, with another epoch", &later, now, Expected::Answer).await;
        let given = Asking { event: "given", message: None, messages: Vec::new(), ..self.says("") };
        self.plays("given back by an agent, without a message", &given, now, Expected::Answer).await;
        let unknown = Asking { event: "something_new", ..self.says("Hello") };
        self.plays("an event that it does not know", &unknown, now, Expected::Answer).await;
    }

    /// Who is believed.
    async fn signatures(&mut self, other: &str) {
        let now = self.moment.now;
        let own = std::mem::replace(&mut self.bot.secret, other.to_owned());
        let asking = self.says("Hello");
        self.plays("signed with another secret", &asking, now, Expected::Refusal).await;
        self.bot.secret_before = Some(own.clone());
        self.plays("two signatures, the second its own", &asking, now, Expected::Answer).await;
        (self.bot.secret, self.bot.secret_before) = (own, None);
        self.plays("signed an hour ago", &asking, now.minus(LONG_AGO), Expected::Refusal).await;
    }

    async fn plays(&mut self, what: &str, asking: &Asking, at: Timestamp, expected: Expected) {
        let Called { reply, seen, .. } = adapters::call(&self.outgoing, &self.bot, asking, at, &mut |_| true).await;
        let refused = matches!(reply, Err(BotFailure::Refused(401 | 403)));
        let (word, why) = match (expected, reply) {
            (Expected::Refusal, _) if refused => ("ok", "refused".to_owned()),
            (Expected::Refusal, Ok(_)) => ("fail", "it was believed: check the signature and its time".to_owned()),
            (Expected::Refusal, Err(failure)) => ("warn", format!("answer 401 instead: {failure}")),
            (Expected::Answer, Ok(Reply::Later)) => ("ok", "acts later (202)".to_owned()),
            (Expected::Answer, Ok(Reply::Actions(actions))) => ("ok", format!("{} actions", actions.len())),
            (Expected::Answer, Err(failure)) => ("fail", failure.to_string()),
        };
        self.failed |= word == "fail";
        self.lines.push(format!("{word:<4} {what}: {why}, {} ms", seen.took_ms));
    }
}
