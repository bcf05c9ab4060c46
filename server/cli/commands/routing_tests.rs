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
