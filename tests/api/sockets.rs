//! Frames that break RFC 6455 or our limits: a clear close code, and nothing that was said is lost.

use deskbell::live::protocol::MAX_FRAME_BYTES;
use serde_json::json;

use crate::support::app::ORIGIN;
use crate::support::frames::{draw_id, draw_token, kind};
use crate::support::raw::{FIRST, LAST, MIDDLE, TEXT, frame, head};
use crate::support::socket::Socket;
use crate::support::spawned::Spawned;
use crate::support::visitor::Visitor;

/// What is sent, what it is, and how it has to end.
fn broken() -> Vec<(&'static str, Vec<u8>, u16)> {
    let big = vec![b'*'; MAX_FRAME_BYTES + 1];
    let half = &big[..40_000];
    let crumbs: Vec<u8> = std::iter::repeat_n(frame(MIDDLE, b"x"), 5_000).flatten().collect();
    vec![
        ("a frame over 64 KiB", frame(TEXT, &big), 1009),
        ("the head of a frame of 2^62 bytes", head(TEXT, 1 << 62), 1009),
        ("the head of a frame of 1 GiB, and some of it", [head(TEXT, 1 << 30), half.to_vec()].concat(), 1009),
        ("a message over 64 KiB in pieces", [frame(FIRST, half), frame(LAST, half)].concat(), 1009),
        ("a message in 5,000 crumbs", [frame(FIRST, b"x"), crumbs].concat(), 1009),
        ("bytes that are no UTF-8", frame(TEXT, b"{\"type\":\"\xff\"}"), 1007),
        ("a character cut off at the end", frame(TEXT, b"\xe2\x82"), 1007),
        ("a surrogate in UTF-8", frame(TEXT, b"\xed\xa0\x80"), 1007),
        ("no UTF-8 in pieces", [frame(FIRST, b"\xe2"), frame(LAST, b"\x28\xa1")].concat(), 1007),
        ("a binary frame", frame(0x82, b"{}"), 1003),
        ("a binary frame in pieces", [frame(0x02, b"{"), frame(LAST, b"}")].concat(), 1003),
        ("a reserved bit", frame(0xc1, b"{}"), 1002),
        ("a reserved opcode", frame(0x83, b"{}"), 1002),
        ("a reserved control opcode", frame(0x8b, b""), 1002),
        ("no mask", vec![TEXT, 2, b'{', b'}'], 1002),
        ("a piece of nothing", frame(MIDDLE, b"x"), 1002),
        ("a last piece of nothing", frame(LAST, b"x"), 1002),
        ("a new message inside of one in pieces", [frame(FIRST, b"{"), frame(TEXT, b"}")].concat(), 1002),
        ("a ping of 126 bytes", frame(0x89, &[0; 126]), 1002),
        ("a ping in pieces", frame(0x09, b""), 1002),
        ("a negative length", head(TEXT, u64::MAX), 1002),
        ("a close of one byte", frame(0x88, &[3]), 1002),
        ("a close with code 999", frame(0x88, &999_u16.to_be_bytes()), 1002),
        ("a close with code 1006", frame(0x88, &1006_u16.to_be_bytes()), 1002),
        ("a close with code 65535", frame(0x88, &u16::MAX.to_be_bytes()), 1002),
        ("a close with words that are no UTF-8", frame(0x88, b"\x03\xe8\xff"), 1002),
        ("a goodbye", frame(0x88, &1000_u16.to_be_bytes()), 1000),
        ("a goodbye with a code of one's own", frame(0x88, &4000_u16.to_be_bytes()), 1000),
        ("a goodbye without a code", frame(0x88, b""), 1000),
    ]
}

