//! Work that a process left behind which is gone: calls of bots, mails, deliveries. Another that shares its
//! PostgreSQL makes them anybody's, at once.

use crate::app::App;
use crate::db::{Claims, Error, Tx};
use crate::writer::op;

/// Makes anybody's what processes that are gone had under way. With SQLite there is one process, and it has done
/// the same when it began.
pub async fn take_over(app: &App, claims: &'static Claims) -> Result<(), Error> {
    if !app.db.is_pg() {
        return Ok(());
    }
    for gone in claims.left_behind(app.db.read().await?.conn(), app.clock.now()).await? {
        let release = op(move |tx: &mut Tx| {
            Box::pin(async move {
                let now = tx.moment.now;
                claims.release(tx.conn(), gone, now).await
            })
        });
        let count = app.writer.run("release claims", release).await?;
        tracing::info!(count, what = claims.what, "what a process left behind that is gone is done again");
    }
    Ok(())
}
