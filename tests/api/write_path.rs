//! The writer itself, without sockets: deadlines, panics, peers that go away, transactions that are
//! lost, and the order of one session's messages through all of it.

use std::sync::Arc;

use deskbell::conversations::{self, Error};
use deskbell::db::Error as DbError;
use deskbell::on;
use deskbell::writer::{Gate, op};

use crate::support::bench::{Bench, answer};

/// Runs a story on SQLite and on PostgreSQL.
macro_rules! on_each_writer {
    ($(async fn $name:ident($bench:ident: Bench) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn story(mut $bench: Bench) {
                $body
                $bench.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story(Bench::start($crate::support::Database::sqlite()).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match $crate::support::Database::postgres().await {
                    Some(database) => story(Bench::start(database).await).await,
                    None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
                }
            }
        }
    )+};
}

/// Makes the database refuse a message of this text, for now.
const REFUSE_LITE: &str = "CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.text = 'first' \
     BEGIN SELECT RAISE(ABORT, 'not now'); END";
const REFUSE_PG: &str = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     IF NEW.text = 'first' THEN RAISE EXCEPTION 'not now'; END IF; RETURN NEW; END $$; \
     CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse()";

/// A row that points to nothing, which is found out at COMMIT.
const TABLES: &str = "CREATE TABLE above (id BIGINT PRIMARY KEY); CREATE TABLE below (id BIGINT \
     REFERENCES above (id) DEFERRABLE INITIALLY DEFERRED)";

fn is_lost<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Db(DbError::BatchLost(_))))
}

