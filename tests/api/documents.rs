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
    let blocks = text.split("```").skip(1).step_by(2);
    let shell = blocks.filter_map(|block| block.strip_prefix("sh\n")).map(|block| block.replace("\\\n", " "));
    let lines: Vec<String> = shell.flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines.iter().map(|line| words(line.trim())).filter(|words| words.first().is_some_and(|w| w == "deskbell")).collect()
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
