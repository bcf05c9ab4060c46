//! The documents: every page is in the book, every link leads somewhere, every command exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use deskbell::cli::Cli;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All documents, with their text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut all: Vec<PathBuf> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
        .iter()
        .map(|name| root().join(name))
        .collect();
    let pages = fs::read_dir(root().join("docs")).expect("documents").map(|entry| entry.expect("an entry").path());
    all.extend(pages.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    all.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).expect("text"))).collect()
}

/// A page, by its path in the repository.
pub fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The fenced blocks of a page, each with its language.
fn fenced(text: &str) -> Vec<(&str, &str)> {
    let fences = text.split("```").skip(1).step_by(2);
    fences.map(|block| block.split_once('\n').expect("a fence has a line of its own")).collect()
}

/// The blocks of a language, in their order.
pub fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    fenced(text).into_iter().filter(|(named, _)| *named == language).map(|(_, block)| block).collect()
}

/// The text outside of fenced code.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// As the site that shows the documents makes it: small letters, words joined by dashes.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    headings.lines().filter(|line| line.starts_with('#')).map(|line| anchor(line.trim_start_matches('#'))).collect()
}

/// Where the links of a page lead.
fn links(text: &str) -> Vec<String> {
    let text = prose(text);
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    ends.map(str::to_owned).collect()
}

#[test]
fn every_page_is_in_the_book() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).expect("a summary");
    for (path, _) in documents() {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let in_docs = path.parent().is_some_and(|folder| folder.ends_with("docs"));
        assert!(!in_docs || name == "SUMMARY.md" || summary.contains(&format!("({name})")), "{name}");
    }
}

/// What mdBook makes of the summary: titles of parts, chapters in a list, chapters before and after it.
#[test]
fn the_summary_is_one_that_a_book_is_built_of() {
    let book: toml::Table = fs::read_to_string(root().join("docs/book.toml")).expect("a book").parse().expect("TOML");
    assert_eq!(book["book"]["src"].as_str(), Some("."), "the pages stand beside it");
    for style in book["output"]["html"]["additional-css"].as_array().expect("a list") {
        assert!(root().join("docs").join(style.as_str().expect("a name")).is_file(), "{style}");
    }
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).expect("a summary");
    let (mut chapters, mut in_list) = (Vec::new(), false);
    for line in summary.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        if line.starts_with("# ") {
            continue;
        }
        let (item, chapter) = line.trim_start().strip_prefix("- ").map_or((false, line), |chapter| (true, chapter));
        assert!(item || !in_list, "a chapter without a number stands before or after the list: {line}");
        in_list |= item;
        let (title, file) = chapter.strip_prefix('[').and_then(|rest| rest.split_once("](")).expect("a link");
        let file = file.strip_suffix(')').expect("the link's end, and nothing behind it").to_owned();
        assert!(!title.is_empty() && root().join("docs").join(&file).is_file(), "{line}");
        assert!(!chapters.contains(&file), "{file} is in it twice");
        chapters.push(file);
    }
    assert!(chapters.len() > 15, "chapters were found: {}", chapters.len());
}

/// A book has its own pages alone: a way out of it by a path leads nowhere.
#[test]
fn no_page_of_the_book_leads_out_of_it_by_a_path() {
    for (path, text) in documents().into_iter().filter(|(path, _)| path.parent().is_some_and(|it| it.ends_with("docs")))
    {
        for link in links(&text).iter().filter(|link| !link.contains("://")) {
            let climbs = link.split(['#', '/']).any(|part| part == "..") || link.starts_with('/');
            assert!(!climbs, "{}: {link}", path.display());
        }
        let titles = prose(&text).lines().filter(|line| line.starts_with("# ")).count();
        assert!(path.ends_with("SUMMARY.md") || titles == 1, "{} has {titles} titles", path.display());
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut followed = 0;
    for (path, text) in documents() {
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, part) = link.split_once('#').map_or((link.as_str(), None), |(file, part)| (file, Some(part)));
            let to = if file.is_empty() { path.clone() } else { path.parent().expect("a folder").join(file) };
            assert!(to.exists(), "{}: {link}", path.display());
            if let Some(part) = part {
                let there = fs::read_to_string(&to).expect("text");
                assert!(anchors(&there).contains(part), "{}: {link}", path.display());
            }
            followed += 1;
        }
    }
    assert!(followed > 40, "links were found: {followed}");
}

/// The words of a line as a shell takes them, without what follows a pipe or a redirection.
fn words(line: &str) -> Vec<String> {
    let (mut all, mut word, mut quote, mut begun) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.push(c),
            (None, '"' | '\'') => (quote, begun) = (Some(c), true),
            (None, '#' | '>' | '|' | '&' | ';') => break,
            (None, ' ') if begun || !word.is_empty() => {
                all.push(std::mem::take(&mut word));
                begun = false;
            }
            (None, ' ') => {}
            (None, c) => word.push(c),
        }
    }
    if begun || !word.is_empty() {
        all.push(word);
    }
    all
}

