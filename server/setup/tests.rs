//! A desk is set up once, whoever races, and the token opens it once.

use super::*;
use crate::testing::{TestDb, each_database};

fn new_desk() -> NewDesk {
    NewDesk {
        owner_email: EmailAddress::parse("Ada@shop.example").expect("an address"),
        owner_name: None,
        password_hash: "$argon2id$…".to_owned(),
        site_name: Name::parse("Shop").expect("a name"),
        origins: vec!["https://shop.example".to_owned()],
    }
}

async fn set_up_on(test: &TestDb) -> Result<Desk, SetupError> {
    let random = test.random.clone();
    test.writer
        .run("set up", move |tx| {
            Box::pin(async move {
                let moment = tx.moment.clone();
                set_up(tx, &moment, &random, &new_desk()).await
            })
        })
        .await
}

async fn draw_on(test: &TestDb) -> Option<SetupToken> {
    let random = test.random.clone();
    test.run(move |tx| Box::pin(async move { draw_setup_token(tx, &random).await })).await
}

#[tokio::test]
async fn a_desk_has_an_owner_a_queue_and_a_site() {
    each_database(async |test| {
        assert!(!is_set_up(&test.db).await.expect("read"));
        let desk = set_up_on(test).await.expect("a desk");
        assert!(is_set_up(&test.db).await.expect("read"));
        let mut conn = test.db.read().await.expect("a connection");
        let site = sites::store::by_key(conn.conn(), &desk.site_key).await.expect("read").expect("a site");
        assert_eq!((site.id, site.workspace_id, site.queue_id), (desk.site_id, desk.workspace_id, desk.queue_id));
        assert_eq!((site.name.as_str(), site.locale.as_str(), site.on_closed), ("Shop", "en", OnClosed::Reopen));
        assert_eq!((site.edit_window_s, site.delete_window_s, site.appearance.len()), (300, 300, 0));
        assert_eq!(site.origins, ["https://shop.example"]);
        assert!(site.key.len() == 16 && site.key.chars().all(|c| c.is_ascii_alphanumeric()), "{}", site.key);
        let owners = agents::store::by_email(conn.conn(), &new_desk().owner_email).await.expect("read");
        assert_eq!(owners.len(), 1);
        assert_eq!((owners[0].id, owners[0].name.as_str(), owners[0].role), (desk.owner_id, "ada", Role::Owner));
        let queues = queues::store::of_agent(conn.conn(), desk.workspace_id, desk.owner_id).await.expect("read");
        assert_eq!(queues, [desk.queue_id]);
    })
    .await;
}

#[tokio::test]
async fn of_many_set_ups_at_once_one_wins() {
    each_database(async |test| {
        draw_on(test).await.expect("a token"); // As at the start of a server: the row is there.
        let all = futures_util::future::join_all((0..8).map(|_| set_up_on(test))).await;
        let (won, lost): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 7));
        assert!(lost.iter().all(|lost| matches!(lost, Err(SetupError::AlreadySetUp))), "{lost:?}");
        for table in ["workspaces", "agents", "queues", "queue_agents", "sites", "instance"] {
            assert_eq!(test.number(&format!("SELECT count(*) FROM {table}")).await, 1, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_token_opens_the_set_up_until_there_is_a_desk() {
    each_database(async |test| {
        assert!(!check_setup_token(&test.db, "").await.expect("read"), "there is none yet");
        let earlier = draw_on(test).await.expect("a token");
        let token = draw_on(test).await.expect("a token");
        assert_eq!(format!("{token:?}"), "SetupToken(***)");
        assert!(check_setup_token(&test.db, token.expose()).await.expect("read"));
        for wrong in ["", earlier.expose(), &token.expose()[1..], &format!("{} ", token.expose())] {
            assert!(!check_setup_token(&test.db, wrong).await.expect("read"), "{wrong}");
        }
        let stored = test.number("SELECT count(*) FROM instance WHERE setup_token_hash IS NOT NULL").await;
        assert_eq!(stored, 1);
        set_up_on(test).await.expect("a desk");
        assert!(!check_setup_token(&test.db, token.expose()).await.expect("read"), "it has ended");
        assert!(draw_on(test).await.is_none());
        assert_eq!(test.number("SELECT count(*) FROM instance WHERE setup_token_hash IS NOT NULL").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_token_drawn_while_somebody_sets_up_never_outlives_it() {
    each_database(async |test| {
        draw_on(test).await.expect("a token");
        let (desk, _) = futures_util::future::join(set_up_on(test), draw_on(test)).await;
        desk.expect("a desk");
        assert_eq!(test.number("SELECT count(*) FROM instance WHERE setup_token_hash IS NOT NULL").await, 0);
    })
    .await;
}
