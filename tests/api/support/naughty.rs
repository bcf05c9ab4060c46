//! The Big List of Naughty Strings, from the file that `DESKBELL_TEST_NAUGHTY_STRINGS` names
//! (`tests/corpora/fetch` prints its path), and some of our own.

/// What is in no list: our own markup broken out of, each from another place of it.
const OWN: [&str; 8] = [
    "</bdi></a><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus=alert(1) x='",
    "https://shop.example/\"onmouseover=\"alert(1)",
    "https://shop.example/'onclick='alert(1)",
    "javascript:alert(1) mailto:x@y\"onclick=alert(1)",
    "</article><li id=\"row-1\" class=\"conv\">",
    "{{ 7*7 }} {% raw %} \\u0000 \\",
];

/// The strings, or none where no list is named: that is said, and loudly.
#[expect(clippy::disallowed_methods, reason = "the tests' own environment")]
pub fn naughty_strings() -> Option<Vec<String>> {
    let Some(path) = std::env::var("DESKBELL_TEST_NAUGHTY_STRINGS").ok().filter(|path| !path.is_empty()) else {
        println!("NOT RUN: DESKBELL_TEST_NAUGHTY_STRINGS names no list; tests/corpora/fetch brings one");
        return None;
    };
    let text = std::fs::read_to_string(path).expect("the list");
    let mut strings: Vec<String> = serde_json::from_str(&text).expect("an array of strings");
    assert!(strings.len() > 400, "the whole list");
    strings.extend(OWN.map(str::to_owned));
    Some(strings)
}
