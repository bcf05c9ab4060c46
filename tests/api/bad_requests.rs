//! Nonsense over HTTP, where frames are posted and forms are sent.

use serde_json::{Value, json};

use crate::support::app::{ORIGIN, TestApp};
use crate::support::frames::{draw_id, draw_token, problem};
use crate::support::visitor::Visitor;

/// A request of a widget, with this origin.
fn post(app: &TestApp, path: &str, origin: Option<&str>, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
    let url = app.url(&format!("/v1/live/{path}?site={}", app.desk.site_key));
    let request = app.http.post(url).header("Authorization", format!("Bearer {}", draw_token())).body(body);
    match origin {
        Some(origin) => request.header("Origin", origin),
        None => request,
    }
}

on_each_database! {
    async fn over_http_the_same_is_refused_with_a_problem(app: TestApp) {
        let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
        for path in ["events", "poll", "send"] {
            let bad = ["", "null", "7", "[]", "{", "{\"type\":5}", "{\"type\":\"hello\"}", "{\"type\":\"hello\",\"token\":7}",
                "{\"type\":\"hello\",\"token\":\"short\"}", "{\"session\":7}", &deep, "{\"type\":\"send\",\"id\":\"1\",\"text\":\"x\"}"];
            for body in bad {
                let answer = post(&app, path, Some(ORIGIN), body.to_owned()).send().await.expect("an answer");
                let status = answer.status().as_u16();
                assert!(matches!(status, 400 | 404), "{path} {body}: {status}");
                assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path} {body}");
                assert_eq!(answer.headers()["access-control-allow-origin"], ORIGIN);
                let problem: Value = answer.json().await.expect("JSON");
                assert!(problem["detail"].as_str().is_some_and(|words| words.len() < 1_000), "{problem}");
            }
            let big = post(&app, path, Some(ORIGIN), vec![b' '; 65_537]).send().await.expect("an answer");
            assert_eq!(big.status(), 413, "{path}");
            let bytes = post(&app, path, Some(ORIGIN), vec![0xff, 0xfe]).send().await.expect("an answer");
            assert_eq!(bytes.status(), 400, "{path}");
            let hello = json!({"type": "hello", "token": draw_token()}).to_string();
            for origin in [Some("https://evil.example"), Some("null"), None, Some("")] {
                let foreign = post(&app, path, origin, hello.clone()).send().await.expect("an answer");
                assert_eq!(foreign.status(), 403, "{path} from {origin:?}");
            }
            for key in ["nowhere", "%00", ""] {
                let url = app.url(&format!("/v1/live/{path}?site={key}"));
                let unknown = app.http.post(url).header("Origin", ORIGIN).body(hello.clone()).send().await;
                let unknown = unknown.expect("an answer");
                assert_eq!(unknown.status(), 404, "{path}?site={key}");
                assert_eq!(unknown.headers()["access-control-allow-origin"], ORIGIN, "the widget has to see it");
            }
            let without = app.http.post(app.url(&format!("/v1/live/{path}"))).header("Origin", ORIGIN).body(hello);
            assert_eq!(without.send().await.expect("an answer").status(), 404, "{path} without a site");
        }
        app.stop().await;
    }

    async fn over_http_a_token_has_to_be_one(app: TestApp) {
        let frame = json!({"type": "send", "id": draw_id(), "text": "x"}).to_string();
        let url = app.url(&format!("/v1/live/send?site={}", app.desk.site_key));
        let good = draw_token();
        for header in ["", "Bearer", "Bearer ", "Basic abc", "Bearer short", &format!("bearer {good}"), &format!("Bearer {good}x")] {
            let request = app.http.post(&url).header("Origin", ORIGIN).header("Authorization", header);
            assert_eq!(request.body(frame.clone()).send().await.expect("an answer").status(), 400, "{header}");
        }
        let request = app.http.post(&url).header("Origin", ORIGIN).header("Authorization", format!("Bearer {good}"));
        let ack: Value = request.body(frame).send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(ack["type"], "ack", "a control");
        app.stop().await;
    }

    async fn over_http_refusals_of_the_domain_are_nacks(app: TestApp) {
        for (frame, kind) in [
            (json!({"type": "send", "id": draw_id(), "text": " "}), "text-missing"),
            (json!({"type": "send", "id": draw_id(), "text": "x".repeat(8_001)}), "text-too-long"),
            (json!({"type": "form", "id": draw_id(), "form": "x", "values": {}}), "not-offered"),
        ] {
            let answer = post(&app, "send", Some(ORIGIN), frame.to_string()).send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
            let nack: Value = answer.json().await.expect("JSON");
            assert_eq!((nack["type"].as_str(), problem(&nack), &nack["id"]), (Some("nack"), kind, &frame["id"]));
        }
        for frame in [json!({"type": "list"}), json!({"type": "ping"}), json!({"type": "sync", "since": 0})] {
            let answer = post(&app, "send", Some(ORIGIN), frame.to_string()).send().await.expect("an answer");
            assert_eq!(answer.status(), 404, "{frame} needs a session");
        }
        app.stop().await;
    }

    async fn console_pages_and_forms_take_no_nonsense(app: TestApp) {
        let mut visitor = Visitor::connect(app.address(), &app.desk.site_key, ORIGIN).await;
        visitor.says("mine").await;
        let id = visitor.conversation();
        let owner = app.owner().await;
        let token = owner.form_token(&app).await;
        let get = async |path: &str| {
            let request = app.http.get(app.url(path)).header("Cookie", &owner.cookie);
            request.send().await.expect("an answer").status().as_u16()
        };
        for (path, status) in [
            ("/console/conversations/1", 404),
            ("/console/conversations/%00", 404),
            ("/console/conversations/..%2f..%2fetc", 404),
            (&format!("/console/conversations/{}", draw_id()), 404),
            ("/console/conversations?view=%00", 200),
            ("/console/conversations?view=nonsense", 200),
            (&format!("/console/conversations/{id}?before=x"), 400),
            (&format!("/console/conversations/{id}?before=-9223372036854775808"), 200),
            ("/setup/%00", 404),
            ("/chat/%00", 404),
            ("/console/static/..%2f..%2fCargo.toml", 404),
            ("/widget/parts/..%2fwidget.js", 404),
        ] {
            assert_eq!(get(path).await, status, "{path}");
        }
        let path = format!("/console/conversations/{id}/send");
        let send = async |fields: &[(&str, &str)]| {
            let request = app.http.post(app.url(&path)).header("Cookie", &owner.cookie).form(fields);
            request.send().await.expect("an answer").status().as_u16()
        };
        let (csrf, fresh, long) = (("csrf", token.as_str()), draw_id(), "x".repeat(8_001));
        assert_eq!(send(&[csrf, ("id", "1"), ("text", "x")]).await, 400, "an id that is none");
        assert_eq!(send(&[csrf, ("id", &fresh), ("text", "x"), ("seen_seq", "x")]).await, 400);
        assert_eq!(send(&[csrf, ("id", &fresh), ("text", " "), ("force", "1")]).await, 400);
        assert_eq!(send(&[csrf, ("id", &fresh), ("text", &long), ("force", "1")]).await, 413);
        assert_eq!(send(&[csrf, ("id", &fresh), ("text", "nul\u{0}"), ("force", "1")]).await, 400);
        assert_eq!(send(&[csrf, ("id", &fresh), ("text", "whole"), ("force", "1")]).await, 303, "a control");
        // The longest message in a form: four bytes for a character, three signs for a byte.
        assert_eq!(send(&[csrf, ("id", &draw_id()), ("text", &"🦀".repeat(8_000)), ("force", "1")]).await, 303);
        assert_eq!(send(&[csrf, ("id", &draw_id()), ("text", &"x".repeat(200_000)), ("force", "1")]).await, 413);
        let take = app.http.post(app.url(&format!("/console/conversations/{id}/take"))).header("Cookie", &owner.cookie);
        let take = take.form(&[("csrf", token.as_str()), ("epoch", "x")]).send().await.expect("an answer");
        assert_eq!(take.status(), 400);
        app.stop().await;
    }
}
