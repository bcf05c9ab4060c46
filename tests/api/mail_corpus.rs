//! What is shown of mails as mail programs write them, compared with texts that were labelled by hand. Rules
//! are tuned on mails with even numbers; those with odd numbers are held out, and their rate is what counts.

use std::path::{Path, PathBuf};

use deskbell::mail::inbound::{Envelope, reading};

/// Of the held-out replies, so many have to be stripped exactly, in percent.
const LEAST: usize = 95;

/// Lots that were written later, and what they are; what came of each at its first run is in the corpus' README.
const LOTS: [(&str, &str); 6] = [
    ("fresh-", "kinds that were thin"),
    ("blind-", "the first blind lot"),
    ("lot-a", "the second blind lot"),
    ("lot-b", "the third blind lot"),
    ("lot-c", "the fourth blind lot"),
    ("lot-d", "the last blind lot, on which no rule was tuned"),
];

/// One mail of the corpus.
struct Sample {
    name: String,
    raw: Vec<u8>,
    /// The words that are to be shown.
    expected: String,
}

fn corpus() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/corpus");
    let files = std::fs::read_dir(&folder).expect("the corpus").map(|entry| entry.expect("a file").path());
    let mut mails: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|end| end == "eml")).collect();
    mails.sort();
    let sample = |file: PathBuf| Sample {
        name: file.file_stem().expect("a name").to_string_lossy().into_owned(),
        raw: std::fs::read(&file).expect("a mail"),
        expected: std::fs::read_to_string(file.with_extension("txt"))
            .expect("its label")
            .trim_end_matches('\n')
            .to_owned(),
    };
    mails.into_iter().map(sample).collect()
}

/// The mails whose words are not as they should be, and what they are.
fn misses(samples: &[Sample]) -> Vec<(String, String)> {
    let shown = |sample: &Sample| match reading::text(&sample.raw) {
        Ok(words) => words.text,
        Err(why) => format!("!{}", why.word()),
    };
    let wrong = samples.iter().filter_map(|sample| {
        let shown = shown(sample);
        (shown != sample.expected)
            .then(|| (sample.name.clone(), format!("expected {:?}\n     shown {shown:?}", sample.expected)))
    });
    wrong.collect()
}

fn rate(name: &str, samples: &[Sample]) -> usize {
    let misses = misses(samples);
    let right = samples.len() - misses.len();
    println!("{name}: {right} of {} exactly", samples.len());
    for (name, what) in misses {
        println!("  {name}: {what}");
    }
    right * 100 / samples.len()
}

#[test]
fn replies_are_shown_without_what_they_quote() {
    let all = corpus();
    assert!(all.len() >= 200, "{} mails", all.len());
    let (replies, all): (Vec<_>, Vec<_>) = all.into_iter().partition(|sample| sample.name.starts_with("reply-"));
    let even = |sample: &Sample| sample.name.ends_with(['0', '2', '4', '6', '8']);
    let (tuned, held): (Vec<_>, Vec<_>) = replies.into_iter().partition(even);
    let mut rates = vec![("replies, tuned on", tuned), ("replies, held out", held)];
    let mut others = all;
    for (prefix, what) in LOTS {
        let (lot, rest) = others.into_iter().partition(|sample: &Sample| sample.name.starts_with(prefix));
        rates.push((what, lot));
        others = rest;
    }
    rates.push(("other mails", others));
    for (what, samples) in rates {
        let rate = rate(what, &samples);
        assert!(rate >= LEAST, "{what}: {rate} %");
    }
}

#[test]
fn a_wrong_label_is_noticed() {
    let mut all = corpus();
    let before = misses(&all).len();
    let right = all.iter().position(|sample| misses(std::slice::from_ref(sample)).is_empty()).expect("a right one");
    all[right].expected.push_str(" and a word that does not stand there");
    assert_eq!(misses(&all).len(), before + 1);
}

#[test]
fn no_mail_breaks_the_reader() {
    let (mut read, mut refused) = (0, 0);
    for sample in corpus() {
        match reading::parse(&sample.raw, &Envelope::default(), Some("mx.shop.example")) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
        // Cut anywhere, it is still only a mail that is odd.
        for at in (0..sample.raw.len()).step_by(97) {
            drop(reading::parse(&sample.raw[..at], &Envelope::default(), None));
            drop(reading::text(&sample.raw[at..]));
        }
    }
    println!("{read} read, {refused} refused for their sender or shape");
    assert!(read >= 150);
}

#[test]
fn programs_are_told_from_people() {
    for sample in corpus() {
        let kind = sample.name.split('-').next().unwrap_or_default();
        let Ok(mail) = reading::parse(&sample.raw, &Envelope::default(), None) else { continue };
        let told = mail.automatic.map(deskbell::mail::inbound::Automatic::word);
        let expected = match kind {
            "reply" | "fresh" | "odd" => None,
            "list" => Some("bulk"),
            "bounce" => Some("report"),
            "away" => Some("reply"),
            _ => continue,
        };
        assert_eq!(told, expected, "{}", sample.name);
        assert_eq!(mail.report.is_some(), kind == "bounce", "{}", sample.name);
    }
}
