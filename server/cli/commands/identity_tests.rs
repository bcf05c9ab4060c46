//! `site identity` as an operator types it, on both databases.

use super::tests::Operator;
use crate::testing::each_place;

async fn types(operator: &Operator, words: &[&str]) -> Result<(String, String), (u8, String)> {
    let said = operator.types(&[&["site", "identity", "--site"], words].concat()).await;
    said.map(|said| (said.out, said.note)).map_err(|failure| (failure.exit, failure.message))
}

#[tokio::test]
async fn a_site_has_at_most_two_secrets_and_each_is_printed_once() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        let refused = types(&operator, &["Shop", "--drop-old-secret"]).await;
        let none = "The site Shop has no older identity secret; nothing was changed.";
        assert_eq!(refused, Err((1, none.to_owned())));

        let (first, note) = types(&operator, &["Shop", "--new-secret"]).await.expect("made");
        assert_eq!(first.len(), 43);
        assert!(note.contains("shown only now") && !note.contains(&first) && !note.contains("before"), "{note}");
        let (second, note) = types(&operator, &["Shop", "--new-secret"]).await.expect("made");
        assert!(second.len() == 43 && second != first);
        assert!(note.contains("The one before still counts"), "{note}");
        let (exit, message) = types(&operator, &["Shop", "--new-secret"]).await.expect_err("a third");
        assert!(exit == 1 && message.contains("two secrets that count; nothing was changed"), "{message}");

        let (out, note) = types(&operator, &["Shop", "--drop-old-secret"]).await.expect("dropped");
        assert_eq!((out.as_str(), note.contains("does not count any more")), ("", true));
        assert!(types(&operator, &["Shop", "--new-secret"]).await.is_ok());
        let (_, message) = types(&operator, &["Store", "--new-secret"]).await.expect_err("no such site");
        assert_eq!(message, "There is no site Store. There is: Shop.");
    })
    .await;
}

#[test]
fn one_of_the_two_has_to_be_said() {
    use clap::Parser as _;
    for flags in [&[][..], &["--new-secret", "--drop-old-secret"]] {
        let words = [&["deskbell", "site", "identity", "--site", "Shop"], flags].concat();
        assert!(crate::cli::Cli::try_parse_from(words).is_err(), "{flags:?}");
    }
}