on_each_database! {
    async fn what_breaks_the_rules_is_closed_with_its_code_and_loses_nothing(app: TestApp) {
        let mut visitor = app.visitor().await;
        let mut bystander = app.visitor().await;
        let mut said = 0;
        for (what, bytes, code) in broken() {
            let id = draw_id();
            let text = frame(TEXT, json!({"type": "send", "id": id, "text": what}).to_string().as_bytes());
            visitor.socket.send_bytes(&[text, bytes].concat()).await;
            assert_eq!(visitor.is_closed_with().await, Some(code), "{what}");
            visitor = visitor.comes_back().await;
            said += 1;
            // Whether it came before the end or not: once more, and it is there once.
            visitor.sends(&id, what).await;
            assert_eq!(visitor.answer_to(&id).await["type"], "ack", "{what}");
            visitor.sees_text(what).await;
        }
        assert_eq!(visitor.shows.texts().len(), said);
        assert_eq!(bystander.says("still here").await["type"], "ack");
        app.stop().await;
    }

    async fn before_hello_the_same_holds(app: TestApp) {
        let path = format!("/v1/live?site={}", app.desk.site_key);
        for (what, bytes, code) in broken() {
            let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
            socket.send_bytes(&bytes).await;
            assert_eq!(socket.close_code().await, Some(code), "{what}");
        }
        app.stop().await;
    }

    async fn the_largest_frame_is_taken_whole_and_in_pieces(app: TestApp) {
        let mut visitor = app.visitor().await;
        let around = json!({"type": "future", "pad": ""}).to_string().len();
        let text = json!({"type": "future", "pad": "*".repeat(MAX_FRAME_BYTES - around)}).to_string();
        assert_eq!(text.len(), MAX_FRAME_BYTES);
        visitor.socket.send_bytes(&frame(TEXT, text.as_bytes())).await;
        assert!(visitor.socket.said_so_far().await.is_empty());
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(1_000).collect();
        for (n, piece) in pieces.iter().enumerate() {
            let first = if n == 0 { FIRST } else if n + 1 == pieces.len() { LAST } else { MIDDLE };
            visitor.socket.send_bytes(&[frame(first, piece), frame(0x89, b"in between")].concat()).await;
        }
        assert!(visitor.socket.said_so_far().await.is_empty());
        let send = json!({"type": "send", "id": draw_id(), "text": "in two"}).to_string();
        let (one, two) = send.as_bytes().split_at(20);
        visitor.socket.send_bytes(&[frame(FIRST, one), frame(MIDDLE, b""), frame(LAST, two)].concat()).await;
        visitor.sees_text("in two").await;
        app.stop().await;
    }

    async fn an_unknown_site_is_told_after_the_upgrade(app: TestApp) {
        for key in ["nowhere", "", "%00", "%F0%9F%98%80", &"x".repeat(3_000), "..%2F..%2Fetc"] {
            let path = format!("/v1/live?site={key}");
            let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
            assert_eq!(socket.close_code().await, Some(4201), "{key}");
        }
        app.stop().await;
    }

    async fn a_malformed_token_is_refused_and_an_unknown_one_is_somebody_new(app: TestApp) {
        let path = format!("/v1/live?site={}", app.desk.site_key);
        let good = draw_token();
        for token in ["", "short", &good[1..], &format!("{good}x"), &format!("{}=", &good[..42]), &good.replace(&good[..1], "!")] {
            let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
            socket.send(&json!({"type": "hello", "token": token})).await;
            assert_eq!(socket.close_code().await, Some(4202), "{token}");
        }
        let new = Visitor::connect(app.address(), &app.desk.site_key, ORIGIN).await;
        assert!(new.welcome["visitor"].is_null());
        app.stop().await;
    }

    async fn a_foreign_page_is_refused_before_the_upgrade(app: TestApp) {
        let path = format!("/v1/live?site={}", app.desk.site_key);
        let foreign = ["https://evil.example", "null", "", "http://shop.example", "https://shop.example:444",
            "https://shop.example.evil.example", "https://shop.example/", "SHOP", "https://SHOP.example"];
        for origin in foreign {
            let refused = Socket::open(app.address(), &path, &[("Origin", origin)]).await.err();
            assert_eq!(refused, Some(403), "{origin}");
        }
        assert_eq!(Socket::open(app.address(), &path, &[]).await.err(), Some(403), "no Origin");
        assert!(Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.is_ok(), "a control");
        let own = app.url("").trim_end_matches('/').to_owned();
        assert!(Socket::open(app.address(), &path, &[("Origin", &own)]).await.is_ok(), "the server's own pages");
        app.stop().await;
    }
}

/// How many empty pieces are sent to the real program: as many as there are in a few megabytes a turn.
const TURNS: usize = 1_000;
const PIECES_A_TURN: usize = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn millions_of_empty_pieces_cost_no_memory_and_harm_nobody() {
    let limits = "[limits]\nsends_per_minute = 100000\nsends_per_minute_per_address = 100000\nframes_per_second = 1000000\nframes_burst = 20000000\nsends_burst = 100000\n";
    let server = Spawned::start(limits, "warn").await;
    let mut hostile = Visitor::connect(server.address, &server.site_key, ORIGIN).await;
    let mut bystander = Visitor::connect(server.address, &server.site_key, ORIGIN).await;
    bystander.says("before").await;
    let flood: Vec<u8> = std::iter::repeat_n(frame(MIDDLE, b""), PIECES_A_TURN).flatten().collect();
    hostile.socket.send_bytes(&frame(FIRST, b"{\"type\":")).await;
    hostile.socket.send_bytes(&flood).await;
    let before = server.memory();
    for _ in 0..TURNS {
        hostile.socket.send_bytes(&flood).await;
        assert_eq!(bystander.says("meanwhile").await["type"], "ack");
    }
    let grown = server.memory().saturating_sub(before);
    println!("{} empty pieces, memory grown by {grown} KiB", TURNS * PIECES_A_TURN);
    assert!(grown < 16 * 1024, "{grown} KiB for {} empty pieces", TURNS * PIECES_A_TURN);
    hostile.socket.send_bytes(&frame(LAST, b"\"ping\"}")).await;
    assert_eq!(kind(&hostile.socket.frame().await), "pong", "and the message is whole at last");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_that_only_announces_itself_costs_no_memory() {
    let server = Spawned::start("", "warn").await;
    let mut hostile = Visitor::connect(server.address, &server.site_key, ORIGIN).await;
    let before = server.memory();
    hostile.socket.send_bytes(&head(TEXT, 1 << 40)).await;
    let megabyte = vec![b'*'; 1 << 20];
    for _ in 0..64 {
        hostile.socket.send_bytes(&megabyte).await;
    }
    let grown = server.memory().saturating_sub(before);
    println!("64 MiB of a frame of 1 TiB, memory grown by {grown} KiB");
    assert!(grown < 16 * 1024, "{grown} KiB");
}
