//! The log of a whole session holds nothing that people wrote and nothing that opens a door.

use serde_json::json;

use crate::support::agent::Agent;
use crate::support::app::{ORIGIN, OWNER, PASSWORD, client};
use crate::support::frames::{draw_id, draw_token, kind, problem};
use crate::support::identity::{now, sign};
use crate::support::spawned::Spawned;
use crate::support::visitor::Visitor;

/// Everything that a visitor and an agent do, marked. Gives the log, where the server listened, and what
/// must not be in the log.
async fn a_whole_session(level: &str) -> (String, String, Vec<(&'static str, String)>) {
    let mut server = Spawned::start("", level).await;
    let mut visitor = Visitor::connect(server.address, &server.site_key, ORIGIN).await;
    visitor.says("wordsmxq7k of a visitor").await;
    let profile = json!({"name": "namemxq7k", "email": "mailmxq7k@shop.example", "phone": "+49 mxq7k 55"});
    let page = json!({"url": "https://shop.example/?q=querymxq7k", "title": "titlemxq7k", "referrer": ""});
    let update = json!({"type": "update", "id": draw_id(), "profile": profile, "page": page,
        "attributes": {"plan": "attributemxq7k"}});
    assert_eq!(kind(&visitor.asks(update).await), "ack");
    let secret = server.command(&["site", "identity", "--site", "Shop", "--new-secret"]).await;
    let claims = json!({"sub": "submxq7k", "exp": now() + 60, "email": "provedmxq7k@shop.example"});
    let jwt = sign(&json!({"alg": "HS256"}), &claims, secret.as_bytes());
    let forged = sign(&json!({"alg": "HS256", "kid": "kidmxq7k"}), &claims, b"another");
    assert_eq!(problem(&visitor.proves(&forged).await), "identity-refused");
    assert_eq!(kind(&visitor.proves(&jwt).await), "ack");
    visitor.socket.send_text("{\"type\": brokenmxq7k".to_owned()).await;
    visitor.socket.send_bytes(b"\xc1\x80nonsensemxq7k").await;
    visitor.is_closed_with().await;
    let conversation = visitor.conversation();

    let mut agent = Agent::at(server.address, OWNER).await;
    agent.watches(&conversation, 0).await;
    agent.takes(&conversation, 1).await;
    agent.answers(&conversation, "answermxq7k", 9).await;
    agent.notes(&conversation, "notemxq7k").await;
    let form = [("email", "wrongmxq7k@shop.example"), ("password", "passwordmxq7k")];
    let login = client().post(server.url("/console/login")).form(&form).send().await.expect("an answer");
    assert_eq!(login.status(), 401);
    let url = server.url(&format!("/v1/live/send?site={}", server.site_key));
    let bearer = draw_token();
    let frame = json!({"type": "send", "id": draw_id(), "text": "postedmxq7k"}).to_string();
    let request = client().post(url).header("Origin", ORIGIN).header("Authorization", format!("Bearer {bearer}"));
    assert_eq!(request.body(frame).send().await.expect("an answer").status(), 200);
    let setup = client().get(server.url("/setup/tokenmxq7k")).send().await.expect("an answer");
    assert_eq!(setup.status(), 404);
    server.is_asked_to_stop();
    let (code, log) = server.ends().await;
    assert_eq!(code, Some(0), "{log}");
    let secrets = vec![
        ("what was marked", "mxq7k".to_owned()),
        ("the owner's address", OWNER.to_owned()),
        ("the owner's password", PASSWORD.to_owned()),
        ("the visitor's token", visitor.token.clone()),
        ("a bearer token", bearer),
        ("the identity secret", secret),
        ("a proof", jwt.split('.').next_back().expect("a signature").to_owned()),
        ("a forged proof", forged.split('.').next_back().expect("a signature").to_owned()),
        ("the cookie", agent.cookie.split('=').nth(1).expect("a value").to_owned()),
        ("the API key", server.desk["api_key"].as_str().expect("a key").to_owned()),
    ];
    (log, server.address.to_string(), secrets)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_session_names_nobody_and_quotes_nothing() {
    for level in ["info", "debug", "trace"] {
        let (log, address, secrets) = a_whole_session(level).await;
        let line_with = |secret: &str| log.lines().find(|line| line.contains(secret));
        // The control: the same search finds what may be there, at the beginning and at the end.
        assert!(line_with(&address).is_some() && line_with("stopping").is_some(), "{log}");
        for (what, secret) in secrets {
            assert!(line_with(&secret).is_none(), "at {level} the log has {what}: {:?}", line_with(&secret));
        }
    }
}
