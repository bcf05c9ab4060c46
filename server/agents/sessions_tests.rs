//! Who gets in, for how long, and who is told nothing.

use super::*;
use crate::agents::Role;
use crate::agents::password::NewPassword;
use crate::agents::store::NewAgent;
use crate::config::{Limits, PasswordCost};
use crate::ids::{AgentId, WorkspaceId};
use crate::testing::{TestDb, each_database};
use crate::workspaces::store::Workspace;

const EMAIL: &str = "ada@shop.example";
const PASSWORD: &str = "correct horse";

fn sessions_of(test: &TestDb, cost: &PasswordCost) -> Sessions {
    Sessions {
        db: test.db.clone(),
        writer: test.writer.clone(),
        passwords: Passwords::new(cost, 2, test.random.clone()).expect("a cost within bounds"),
        limits: Arc::new(RateLimits::new(&Limits::default(), &test.clock)),
        random: test.random.clone(),
        clock: test.clock.clone(),
    }
}

/// An agent in a workspace of their own.
async fn add_agent(test: &TestDb, sessions: &Sessions, email: &str, password: &str) -> (WorkspaceId, AgentId) {
    let password = NewPassword::parse(&Secret::new(password), email).expect("strong enough");
    let hash = sessions.passwords.hash(password).await.expect("a hash");
    let (ws, id) = (WorkspaceId::from_uuid(test.ids.draw()), AgentId::from_uuid(test.ids.draw()));
    let email = EmailAddress::parse(email).expect("an address");
    test.run(move |tx| {
        Box::pin(async move {
            let now = tx.moment.now;
            crate::workspaces::store::insert(tx.conn(), &Workspace { id: ws, name: "Shop".into() }, now).await?;
            let new = NewAgent {
                workspace_id: ws,
                id,
                email: &email,
                name: "Ada",
                role: Role::Admin,
                password_hash: &hash,
                capacity: 6,
            };
            store::insert(tx.conn(), &new, now).await
        })
    })
    .await;
    (ws, id)
}

fn attempt(email: &str, password: &str) -> Attempt {
    Attempt {
        email: EmailAddress::parse(email).expect("an address"),
        password: Secret::new(password),
        address: IpKey::V4(1),
        user_agent: "Browser\0 1.0".into(),
    }
}

async fn who(sessions: &Sessions, token: &SessionToken) -> Option<SessionRow> {
    sessions.authenticate(token.expose()).await.expect("read")
}

#[tokio::test]
async fn the_right_password_gives_a_session_and_signing_out_ends_it() {
    each_database(async |test| {
        let sessions = sessions_of(test, &PasswordCost::least());
        let (ws, id) = add_agent(test, &sessions, EMAIL, PASSWORD).await;
        let token = sessions.sign_in(attempt("ADA@shop.example", PASSWORD)).await.expect("signed in").whole();
        let session = who(&sessions, &token).await.expect("a session");
        assert_eq!((session.workspace_id, session.agent_id, session.role), (ws, id, Role::Admin));
        assert!(csrf_matches(&session, &session.csrf) && !csrf_matches(&session, "") && session.csrf.len() == 43);
        assert_ne!(session.csrf, token.expose());
        let other = sessions.sign_in(attempt(EMAIL, PASSWORD)).await.expect("signed in").whole();
        assert_ne!(who(&sessions, &other).await.expect("a session").csrf, session.csrf);
        sessions.sign_out(token.expose()).await.expect("signed out");
        assert!(who(&sessions, &token).await.is_none());
        assert!(who(&sessions, &other).await.is_some(), "the other device stays");
        for nobody in ["", "x", &"A".repeat(43), &"A".repeat(100_000)] {
            assert!(sessions.authenticate(nobody).await.expect("read").is_none());
            sessions.sign_out(nobody).await.expect("nothing to end");
        }
    })
    .await;
}

