//! The test kit: a running server with a database of its own, and people with verbs.

pub mod agent;
pub mod app;
pub mod bench;
pub mod bot;
pub mod console;
pub mod database;
pub mod dice;
pub mod dump;
pub mod fixtures;
pub mod frames;
pub mod html;
pub mod identity;
pub mod link;
pub mod mail;
pub mod mail_servers;
pub mod mailbox;
pub mod naughty;
pub mod peer;
pub mod plainly;
pub mod post;
pub mod process;
pub mod proxy;
pub mod raw;
pub mod receiver;
pub mod replica;
pub mod site;
pub mod socket;
pub mod software;
pub mod spawned;
pub mod talker;
pub mod tenants;
pub mod tls;
pub mod truth;
pub mod until;
pub mod visitor;

pub use app::TestApp;
pub use database::Database;

/// Runs a story on SQLite and on PostgreSQL. Without a PostgreSQL (`DESKBELL_TEST_POSTGRES`) the
/// second half says loudly that it did not run. `with CHANGE;` first: by other settings than the tests' own.
#[macro_export]
macro_rules! on_each_database {
    (with $change:path; $($(#[$attr:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        $(#[$attr])*
        mod $name {
            #[allow(unused_imports, reason = "a story may name everything in full")]
            use super::*;
            async fn story($app: $crate::support::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let database = $crate::support::Database::sqlite();
                story($crate::support::TestApp::start_with(database, $change).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match $crate::support::Database::postgres().await {
                    Some(database) => story($crate::support::TestApp::start_with(database, $change).await).await,
                    None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
                }
            }
        }
    )+};
    ($($(#[$attr:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        $(#[$attr])*
        mod $name {
            #[allow(unused_imports, reason = "a story may name everything in full")]
            use super::*;
            async fn story($app: $crate::support::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story($crate::support::TestApp::start($crate::support::Database::sqlite()).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match $crate::support::Database::postgres().await {
                    Some(database) => story($crate::support::TestApp::start(database).await).await,
                    None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
                }
            }
        }
    )+};
}
