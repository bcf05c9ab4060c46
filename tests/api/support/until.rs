//! Waiting for something that nobody tells us of. The one place that looks again and again.

use std::time::Duration;

use super::socket::PATIENCE;

const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Looks until it is so, within [`PATIENCE`].
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let mut looks = tokio::time::interval(LOOK_AGAIN);
    let found = async {
        loop {
            looks.tick().await;
            if is_so().await {
                return;
            }
        }
    };
    assert!(tokio::time::timeout(PATIENCE, found).await.is_ok(), "{what}: not within {PATIENCE:?}");
}
