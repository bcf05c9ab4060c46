//! Opening hours as visitors and agents meet them.

use deskbell::clock::Clock;
use deskbell::hours::{self, Hours};
use deskbell::live::line;
use serde_json::json;

use crate::support::TestApp;
use crate::support::frames::{draw_id, kind};
use crate::support::site::site_asks;
use crate::support::visitor::Visitor;

/// Closed for longer than hours look ahead.
fn shut() -> Hours {
    Hours { time_zone: chrono_tz::UTC, week: Vec::new(), holidays: Vec::new() }
}

/// Closed now, and open from the day after tomorrow on.
fn soon() -> (Hours, String) {
    let day = Clock::System.now().plus_seconds(2 * 86_400).rfc3339();
    let day = day.split('T').next().expect("a date");
    let holidays = Hours::parse_holidays(&[format!("{day} 10:00-11:00")]).expect("a day");
    let opens = format!("{day}T10:00:00.000Z");
    (Hours { holidays, ..shut() }, opens)
}

/// As `deskbell site set` does beside the server.
async fn site_has(app: &TestApp, hours: Option<Hours>) {
    let (ws, site) = (app.desk.workspace_id, app.desk.site_id);
    let set = app.app.writer.run("test", move |tx| {
        Box::pin(async move { hours::store::set_of_site(tx.conn(), ws, site, hours.as_ref()).await })
    });
    set.await.expect("hours");
    app.app.availability.look();
}

fn state(state: &str) -> serde_json::Value {
    json!({"type": "state", "id": draw_id(), "state": state})
}

async fn is_told(visitor: &mut Visitor, online: bool, next_open_at: Option<&str>) {
    let wanted = (json!(online), json!(next_open_at));
    loop {
        let frame = visitor.sees_next().await;
        if kind(&frame) == "availability" && (frame["online"].clone(), frame["next_open_at"].clone()) == wanted {
            return;
        }
    }
}

on_each_database! {
    async fn visitors_hear_when_it_opens_and_that_it_did(app: TestApp) {
        let (hours, opens) = soon();
        let mut early = app.visitor().await;
        site_has(&app, Some(hours)).await;
        is_told(&mut early, false, Some(&opens)).await;
        let mut owner = app.owner().await;
        early.says("Anybody?").await;
        line::tell(&app.app).await.expect("told");
        let heard = early.hears().await;
        assert!(!heard.iter().any(|frame| kind(frame) == "queue"), "no place in a line that stands still: {heard:?}");
        let late = app.visitor().await;
        assert_eq!(late.welcome["availability"]["next_open_at"], opens, "told at once, from what is known");
        assert_eq!(late.welcome["availability"]["online"], false);
        site_has(&app, None).await;
        is_told(&mut early, true, None).await;
        owner.takes(&early.conversation(), 1).await;
        early.sees_state("assigned").await;
        app.stop().await;
    }

    async fn online_is_somebody_on_duty_for_the_queue(app: TestApp) {
        let mut visitor = app.visitor().await;
        assert_eq!(visitor.welcome["availability"], json!({"online": false}));
        let mut owner = app.owner().await;
        is_told(&mut visitor, true, None).await;
        owner.asks(state("draining")).await;
        is_told(&mut visitor, false, None).await;
        owner.asks(state("online")).await;
        is_told(&mut visitor, true, None).await;
        app.stop().await;
    }

    async fn who_waits_while_it_is_shut_is_asked_for_an_address(app: TestApp) {
        site_asks(&app, |settings| settings.offline.ask_address = deskbell::sites::settings::AskAddress::Optional).await;
        let _owner = app.owner().await;
        let mut visitor = app.visitor().await;
        visitor.hears_that_somebody_is_here().await;
        visitor.says("Anybody?").await;
        let heard = visitor.hears().await;
        assert!(!heard.iter().any(|frame| kind(frame) == "ask"), "somebody is here: {heard:?}");
        site_has(&app, Some(shut())).await;
        let ask = visitor.sees("ask").await;
        assert_eq!(ask["form"], "offline");
        app.stop().await;
    }
}
