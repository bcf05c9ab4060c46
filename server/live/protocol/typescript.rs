//! Keeps `widget/src/generated/protocol.ts` equal to the serde types.
//! `DESKBELL_WRITE_TYPES=1 cargo test --lib generated_types` writes it.

use ts_rs::{Config, TS};

use super::*;

#[expect(clippy::too_many_lines, reason = "a list")]
fn declarations() -> String {
    let config = Config::default();
    let mut out =
        String::from("// Made from the serde types in server/live/protocol by `cargo test`; do not edit.\n\n");
    macro_rules! add {
        ($($t:ty),+ $(,)?) => { $(
            out.push_str("export ");
            out.push_str(&<$t as TS>::decl(&config));
            out.push_str("\n\n");
        )+ };
    }
    use crate::ids::*;
    add!(
        CommandId,
        ConversationId,
        MessageId,
        VisitorId,
        VisitorFrame,
        AgentFrame,
        Hello,
        AgentHello,
        Page,
        SendMessage,
        Edit,
        Delete,
        React,
        Form,
        Receipt,
        TypingKind,
        TypingUpdate,
        Profile,
        SiteEvent,
        Update,
        History,
        Command,
        ServerFrame,
        Welcome,
        ConversationHead,
        ConversationView,
        Participant,
        By,
        Owner,
        OwnerKind,
        Availability,
        SiteView,
        Limits,
        Conversations,
        EarlierConversation,
        QueuePlace,
        WaitRange,
        AgentItem,
        Row,
        Message,
        MessageKind,
        AuthorKind,
        Author,
        Event,
        Attachment,
        QuickReply,
        Reaction,
        Problem,
    );
    for close in close::CloseReason::ALL {
        out.push_str(&format!("export const CLOSE_{:?} = {};\n", close, close.code()));
    }
    out
}

#[test]
#[expect(clippy::disallowed_methods, reason = "no setting of Deskbell, but how the file is written")]
fn generated_types_are_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/widget/src/generated/protocol.ts");
    let wanted = declarations();
    if std::env::var_os("DESKBELL_WRITE_TYPES").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().expect("a folder")).expect("made");
        std::fs::write(path, &wanted).expect("written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == wanted, "run DESKBELL_WRITE_TYPES=1 cargo test --lib generated_types");
}
