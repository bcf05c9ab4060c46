//! Things that a test asks of the server or the database without being anybody.

use std::sync::Arc;

use deskbell::db::{Db, Error};
use deskbell::on;
use deskbell::sites::{self, OnClosed};
use serde_json::Value;

use super::TestApp;
use super::app::ORIGIN;

/// How many conversations the database has.
pub async fn conversations(db: &Db) -> i64 {
    number(db, "SELECT count(*) FROM conversations").await
}

/// A number from the database.
pub async fn number(db: &Db, sql: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT CAST(({sql}) AS BIGINT)"));
    let mut conn = db.read().await.expect("a connection");
    on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("a number")
}

/// Sends one frame by POST, without a live session; gives the answer.
pub async fn post(app: &TestApp, token: &str, frame: Value) -> Value {
    let url = app.url(&format!("/v1/live/send?site={}", app.desk.site_key));
    let request = app.http.post(url).header("Origin", ORIGIN).bearer_auth(token).body(frame.to_string());
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    serde_json::from_str(&response.text().await.expect("a body")).expect("JSON")
}

/// The desk's site starts a new conversation after a closed one. To be said before anybody comes:
/// the server believes what it knows of a site for a while.
pub async fn start_anew_after_the_end(app: &TestApp) {
    let mut conn = app.app.db.read().await.expect("a connection");
    let mut site = sites::store::by_key(conn.conn(), &app.desk.site_key).await.expect("the site").expect("the site");
    drop(conn);
    site.on_closed = OnClosed::New;
    let site = Arc::new(site);
    app.app
        .writer
        .run("test", move |tx| Box::pin(async move { sites::store::save(tx.conn(), &site).await.map_err(Error::from) }))
        .await
        .expect("the setting");
}