#[tokio::test]
async fn the_database_holds_no_token() {
    each_database(async |test| {
        let sessions = sessions_of(test, &PasswordCost::least());
        add_agent(test, &sessions, EMAIL, PASSWORD).await;
        let token = sessions.sign_in(attempt(EMAIL, PASSWORD)).await.expect("signed in").whole();
        assert_eq!(format!("{token:?}"), "SessionToken(***)");
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let literal = |bytes: &[u8]| match test.db.is_pg() {
            true => format!("'\\x{}'", hex(bytes)),
            false => format!("x'{}'", hex(bytes)),
        };
        let rows = |bytes: &[u8]| format!("SELECT count(*) FROM sessions WHERE token_hash = {}", literal(bytes));
        assert_eq!(test.number(&rows(&token_hash(token.expose().as_bytes()))).await, 1);
        assert_eq!(test.number(&rows(token.expose().as_bytes())).await, 0);
        assert_eq!(test.number("SELECT count(*) FROM sessions WHERE user_agent = 'Browser 1.0'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_and_a_wrong_password_look_alike() {
    each_database(async |test| {
        let sessions = sessions_of(test, &PasswordCost::least());
        let (_, id) = add_agent(test, &sessions, EMAIL, PASSWORD).await;
        for (email, password) in [(EMAIL, "correct hors"), (EMAIL, ""), ("eve@shop.example", PASSWORD)] {
            let refused = sessions.sign_in(attempt(email, password)).await.expect_err("refused");
            assert!(matches!(refused, SignInError::Wrong), "{refused}");
        }
        let token = sessions.sign_in(attempt(EMAIL, PASSWORD)).await.expect("signed in").whole();
        let row =
            if test.db.is_pg() { format!("id = '{id}'") } else { format!("hex(id) = hex(x'{}')", id.uuid().simple()) };
        test.sql(format!("UPDATE agents SET disabled_at = 1 WHERE {row}")).await.expect("disabled");
        assert!(who(&sessions, &token).await.is_none(), "ended with the account");
        let refused = sessions.sign_in(attempt(EMAIL, PASSWORD)).await.expect_err("refused");
        assert!(matches!(refused, SignInError::Wrong), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn one_address_in_two_workspaces_goes_where_the_password_is_right() {
    each_database(async |test| {
        let sessions = sessions_of(test, &PasswordCost::least());
        let (first, _) = add_agent(test, &sessions, EMAIL, PASSWORD).await;
        let (second, _) = add_agent(test, &sessions, EMAIL, "battery staple").await;
        for (password, ws) in [(PASSWORD, first), ("battery staple", second)] {
            let token = sessions.sign_in(attempt(EMAIL, password)).await.expect("signed in").whole();
            assert_eq!(who(&sessions, &token).await.expect("a session").workspace_id, ws);
        }
    })
    .await;
}

#[tokio::test]
async fn attempts_are_bounded_by_address_and_by_account() {
    each_database(async |test| {
        let sessions = sessions_of(test, &PasswordCost::least());
        add_agent(test, &sessions, EMAIL, PASSWORD).await;
        for _ in 0..10 {
            assert!(matches!(sessions.sign_in(attempt(EMAIL, "guess guess")).await, Err(SignInError::Wrong)));
        }
        let refused = sessions.sign_in(attempt("eve@shop.example", PASSWORD)).await.expect_err("refused");
        assert!(matches!(refused, SignInError::TooMany(RetryAfter { seconds: 6 })), "{refused}");
        let from = |address: u32| Attempt { address: IpKey::V4(address), ..attempt(EMAIL, "guess guess") };
        for address in 2..12 {
            assert!(matches!(sessions.sign_in(from(address)).await, Err(SignInError::Wrong)));
        }
        let right = Attempt { password: Secret::new(PASSWORD), ..from(12) };
        assert!(matches!(sessions.sign_in(right.clone()).await, Err(SignInError::TooMany(_))), "also when it is right");
        test.clock.advance(Duration::from_secs(181));
        sessions.sign_in(right).await.expect("signed in").whole();
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_as_long_as_it_is_used() {
    each_database(async |test| {
        let sessions = sessions_of(test, &PasswordCost::least());
        add_agent(test, &sessions, EMAIL, PASSWORD).await;
        let token = sessions.sign_in(attempt(EMAIL, PASSWORD)).await.expect("signed in").whole();
        let begun = who(&sessions, &token).await.expect("a session");
        assert_eq!(begun.expires_at, test.clock.now().plus(LIFETIME));
        test.clock.advance(TOUCH_EVERY - Duration::from_millis(1));
        who(&sessions, &token).await.expect("a session");
        sessions.sweep().await.expect("swept"); // What was queued before it is done.
        assert_eq!(who(&sessions, &token).await.expect("a session").expires_at, begun.expires_at, "not noted yet");
        test.clock.advance(LIFETIME - TOUCH_EVERY);
        who(&sessions, &token).await.expect("a session, at its last moment");
        // The note is written behind our back.
        while who(&sessions, &token).await.expect("a session").seen_at != test.clock.now() {
            tokio::task::yield_now().await;
        }
        test.clock.advance(LIFETIME - Duration::from_millis(1));
        assert!(authenticate(&test.db, token.expose(), test.clock.now()).await.expect("read").is_some());
        test.clock.advance(Duration::from_millis(1));
        assert!(who(&sessions, &token).await.is_none());
        sessions.sweep().await.expect("swept");
        assert_eq!(test.number("SELECT count(*) FROM sessions").await, 0);
    })
    .await;
}

#[tokio::test]
async fn signing_in_renews_a_hash_of_another_cost() {
    each_database(async |test| {
        let old = sessions_of(test, &PasswordCost::least());
        add_agent(test, &old, EMAIL, PASSWORD).await;
        let new = sessions_of(test, &PasswordCost { memory_kib: 16, ..PasswordCost::least() });
        new.sign_in(attempt(EMAIL, PASSWORD)).await.expect("signed in").whole();
        let renewed = "SELECT count(*) FROM agents WHERE password_hash LIKE '$argon2id$v=19$m=16,%'";
        assert_eq!(test.number(renewed).await, 1);
        new.sign_in(attempt(EMAIL, PASSWORD)).await.expect("signed in again").whole();
    })
    .await;
}

#[tokio::test]
async fn no_session_begins_with_a_password_that_was_changed_meanwhile() {
    each_database(async |test| {
        let sessions = sessions_of(test, &PasswordCost::least());
        add_agent(test, &sessions, EMAIL, PASSWORD).await;
        let email = EmailAddress::parse(EMAIL).expect("an address");
        let mut conn = test.db.read().await.expect("a connection");
        let checked = store::by_email(conn.conn(), &email).await.expect("read").remove(0);
        drop(conn);
        test.sql("UPDATE agents SET password_hash = 'another'").await.expect("changed");
        let refused = sessions.start(checked, None, "").await.expect_err("refused");
        assert!(matches!(refused, SignInError::Wrong), "{refused}");
        assert_eq!(test.number("SELECT count(*) FROM sessions").await, 0);
    })
    .await;
}

#[tokio::test]
async fn no_session_outlives_a_new_password_that_is_set_at_the_same_time() {
    each_database(async |test| {
        let sessions = sessions_of(test, &PasswordCost::least());
        add_agent(test, &sessions, EMAIL, PASSWORD).await;
        let email = EmailAddress::parse(EMAIL).expect("an address");
        for round in 0..30 {
            let mut conn = test.db.read().await.expect("a connection");
            let checked = store::by_email(conn.conn(), &email).await.expect("read").remove(0);
            drop(conn);
            let (ws, id) = (checked.workspace_id, checked.id);
            let reset = test.run(move |tx| {
                Box::pin(async move {
                    store::set_password(tx.conn(), ws, id, &round.to_string()).await?;
                    session_store::delete_of_agent(tx.conn(), ws, id).await
                })
            });
            let (started, ()) = futures_util::future::join(sessions.start(checked, None, ""), reset).await;
            assert!(matches!(started, Ok(_) | Err(SignInError::Wrong)));
            assert_eq!(test.number("SELECT count(*) FROM sessions").await, 0, "round {round}");
        }
    })
    .await;
}

#[test]
fn the_cookie_is_for_this_host_alone_and_hidden_from_scripts() {
    let token = SessionToken("A".repeat(43));
    let https = Url::parse("https://chat.example.com").expect("a URL");
    assert_eq!(
        cookie(&https, &token).to_string(),
        format!("__Host-deskbell={}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=34560000", "A".repeat(43))
    );
    let http = Url::parse("http://127.0.0.1:8080").expect("a URL");
    assert!(!cookie(&http, &token).to_string().contains("Secure"));
    assert!(cookie(&http, &token).to_string().starts_with("deskbell="));
    let removal = removal_cookie(&https).to_string();
    assert!(removal.starts_with("__Host-deskbell=; ") && removal.contains("Secure; Path=/; Max-Age=0"), "{removal}");
}
