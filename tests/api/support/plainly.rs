//! Things that a test asks of the server or the database without being anybody.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use deskbell::db::Db;
use deskbell::on;
use deskbell::sites::{self, OnClosed};
use serde_json::Value;

use super::TestApp;
use super::app::ORIGIN;
use super::replica::Replica;
use super::visitor::Visitor;

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

/// The one id that a query finds, as text.
pub async fn id(db: &Db, sql: &str) -> String {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    let mut conn = db.read().await.expect("a connection");
    let id: uuid::Uuid = on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("an id");
    id.to_string()
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
        .run("test", move |tx| Box::pin(async move { sites::store::save(tx.conn(), &site).await }))
        .await
        .expect("the setting");
}

/// Waits for what has to end by itself, if it does so within a minute.
pub async fn within_a_minute<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("it ends within a minute")
}

/// What a tab of this visitor shows that looks in and is cut.
pub async fn glimpse(address: SocketAddr, site_key: &str, token: &str) -> Replica {
    let mut visitor = Visitor::connect_as(address, site_key, ORIGIN, token.to_owned(), Replica::default()).await;
    if visitor.welcome["conversation"].is_object() {
        visitor.sees("changes").await;
    }
    visitor.shows
}

/// Everything that the migrations made, as text.
pub async fn schema(db: &Db) -> Vec<String> {
    let mut conn = db.read().await.expect("a connection");
    let sql = conn.conn().pick(
        "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema ORDER BY 1",
        "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable \
         FROM information_schema.columns WHERE table_schema = 'public' \
         UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
         WHERE connamespace = 'public'::regnamespace \
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    );
    let mut found: Vec<String> = on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_all(c).await).expect("the schema");
    let applied = "SELECT 'applied ' || version || ' ' || success FROM _sqlx_migrations ORDER BY version";
    let applied: Vec<String> =
        on!(conn.conn(), |c| sqlx::query_scalar(applied).fetch_all(c).await).expect("the migrations");
    found.extend(applied);
    found
}

/// An HTTP client, in a test that has no server in its own process.
pub fn http() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    super::app::client()
}

/// What the server logs as an error goes to the test's output.
pub fn log_errors() {
    let filter = tracing_subscriber::EnvFilter::new("error");
    drop(tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init());
}
