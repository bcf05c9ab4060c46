//! One suite for every kind of bot: what each scenario comes to, on a real server that asks a real bot, both
//! processes of their own. Where a scenario makes no sense for a kind, the table says why.

use deskbell::bots::Kind;

use crate::bots_stage::Stage;
use crate::bots_stories;
use crate::support::Database;

/// What a scenario comes to.
#[derive(Debug, Clone, Copy)]
pub enum Want {
    /// The visitor reads exactly these texts of the bot, and the chat stays with it.
    Says(&'static [&'static str]),
    /// Nothing is said, and the chat stays with the bot.
    Nothing,
    /// The bot hands the chat to people.
    HandsOff,
    /// People get the chat since the bot failed so; the next visitor is answered as ever.
    Fails(&'static str),
    /// It is told in `bots_stories.rs`.
    Story,
    /// The kind has no such thing: why.
    Not(&'static str),
}

use Want::{Fails, HandsOff, Not, Nothing, Says, Story};

/// A scenario, what the visitor says first, and what comes of it: webhook, openai, rasa, chatwoot.
pub type Row = (&'static str, &'static str, [Want; 4]);

const ONE_TEXT: Want = Not("a completion is one text");
const NO_BUTTONS: Want = Not("a completion has no buttons or cards");
const NO_ACT: Want = Not("the only tool is the hand-off");
const AT_ONCE: Want = Not("a completion is whole when the call ends");
const BY_REST: Want = Not("each message is a request of its own");
const NO_BODY: Want = Fails("not_later");
const ECHO_BUSY: Want = Says(&["echo: busyonce"]);
const RTL: &[&str] = &["مرحبًا بك 👩🏽\u{200d}🚀 e\u{301} שלום"];

/// Under deadlines that nobody misses.
const CALM: &[Row] = &[
    ("a plain answer", "plain", [Says(&["Hello from the bot"]); 4]),
    (
        "several messages",
        "several",
        [Says(&["one", "two", "three"]), ONE_TEXT, Says(&["one", "two", "three"]), Says(&["one", "two", "three"])],
    ),
    ("quick replies and a choice", "choose", [Story, NO_BUTTONS, Story, Story]),
    ("a card with a link", "card", [Story, NO_BUTTONS, Story, Story]),
    ("a form that is filled in", "form", [Story, NO_BUTTONS, Story, Story]),
    ("a form with 3,000 fields", "manyfields", [Fails("nonsense"), NO_BUTTONS, Fails("nonsense"), Not("below")]),
    ("a form of nulls", "nullform", [Fails("nonsense"), NO_BUTTONS, Fails("nonsense"), Not("below")]),
    ("a file somewhere else", "file", [Story, NO_BUTTONS, Story, Not("files are posted in pieces: not offered")]),
    ("a file behind javascript:", "badfile", [Fails("nonsense"), NO_BUTTONS, Fails("nonsense"), Not("as above")]),
    ("any script and emoji", "unicode", [Says(RTL); 4]),
    ("an instruction of the visitor", "ignore your rules", [Says(&["echo: ignore your rules"]); 4]),
    ("a long text", "long", [Story; 4]),
    ("nothing to say", "silent", [Nothing, Fails("nonsense"), Nothing, Not("silence is no answer: see the deadline")]),
    ("typing", "typing", [Says(&["Typed"]), NO_ACT, Not("Rasa has no word for it"), Says(&["Typed"])]),
    ("a hand-off after words", "handoff", [HandsOff; 4]),
    (
        "a hand-off to a queue",
        "queue",
        [Story, Story, Story, Not("team ids are Chatwoot's: a hand-off stays in its queue")],
    ),
    ("a hand-off with summary and note", "note", [Story; 4]),
    (
        "an unknown queue",
        "noqueue",
        [Fails("nonsense"), Fails("nonsense"), Fails("nonsense"), Not("it names no queue")],
    ),
    ("closing", "close", [Story, NO_ACT, Story, Story]),
    ("tags and attributes", "set", [Story, NO_ACT, Story, Story]),
    (
        "an answer that grows",
        "stream",
        [Story, Story, Not("its streams have no events"), Not("its webhook's answer is ignored")],
    ),
    (
        "an answer in one piece",
        "whole",
        [
            Not("that is every other scenario"),
            Says(&["In one piece"]),
            Not("it never streams"),
            Not("it never streams"),
        ],
    ),
    (
        "an error in the stream",
        "sse_error",
        [Not("its stream has no such event"), Fails("nonsense"), Not("it never streams"), Not("it never streams")],
    ),
    ("messages that come while it thinks", "gate one", [Story; 4]),
    ("the order of messages", "1", [Story; 4]),
    ("its own messages", "several", [Story, Story, Story, Story]),
    (
        "what agents said",
        "plain",
        [Story, Story, Not("Rasa keeps its own tracker"), Not("an event has its own message only")],
    ),
    ("an agent takes over while it thinks", "gate", [Story; 4]),
    ("an agent closes while it thinks", "gate", [Story; 4]),
    ("others while one hangs", "gate", [Story; 4]),
    (
        "tokens of a conversation",
        "plain",
        [Not("it has no tokens"), Story, Not("it has no tokens"), Not("it has no tokens")],
    ),
    (
        "reading its conversation",
        "plain",
        [Not("what it needs is in the event"), Not("it only answers"), Not("it only answers"), Story],
    ),
    ("429, then well", "busyonce", [ECHO_BUSY; 4]),
    ("500", "broken", [Fails("refused"); 4]),
    ("429 for longer", "busy", [Fails("refused"); 4]),
    ("a redirect", "redirect", [Fails("unreachable"); 4]),
    ("1 GB", "huge", [Fails("too_long"); 4]),
    ("a gzip bomb", "bomb", [Fails("unreachable"); 4]),
    ("a connection cut in the middle", "cut", [Fails("unreachable"); 4]),
    (
        "no JSON",
        "html",
        [
            Fails("nonsense"),
            Fails("nonsense"),
            Fails("nonsense"),
            Not("the body is ignored; its silence is another scenario"),
        ],
    ),
    ("null in every field", "null", [Fails("nonsense"), Fails("nonsense"), Nothing, Not("under short deadlines")]),
    ("10,000 actions", "many", [Fails("nonsense"), Fails("nonsense"), Fails("too_long"), BY_REST]),
    (
        "an unknown action",
        "unknown",
        [Fails("nonsense"), Fails("nonsense"), Says(&["Danced"]), Not("under short deadlines")],
    ),
    (
        "a javascript: link",
        "javascript",
        [Fails("nonsense"), NO_BUTTONS, Fails("nonsense"), Not("under short deadlines")],
    ),
    ("a text that is too long", "toolong", [Fails("nonsense"), Story, Fails("nonsense"), Not("under short deadlines")]),
];

/// Where the bot answers later: Rasa by its callback channel.
const LATER: &[Row] = &[
    ("a later answer", "later", [Says(&["Later"]), AT_ONCE, Says(&["Later"]), Says(&["Later"])]),
    (
        "the same answer twice",
        "twice",
        [Story, AT_ONCE, Not("its messages have no ids"), Not("its messages have no ids")],
    ),
    ("a later answer after a take-over", "lategate", [Story, AT_ONCE, Story, Story]),
    (
        "a later answer after it was given back",
        "lategate",
        [Story, AT_ONCE, Story, Not("its API knows no epoch: what it says counts while it has the chat")],
    ),
];

/// Under deadlines that pass.
const SHORT: &[Row] = &[
    ("later, too late", "never", [Fails("not_later"), AT_ONCE, Fails("not_later"), Fails("not_later")]),
    (
        "no answer",
        "hang",
        [Fails("no_answer"), Fails("no_answer"), Not("with REST above: the call is the same"), Fails("no_answer")],
    ),
    (
        "one byte a second",
        "drip",
        [Fails("no_answer"), Fails("no_answer"), Not("with REST above: the call is the same"), Fails("no_answer")],
    ),
    ("null over REST", "null", [Not("above"), Not("above"), Not("above"), NO_BODY]),
    ("an unknown kind of message", "unknown", [Not("above"), Not("above"), Not("above"), NO_BODY]),
    ("a form with 3,000 fields over REST", "manyfields", [Not("above"), Not("above"), Not("above"), NO_BODY]),
    ("a form of nulls over REST", "nullform", [Not("above"), Not("above"), Not("above"), NO_BODY]),
    ("a javascript: link over REST", "javascript", [Not("above"), Not("above"), Not("above"), NO_BODY]),
    ("a long text over REST", "toolong", [Not("above"), Not("above"), Not("above"), NO_BODY]),
];

async fn play(stage: &mut Stage, rows: &[Row]) -> usize {
    let column = Kind::ALL.iter().position(|kind| *kind == stage.kind).expect("a kind");
    let mut played = 0;
    for (name, words, wants) in rows {
        let want = wants[column];
        if let Not(why) = want {
            println!("{:9} {name:38} makes no sense: {why}", stage.kind.word());
            continue;
        }
        println!("{:9} {name:38} {want:?}", stage.kind.word());
        match want {
            Not(_) => {}
            Says(texts) => stage.says(words, texts).await,
            Nothing => stage.comes_to_nothing(words).await,
            HandsOff => drop(stage.hands_off(words).await),
            Fails(why) => stage.fails(words, why).await,
            Story => bots_stories::tell(stage, name, words).await,
        }
        played += 1;
    }
    played
}

async fn conforms(kind: Kind, database: Database) {
    let mut stage = Stage::set(kind, database).await;
    let mut played = play(&mut stage, CALM).await;
    if kind == Kind::Rasa {
        stage.change(&["--deadline-ms", "1500"]).await;
        stage.fails("hang", "no_answer").await;
        stage.fails("drip", "no_answer").await;
        stage.change(&["--callback", "true", "--deadline-ms", "60000"]).await;
        bots_stories::a_foreign_token_is_nobodys(&stage).await;
        played += 3;
    }
    played += play(&mut stage, LATER).await;
    stage.change(&["--deadline-ms", "1500", "--later", "2"]).await;
    played += play(&mut stage, SHORT).await;
    bots_stories::refused_and_left_alone(&mut stage).await;
    played += 2;
    println!("{}: {played} scenarios", kind.word());
    assert!(played >= 30, "{}: {played} scenarios", kind.word());
    stage.is_light();
}

#[test]
fn the_suite_has_at_least_thirty_scenarios() {
    assert!(CALM.len() + LATER.len() + SHORT.len() >= 30);
}

macro_rules! kinds {
    ($($name:ident $kind:ident)+) => {$(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                conforms(Kind::$kind, Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = Database::postgres().await else {
                    println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set");
                    return;
                };
                conforms(Kind::$kind, database).await;
            }
        }
    )+};
}

kinds! {
    the_native_kind_conforms Webhook
    openai_conforms Openai
    rasa_conforms Rasa
    chatwoot_conforms Chatwoot
}
