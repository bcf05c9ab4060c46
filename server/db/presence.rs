//! Which processes live, where several share a PostgreSQL: each that has something under way holds a
//! session's advisory lock on a number that it drew, and writes that number beside what it has. A process
//! that was killed loses its session, and so the lock, at once; what stands beside its number is anybody's
//! then, long before its lease ends. A number is never drawn again by a process that lives.
//!
//! The lease is still there: a machine that vanishes from the network keeps its session for as long as TCP
//! takes to notice. And a process that loses its session while it lives drops what it had under way as soon
//! as it notices; what came of it does not count, since a claim is fenced by its count of attempts.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Db, Error};
use crate::clock::Random;

/// The first of the lock's two numbers: "Bell". [`living!`] has it, too.
const CLASS: i32 = 0x4265_6c6c;
/// How often the session is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How long that may take, and how long its beginning may.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);
/// Numbers that are tried, should others have them.
const DRAWS: usize = 8;

/// SQL for PostgreSQL: the numbers of the processes that live.
#[macro_export]
macro_rules! living {
    () => {
        "(SELECT CAST(l.objid AS BIGINT) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted \
         AND CAST(l.classid AS BIGINT) = 1113943148 AND l.objsubid = 2 \
         AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))"
    };
}

/// As what this process claims, and until when that is so.
#[derive(Debug, Clone)]
pub struct Held {
    /// Written beside what is claimed. None where nobody else could look: a database of one process, or no
    /// session was to be had; then only the lease tells.
    pub number: Option<i64>,
    lost: CancellationToken,
}

impl Held {
    fn without() -> Self {
        Self { number: None, lost: CancellationToken::new() }
    }

    /// Ends when what was claimed under this number is anybody's.
    pub async fn lost(&self) {
        self.lost.cancelled().await;
    }
}

/// This process among others. Its session begins with the first claim.
pub struct Presence {
    options: Option<Arc<PgConnectOptions>>,
    random: Random,
    held: Mutex<Option<Held>>,
    left: CancellationToken,
}

impl Presence {
    /// Of a process that claims nothing yet.
    pub fn new(db: &Db, random: Random) -> Self {
        let options = match db {
            Db::Lite(_) => None,
            Db::Pg(pool) => Some(pool.connect_options()),
        };
        Self { options, random, held: Mutex::default(), left: CancellationToken::new() }
    }

    /// The number under which to claim; drawn anew where the last one's session was lost.
    pub async fn hold(&self) -> Held {
        let Some(options) = &self.options else { return Held::without() };
        let mut held = self.held.lock().await;
        if let Some(held) = held.as_ref().filter(|held| !held.lost.is_cancelled()) {
            return held.clone();
        }
        match timeout(ANSWERS_WITHIN, self.begin(options)).await.unwrap_or(Err(Error::Busy)) {
            Ok(fresh) => held.insert(fresh).clone(),
            Err(error) => {
                tracing::warn!(%error, "no session to tell others that this process lives: they wait for its leases");
                Held::without()
            }
        }
    }

    async fn begin(&self, options: &PgConnectOptions) -> Result<Held, Error> {
        let mut conn = PgConnection::connect_with(options).await?;
        for _ in 0..DRAWS {
            let mut bytes = [0; 4];
            self.random.fill(&mut bytes);
            let number = i32::from_be_bytes(bytes) & i32::MAX;
            let sql = "SELECT pg_try_advisory_lock($1, $2)";
            if sqlx::query_scalar::<_, bool>(sql).bind(CLASS).bind(number).fetch_one(&mut conn).await? {
                let held = Held { number: Some(number.into()), lost: self.left.child_token() };
                tokio::spawn(watch(conn, number, held.lost.clone()));
                return Ok(held);
            }
        }
        Err(Error::Busy)
    }

    /// Nothing is under way here any more.
    pub fn leave(&self) {
        self.left.cancel();
    }
}

/// Keeps the session until it is lost, and says so before anybody else can see it.
async fn watch(mut conn: PgConnection, number: i32, lost: CancellationToken) {
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 \
               AND CAST(classid AS BIGINT) = $1 AND CAST(objid AS BIGINT) = $2)";
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = lost.cancelled() => break,
        }
        let look = sqlx::query_scalar::<_, bool>(sql).bind(i64::from(CLASS)).bind(i64::from(number));
        if !matches!(timeout(ANSWERS_WITHIN, look.fetch_one(&mut conn)).await, Ok(Ok(true))) {
            tracing::warn!("the session that tells others that this process lives is lost; it begins a new one");
            break;
        }
    }
    lost.cancel();
    drop(timeout(ANSWERS_WITHIN, conn.close()).await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_places_name_the_same_class() {
        assert!(crate::living!().contains(&format!("= {CLASS} ")));
    }
}
