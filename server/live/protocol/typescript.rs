//! Keeps `widget/src/generated/protocol.ts` equal to the serde types.
//! `DESKBELL_WRITE_TYPES=1 cargo test --lib generated_types` writes it.

use ts_rs::{Config, TS};

use super::*;
use crate::ids::{AgentId, CommandId, ConversationId, MessageId, QueueId, VisitorId};

macro_rules! declarations_of {
    ($($t:ty),+ $(,)?) => {{
        let config = Config::default();
        [$(format!("export {}\n\n", <$t as TS>::decl(&config))),+].concat()
    }};
}

fn ids_and_client_frames() -> String {
    declarations_of!(
        CommandId,
        ConversationId,
        MessageId,
        VisitorId,
        QueueId,
        AgentId,
        VisitorFrame,
        AgentFrame,
        Hello,
        AgentHello,
        Page,
        SendMessage,
        SendMail,
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
        Transfer,
        Snooze,
        SetPriority,
        SetTag,
        Join,
        SaveDraft,
    )
}

fn server_frames() -> String {
    declarations_of!(
        ServerFrame,
        Ask,
        FormName,
        Field,
        FieldKind,
        Choice,
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
        Own,
        DraftNow,
        Mentioned,
        CardButton,
        Card,
        MessageForm,
        Message,
        MessageKind,
        AuthorKind,
        Author,
        Event,
        Attachment,
        QuickReply,
        Mail,
        MailFile,
        Reaction,
        Problem,
    )
}

fn declarations() -> String {
    let head = "// Made from the serde types in server/live/protocol by `cargo test`; do not edit.\n\n";
    let codes = close::CloseReason::ALL.map(|close| format!("export const CLOSE_{close:?} = {};\n", close.code()));
    [head.to_owned(), ids_and_client_frames(), server_frames(), codes.concat()].concat()
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
