//! What operators say of routing, on both databases.

use super::tests::Operator;
use crate::testing::each_place;

#[tokio::test]
async fn queues_and_agents_get_their_rules_and_a_server_is_asked_to_look() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        let rule = async |sql: &'static str| operator.number(sql).await;
        assert_eq!(
            rule(
                "SELECT CAST(CASE WHEN policy = 'least_loaded' THEN answer_timeout_s ELSE -1 END AS BIGINT) FROM queues"
            )
            .await,
            60
        );
        let set = ["queue", "set", "--queue", "Support"];
        let words = ["--policy", "round-robin", "--sticky", "true", "--answer-timeout", "0", "--overflow-after", "90"];
        operator.types(&[&set[..], &words[..]].concat()).await.expect("changed");
        assert_eq!(
            rule(
                "SELECT CASE WHEN policy = 'round_robin' THEN sticky * 1000 + overflow_after_s ELSE -1 END FROM queues"
            )
            .await,
            1_090
        );
        assert_eq!(rule("SELECT CAST(CASE WHEN settle_at IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM queues").await, 1);
        operator.is_told(&[&set[..], &["--overflow-to", "Support"]].concat(), 2, "name another queue").await;
        operator.is_told(&[&set[..], &["--overflow-to", "Sales"]].concat(), 1, "There is no queue Sales").await;
        let agent = ["agent", "set", "--email", "ada@shop.example", "--capacity", "2"];
        let said = operator.types(&agent).await.expect("changed");
        assert_eq!(said.note, "ada@shop.example may have 2 chats at once.");
        assert_eq!(operator.number("SELECT capacity FROM agents").await, 2);
        let nobody = ["agent", "set", "--email", "eve@shop.example", "--capacity", "2"];
        operator.is_told(&nobody, 1, "no agent with the mail address").await;
    })
    .await;
}

#[tokio::test]
async fn hours_are_set_beside_a_server_and_what_is_not_named_stays() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        let queue = ["queue", "set", "--queue", "Support"];
        let site = ["site", "set", "--site", "Shop"];
        let week = ["--hours", "mon-fri 09:00-17:00"];
        for what in [&queue, &site] {
            let types = async |words: &[&str]| operator.types(&[&what[..], words].concat()).await;
            let is_told = async |words: &[&str], code, said| {
                operator.is_told(&[&what[..], words].concat(), code, said).await;
            };
            is_told(&week, 2, "Name the time zone").await;
            is_told(&["--holiday", "12-25"], 2, "There are no hours yet").await;
            is_told(&["--hours", "always", "--hours", "mon 09:00-17:00"], 2, "stand alone").await;
            is_told(&["--hours", "monday"], 2, "is not a time of the week").await;
            is_told(&["--time-zone", "Berlin"], 2, "is not a time zone").await;
            types(&[&week[..], &["--time-zone", "Europe/Berlin"]].concat()).await.expect("changed");
            types(&["--holiday", "12-25", "--holiday", "2026-12-24 09:00-12:00"]).await.expect("changed");
            types(&["--hours", "sat 10:00-12:00"]).await.expect("changed");
        }
        for kept in [
            "SELECT count(*) FROM queues WHERE CAST(hours AS TEXT) LIKE '%Berlin%' AND CAST(hours AS TEXT) LIKE '%2026%'",
            "SELECT count(*) FROM sites WHERE CAST(hours AS TEXT) LIKE '%Berlin%' AND CAST(hours AS TEXT) LIKE '%2026%'",
        ] {
            assert_eq!(operator.number(kept).await, 1, "{kept}");
        }
        operator.types(&[&queue[..], &["--hours", "always"]].concat()).await.expect("changed");
        assert_eq!(operator.number("SELECT count(*) FROM queues WHERE hours IS NULL").await, 1);
        operator.types(&[&site[..], &["--hours", "never", "--holiday", ""]].concat()).await.expect("changed");
        assert_eq!(operator.number("SELECT count(*) FROM sites WHERE CAST(hours AS TEXT) NOT LIKE '%2026%'").await, 1);
        operator.types(&[&queue[..], &["--nudge-after", "300", "--close-after", "60"]].concat()).await.expect("changed");
        assert_eq!(operator.number("SELECT nudge_after_s * 1000 + close_after_s FROM queues").await, 300_060);
    })
    .await;
}