/// The commands of ours in a page's blocks of shell.
fn commands(text: &str) -> Vec<Vec<String>> {
    let shell = blocks(text, "sh").into_iter().map(|block| block.replace("\\\n", " "));
    let lines: Vec<String> = shell.flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines.iter().map(|line| words(line.trim())).filter(|words| words.first().is_some_and(|w| w == "deskbell")).collect()
}

/// Who runs the blocks of a page, or reads them as the program does: the page, its languages, the file.
const RUN_BY: [(&str, &str, &str); 27] = [
    ("README.md", "sh text html", "tests/api/documents_run.rs"),
    ("README.md", "html", "tests/browser/documents.test.mjs"),
    ("docs/api.md", "sh", "tests/api/rest_doc.rs"),
    ("docs/backup.md", "sh text", "tests/api/documents_run.rs"),
    ("docs/bots-chatwoot.md", "sh", "tests/api/documents_run.rs"),
    ("docs/bots-openai.md", "sh", "tests/api/documents_run.rs"),
    ("docs/bots-rasa.md", "sh yaml", "tests/api/documents_run.rs"),
    ("docs/bots.md", "sh json python javascript", "tests/api/bots_doc.rs"),
    ("docs/bots.md", "sh", "tests/api/documents_run.rs"),
    ("docs/bots.md", "text", "tests/api/bots_tools.rs"),
    ("docs/embedding.md", "html", "tests/browser/documents.test.mjs"),
    ("docs/embedding.md", "text", "tests/browser/support/shop.mjs"),
    ("docs/identity.md", "html js", "tests/browser/documents.test.mjs"),
    ("docs/identity.md", "js python php ruby", "tests/api/identity_doc.rs"),
    ("docs/identity.md", "sh", "tests/api/documents_run.rs"),
    ("docs/mail-in.md", "bash text", "tests/api/mail_doc.rs"),
    ("docs/mail-out.md", "sh sql", "tests/api/documents_run.rs"),
    ("docs/mail.md", "sh", "tests/api/documents_run.rs"),
    ("docs/operating.md", "toml", "server/config/tests.rs"),
    ("docs/performance.md", "sh", "tests/load/src/args.rs"),
    ("docs/privacy.md", "html js", "tests/browser/documents.test.mjs"),
    ("docs/production.md", "sh", "tests/deploy/unit.py"),
    ("docs/production.md", "sh", "tests/deploy/compose.py"),
    ("docs/protocol.md", "json", "tests/api/protocol_doc.rs"),
    ("docs/quick-start.md", "sh", "tests/api/documents.rs"),
    ("docs/routing.md", "sh", "tests/api/documents_run.rs"),
    ("docs/webhooks.md", "json python javascript sh", "tests/api/webhooks_doc.rs"),
];

#[test]
fn every_example_is_run_by_somebody() {
    let book = documents().into_iter().map(|(path, text)| {
        let name = path.strip_prefix(root()).expect("a page").to_str().expect("a name").to_owned();
        (name, text)
    });
    for (name, text) in book.filter(|(name, _)| name.starts_with("docs/") || name == "README.md") {
        for (language, block) in fenced(&text) {
            let runs = RUN_BY
                .iter()
                .any(|(page, languages, _)| *page == name && languages.split(' ').any(|it| it == language));
            assert!(runs, "{name}: who runs this, of `{language}`?\n{block}");
        }
    }
    for (name, languages, by) in RUN_BY {
        let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).expect("a stem");
        assert!(page(by).contains(stem), "{by} knows nothing of {name}");
        for language in languages.split(' ') {
            assert!(!blocks(&page(name), language).is_empty(), "{name} has no `{language}`");
        }
    }
    let shell = |name: &str| blocks(&page(name), "sh")[0].trim().to_owned();
    assert_eq!(shell("docs/quick-start.md"), shell("README.md"), "one way to begin");
}

#[test]
fn every_command_that_a_page_shows_exists() {
    let mut tried = 0;
    for (path, text) in documents() {
        for command in commands(&text) {
            let parsed = Cli::try_parse_from(&command);
            let told = parsed.as_ref().err().map(ToString::to_string);
            assert!(parsed.is_ok(), "{}: {command:?}: {}", path.display(), told.unwrap_or_default());
            tried += 1;
        }
    }
    assert!(tried >= 8, "commands were found: {tried}");
    assert!(Cli::try_parse_from(["deskbell", "backup"]).is_err(), "a control: a file is missing");
}
