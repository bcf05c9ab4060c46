//! SQL over whole tables, whatever their columns: read from one database, written into the other.
//!
//! A value is JSON: numbers, texts and null as they are; bytes as `{"b": base64}`. JSON columns are texts.
//! PostgreSQL's ids are bytes, its booleans 0 and 1, so that a row of one database fits into the other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Column as _, PgConnection, Postgres, Row as _, Sqlite, SqliteConnection, TypeInfo as _};
use sqlx::{ValueRef as _, types::Json};
use uuid::Uuid;

use super::tables::Table;
use crate::db::{Conn, Error};
use crate::on;

/// The columns of a table with their types, in order.
pub async fn columns(conn: Conn<'_>, table: &str) -> Result<Vec<(String, String)>, Error> {
    let sql = conn.pick(
        "SELECT name, lower(type) FROM pragma_table_info($1) ORDER BY cid",
        "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
    );
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(table).fetch_all(c).await)?)
}

/// The names of all tables.
pub async fn all_tables(conn: Conn<'_>) -> Result<Vec<String>, Error> {
    let sql = conn.pick(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()",
    );
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_all(c).await)?)
}

/// Begins to read everything as of this moment.
pub async fn begin_snapshot(conn: Conn<'_>) -> Result<(), Error> {
    let sql = conn.pick("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    on!(conn, |c| sqlx::raw_sql(sql).execute(c).await.map(drop)).map_err(Error::from)
}

/// A statement without binds, such as `COMMIT`.
pub async fn control(conn: Conn<'_>, sql: &'static str) -> Result<(), Error> {
    on!(conn, |c| sqlx::raw_sql(sql).execute(c).await.map(drop)).map_err(Error::from)
}

/// Reads every row of a table, and whose it is.
pub async fn each(
    conn: Conn<'_>,
    table: &Table,
    columns: &[String],
    mut take: impl FnMut(Option<Uuid>, Vec<Value>) -> Result<(), super::Error>,
) -> Result<(), super::Error> {
    let owner = table.owner.unwrap_or("NULL");
    let listed: Vec<String> = columns.iter().map(|column| format!("t.{column}")).collect();
    let owner = if matches!(conn, Conn::Pg(_)) { format!("CAST({owner} AS UUID)") } else { owner.to_owned() };
    let sql = AssertSqlSafe(format!("SELECT {owner} AS whose, {} FROM {} t", listed.join(", "), table.name));
    match conn {
        Conn::Lite(c) => {
            let mut rows = sqlx::query(sql).fetch(c);
            while let Some(row) = rows.try_next().await? {
                take(row.try_get("whose")?, lite_values(&row)?)?;
            }
        }
        Conn::Pg(c) => {
            let mut rows = sqlx::query(sql).fetch(c);
            while let Some(row) = rows.try_next().await? {
                take(row.try_get("whose")?, pg_values(&row)?)?;
            }
        }
    }
    Ok(())
}

fn bytes(bytes: &[u8]) -> Value {
    json!({"b": STANDARD.encode(bytes)})
}

fn lite_values(row: &SqliteRow) -> Result<Vec<Value>, sqlx::Error> {
    let value = |at: usize| {
        let raw = row.try_get_raw(at)?;
        let name = raw.type_info().name().to_owned();
        Ok(match name.as_str() {
            _ if raw.is_null() => Value::Null,
            "INTEGER" => json!(row.try_get::<i64, _>(at)?),
            "BLOB" => bytes(row.try_get::<&[u8], _>(at)?),
            _ => json!(row.try_get::<&str, _>(at)?),
        })
    };
    (1..row.columns().len()).map(value).collect()
}

fn pg_values(row: &PgRow) -> Result<Vec<Value>, sqlx::Error> {
    let value = |at: usize| {
        if row.try_get_raw(at)?.is_null() {
            return Ok(Value::Null);
        }
        Ok(match row.column(at).type_info().name() {
            "UUID" => bytes(row.try_get::<Uuid, _>(at)?.as_bytes()),
            "BYTEA" => bytes(row.try_get::<&[u8], _>(at)?),
            "INT8" => json!(row.try_get::<i64, _>(at)?),
            "INT4" => json!(row.try_get::<i32, _>(at)?),
            "BOOL" => json!(i64::from(row.try_get::<bool, _>(at)?)),
            "JSONB" => json!(row.try_get::<Json<Value>, _>(at)?.0.to_string()),
            _ => json!(row.try_get::<&str, _>(at)?),
        })
    };
    (1..row.columns().len()).map(value).collect()
}

/// A statement that writes rows of one table.
pub struct Insert {
    sql: String,
    /// The type of each value's column.
    types: Vec<String>,
}

impl Insert {
    /// For these columns, each with its type in the target; columns of `late` are left empty.
    pub fn new(table: &str, columns: &[(String, String)], is_pg: bool) -> Self {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let places: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
        // Rows keep the numbers by which lists break ties.
        let overriding = if is_pg { "OVERRIDING SYSTEM VALUE " } else { "" };
        let (names, places) = (names.join(", "), places.join(", "));
        let sql = format!("INSERT INTO {table} ({names}) {overriding}VALUES ({places})");
        Self { sql, types: columns.iter().map(|(_, kind)| kind.clone()).collect() }
    }

    /// Writes a row.
    pub async fn run(&self, conn: Conn<'_>, values: &[Value]) -> Result<(), Error> {
        let sql = AssertSqlSafe(self.sql.clone());
        match conn {
            Conn::Lite(c) => lite_run(c, sql, values).await,
            Conn::Pg(c) => pg_run(c, sql, values, &self.types).await,
        }
    }
}

async fn lite_run(c: &mut SqliteConnection, sql: AssertSqlSafe<String>, values: &[Value]) -> Result<(), Error> {
    let mut query: Query<'_, Sqlite, SqliteArguments> = sqlx::query(sql);
    for value in values {
        query = match value {
            Value::Number(number) => query.bind(number.as_i64()),
            Value::String(text) => query.bind(text.clone()),
            Value::Object(_) => query.bind(as_bytes(value)?),
            _ => query.bind(None::<i64>),
        };
    }
    query.execute(c).await?;
    Ok(())
}

async fn pg_run(
    c: &mut PgConnection,
    sql: AssertSqlSafe<String>,
    values: &[Value],
    types: &[String],
) -> Result<(), Error> {
    let mut query: Query<'_, Postgres, PgArguments> = sqlx::query(sql);
    for (value, kind) in values.iter().zip(types) {
        let null = value.is_null();
        query = match kind.as_str() {
            "uuid" if null => query.bind(None::<Uuid>),
            "uuid" => query.bind(Uuid::from_slice(&as_bytes(value)?).map_err(|_| BAD)?),
            "bytea" if null => query.bind(None::<Vec<u8>>),
            "bytea" => query.bind(as_bytes(value)?),
            "boolean" => query.bind(value.as_i64().map(|number| number != 0)),
            "jsonb" if null => query.bind(None::<Json<Value>>),
            "jsonb" => {
                let parsed: Value = serde_json::from_str(value.as_str().unwrap_or_default()).map_err(|_| BAD)?;
                query.bind(Json(parsed))
            }
            "integer" => query.bind(value.as_i64().map(i32::try_from).transpose().map_err(|_| BAD)?),
            "bigint" => query.bind(value.as_i64()),
            _ => query.bind(value.as_str().map(str::to_owned)),
        };
    }
    query.execute(c).await?;
    Ok(())
}

/// A value that is none of its column's.
const BAD: Error = Error::Inconsistent("backup");

fn as_bytes(value: &Value) -> Result<Vec<u8>, Error> {
    let text = value.get("b").and_then(Value::as_str).ok_or(BAD)?;
    STANDARD.decode(text).map_err(|_| BAD)
}

/// Fills a column that had to wait: rows are found by workspace and id.
pub async fn fill(
    conn: Conn<'_>,
    (table, column): (&str, &str),
    (workspace, id, value): (&Value, &Value, &Value),
) -> Result<(), Error> {
    let sql = format!("UPDATE {table} SET {column} = $3 WHERE workspace_id = $1 AND id = $2");
    let types = ["uuid", "uuid", "uuid"].map(str::to_owned);
    let values = [workspace.clone(), id.clone(), value.clone()];
    Insert { sql, types: types.to_vec() }.run(conn, &values).await
}

/// PostgreSQL: numbers that it draws itself go on above those that were written.
pub async fn go_on_above(conn: Conn<'_>, table: &str) -> Result<(), Error> {
    let Conn::Pg(c) = conn else { return Ok(()) };
    let sql = format!(
        "SELECT setval(pg_get_serial_sequence('{table}', 'row_id'), COALESCE((SELECT max(row_id) FROM {table}), 1))"
    );
    sqlx::query(AssertSqlSafe(sql)).execute(c).await?;
    Ok(())
}

/// A new generation, so that clients drop what they hold and ask anew, and no set-up link.
pub async fn begin_anew(conn: Conn<'_>, generation: &str) -> Result<(), Error> {
    let sql = "UPDATE instance SET generation = $1, setup_token_hash = NULL WHERE id = 1";
    on!(conn, |c| sqlx::query(sql).bind(generation).execute(c).await.map(drop)).map_err(Error::from)
}

/// Whether there is a desk.
pub async fn has_desk(conn: Conn<'_>) -> Result<bool, Error> {
    let found: i64 = on!(conn, |c| sqlx::query_scalar("SELECT count(*) FROM workspaces").fetch_one(c).await)?;
    Ok(found > 0)
}

/// The visitors whose erasure is noted.
pub async fn erased(conn: Conn<'_>) -> Result<Vec<Uuid>, Error> {
    Ok(on!(conn, |c| sqlx::query_scalar("SELECT visitor_id FROM erasures").fetch_all(c).await)?)
}

/// Whether an agent who may sign in is there, by workspace and id.
pub async fn has_agent(conn: Conn<'_>, workspace: Uuid, agent: Uuid) -> Result<bool, Error> {
    let sql = "SELECT count(*) FROM agents WHERE workspace_id = $1 AND id = $2 AND disabled_at IS NULL";
    let found: i64 = on!(conn, |c| sqlx::query_scalar(sql).bind(workspace).bind(agent).fetch_one(c).await)?;
    Ok(found > 0)
}
