//! A wallboard for the tests of its template.

pub fn board(text: &str) -> crate::team::pages::BoardView {
    use crate::team::pages::{AgentView, BoardView, ChatView, QueueView};
    let text = || text.to_owned();
    let queue = |answered| QueueView {
        id: text(),
        name: text(),
        shut: answered > 0,
        changes_at: text(),
        waiting: 3,
        oldest: text(),
        next_due: text(),
        answered,
        median_s: 42,
        p90_s: 7_384,
        in_time: -1,
        ..QueueView::default()
    };
    let chat = |name: String| ChatView { id: text(), name, since: text() };
    let agent = |state: &str| AgentView {
        id: text(),
        name: text(),
        state: state.to_owned(),
        load: 3,
        capacity: 6,
        chats: vec![chat(text()), chat(String::new())],
        more: 2,
    };
    BoardView {
        queues: vec![queue(0), queue(9), QueueView::default()],
        agents: vec![agent("online"), agent("draining"), agent("away"), agent("offline")],
        waiting: 3,
        oldest: text(),
        online: 1,
        room: 3,
        zone: text(),
    }
}