on_each_writer! {
    async fn an_operation_that_hangs_is_ended_and_stores_nothing(bench: Bench) {
        let (ann, bob, cat) = (bench.person("hello").await, bench.person("hello").await, bench.person("hello").await);
        let hold = bench.hold(None).await;
        let before = bench.append(&ann, bench.id(), "before", None).await;
        let words = bench.send(&bob, bench.id(), "never");
        let hung = bench.submit(None, op(move |tx| Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::send_as_visitor(tx, &moment, &words).await?;
            std::future::pending::<Result<(), Error>>().await
        }))).await;
        let after = bench.append(&cat, bench.id(), "after", None).await;
        hold.release();
        answer(before).await.expect("what came before");
        assert!(matches!(answer(hung).await, Err(Error::Db(DbError::Deadline(_)))));
        answer(after).await.expect("what came after");
        assert_eq!(bench.texts(&ann).await, ["hello", "before"]);
        assert_eq!(bench.texts(&bob).await, ["hello"]);
        assert_eq!(bench.texts(&cat).await, ["hello", "after"]);
        // Two conversations: on PostgreSQL nothing says which of them is first.
        let mut published = bench.published();
        published.sort_unstable();
        assert_eq!(published, ["after", "before"]);
    }

    async fn an_operation_that_panics_harms_nobody_else(bench: Bench) {
        let (ann, bob) = (bench.person("hello").await, bench.person("hello").await);
        let hold = bench.hold(None).await;
        let before = bench.append(&ann, bench.id(), "before", None).await;
        let words = bench.send(&bob, bench.id(), "never");
        let broken = bench.submit(None, op(move |tx| Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::send_as_visitor(tx, &moment, &words).await?;
            panic!("on purpose");
            #[expect(unreachable_code, reason = "tells the compiler the type")]
            Ok::<(), Error>(())
        }))).await;
        let after = bench.append(&bob, bench.id(), "after", None).await;
        hold.release();
        answer(before).await.expect("what came before");
        assert!(matches!(answer(broken).await, Err(Error::Db(DbError::Panicked(_)))));
        answer(after).await.expect("what came after");
        assert_eq!(bench.texts(&ann).await, ["hello", "before"]);
        assert_eq!(bench.texts(&bob).await, ["hello", "after"]);
        // Two conversations: on PostgreSQL nothing says which of them is first.
        let mut published = bench.published();
        published.sort_unstable();
        assert_eq!(published, ["after", "before"]);
    }

    async fn what_is_queued_is_stored_and_published_without_its_caller(bench: Bench) {
        let ann = bench.person("hello").await;
        let hold = bench.hold(None).await;
        let words = bench.send(&ann, bench.id(), "said and gone");
        let mut said = Box::pin(bench.writer.run("send", move |tx| Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::send_as_visitor(tx, &moment, &words).await
        })));
        assert!(futures_util::poll!(said.as_mut()).is_pending(), "it is queued");
        drop(said);
        drop(bench.append(&ann, bench.id(), "and this", None).await);
        hold.release();
        assert_eq!(bench.publishes(2).await, 2);
        let mut texts = bench.texts(&ann).await;
        texts.sort_unstable();
        assert_eq!(texts, ["and this", "hello", "said and gone"]);
    }

    async fn a_commit_that_fails_fails_all_that_it_would_have_stored(bench: Bench) {
        let (ann, bob) = (bench.person("hello").await, bench.person("hello").await);
        bench.sql(TABLES).await;
        let hold = bench.hold(None).await;
        let (first, second) = (bench.id(), bench.id());
        let before = bench.append(&ann, first, "before", None).await;
        let dangling = bench.submit(None, op(|tx| Box::pin(async move {
            on!(tx.conn(), |c| sqlx::raw_sql("INSERT INTO below VALUES (7)").execute(c).await.map(drop))
                .map_err(|error| Error::Db(DbError::from(error)))
        }))).await;
        let after = bench.append(&bob, second, "after", None).await;
        hold.release();
        let (before, after) = (answer(before).await, answer(after).await);
        assert!(is_lost(&answer(dangling).await));
        if bench.db.is_pg() {
            before.expect("a transaction of its own");
            after.expect("a transaction of its own");
        } else {
            assert!(is_lost(&before) && is_lost(&after), "{before:?} {after:?}");
            assert_eq!(bench.texts(&ann).await, ["hello"]);
        assert_eq!(bench.texts(&bob).await, ["hello"]);
            assert!(bench.published().is_empty(), "nothing is told that is not stored");
        }
        answer(bench.append(&ann, first, "before", None).await).await.expect("the writer goes on");
        answer(bench.append(&bob, second, "after", None).await).await.expect("the writer goes on");
        assert_eq!(bench.texts(&ann).await, ["hello", "before"]);
        assert_eq!(bench.texts(&bob).await, ["hello", "after"]);
    }

    async fn a_session_keeps_its_order_when_one_message_fails_for_now(bench: Bench) {
        let (ann, bob) = (bench.person("hello").await, bench.person("hello").await);
        bench.sql(if bench.db.is_pg() { REFUSE_PG } else { REFUSE_LITE }).await;
        let (gate, session) = (Arc::new(Gate::default()), Some(bench.session()));
        let ids = [bench.id(), bench.id(), bench.id()];
        let send = async |n: usize| bench.append_in(session, &ann, ids[n], ["first", "second", "third"][n], Some(&gate)).await;

        let hold = bench.hold(session).await;
        let answers = [send(0).await, send(1).await, send(2).await];
        let other = bench.append(&bob, bench.id(), "another's", None).await;
        hold.release();
        let [first, second, third] = answers;
        assert!(answer(first).await.is_err_and(|error| error.is_retryable()));
        for gated in [answer(second).await, answer(third).await] {
            assert!(matches!(gated, Err(Error::Gated(_))), "{gated:?}");
        }
        answer(other).await.expect("a failing set is retried one by one");
        assert_eq!(bench.texts(&ann).await, ["hello"]);
        assert_eq!(bench.texts(&bob).await, ["hello", "another's"]);

        bench.sql(if bench.db.is_pg() { "DROP TRIGGER refuse ON messages" } else { "DROP TRIGGER refuse" }).await;
        assert!(matches!(answer(send(1).await).await, Err(Error::Gated(_))), "the first goes first");
        let hold = bench.hold(session).await;
        let answers = [send(0).await, send(1).await, send(2).await];
        hold.release();
        for sent in answers {
            answer(sent).await.expect("in order");
        }
        assert_eq!(bench.texts(&ann).await, ["hello", "first", "second", "third"]);
    }

    async fn a_message_that_was_meant_for_a_closed_chat_stays_before_the_next(bench: Bench) {
        let ann = bench.person("hello").await;
        bench.close_conversation(&ann).await;
        let again = bench.starts_anew(&ann, "hello again").await;
        let session = Some(bench.session());
        let hold = bench.hold(session).await;
        let stale = bench.append_in(session, &ann, bench.id(), "one", None).await;
        let fresh = bench.append_in(session, &again, bench.id(), "two", None).await;
        hold.release();
        answer(stale).await.expect("stored in the open one");
        answer(fresh).await.expect("stored");
        assert_eq!(bench.texts(&again).await, ["hello again", "one", "two"]);
    }

    async fn one_id_twice_at_once_is_one_message(bench: Bench) {
        let ann = bench.person("hello").await;
        let id = bench.id();
        let hold = bench.hold(None).await;
        let tabs = [
            bench.append(&ann, id, "once", None).await,
            bench.append(&ann, id, "once", None).await,
        ];
        hold.release();
        let mut seqs = Vec::new();
        for tab in tabs {
            seqs.push(answer(tab).await.expect("acknowledged").message.seq);
        }
        assert_eq!(seqs, [2, 2]);
        let hold = bench.hold(None).await;
        let (good, bad) = (bench.append(&ann, id, "once", None).await, bench.append(&ann, id, "other words", None).await);
        hold.release();
        assert!(answer(good).await.expect("a repeat").repeat);
        assert!(matches!(answer(bad).await, Err(Error::IdReused)));
        assert_eq!(bench.texts(&ann).await, ["hello", "once"]);
    }

    async fn a_writer_that_stops_finishes_what_is_queued(bench: Bench) {
        let ann = bench.person("hello").await;
        let hold = bench.hold(None).await;
        let queued = bench.append(&ann, bench.id(), "just in time", None).await;
        bench.writer.stop();
        hold.release();
        answer(queued).await.expect("stored");
        bench.finished().await;
        let late = answer(bench.append(&ann, bench.id(), "too late", None).await).await;
        assert!(matches!(late, Err(Error::Db(DbError::Stopped))));
        assert_eq!(bench.texts(&ann).await, ["hello", "just in time"]);
        assert_eq!(bench.published(), ["just in time"]);
    }
}

/// What makes a message of this text take the whole transaction with it.
const POISON: &str = "CREATE TRIGGER poison BEFORE INSERT ON messages WHEN NEW.text = 'poison' \
     BEGIN SELECT RAISE(ROLLBACK, 'poisoned'); END";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_that_ends_the_transaction_fails_the_whole_batch() {
    let mut bench = Bench::start(crate::support::Database::sqlite()).await;
    let (ann, bob) = (bench.person("hello").await, bench.person("hello").await);
    bench.sql(POISON).await;
    for by_work in [false, true] {
        let gate = Arc::new(Gate::default());
        let (mine, later) = (bench.id(), bench.id());
        let hold = bench.hold(None).await;
        let before = bench.append(&ann, mine, "mine", Some(&gate)).await;
        let poison = if by_work {
            let words = bench.send(&bob, bench.id(), "poison");
            bench
                .submit(
                    None,
                    op(move |tx| {
                        Box::pin(async move {
                            let moment = tx.moment.clone();
                            conversations::send_as_visitor(tx, &moment, &words).await
                        })
                    }),
                )
                .await
        } else {
            bench.append(&bob, bench.id(), "poison", None).await
        };
        let after = bench.append(&ann, later, "later", Some(&gate)).await;
        hold.release();
        assert!(answer(before).await.is_err_and(|error| error.is_retryable()));
        assert!(answer(poison).await.is_err());
        assert!(answer(after).await.is_err_and(|error| error.is_retryable()));
        assert!(bench.published().is_empty(), "nothing is told that is not stored");
        let early = answer(bench.append(&ann, later, "later", Some(&gate)).await).await;
        assert!(matches!(early, Err(Error::Gated(_))), "the order holds: {early:?}");
        answer(bench.append(&ann, mine, "mine", Some(&gate)).await).await.expect("the writer goes on");
        answer(bench.append(&ann, later, "later", Some(&gate)).await).await.expect("the writer goes on");
        assert_eq!(bench.published(), ["mine", "later"]);
    }
    assert_eq!(bench.texts(&ann).await, ["hello", "mine", "later", "mine", "later"]);
    assert_eq!(bench.texts(&bob).await, ["hello"]);
    bench.close().await;
}
