//! The table as Markdown, and its place in a document.

use std::{fmt::Write, path::Path};

use super::{
    Results, median,
    rows::{Goal, Row, cost_rows, rows},
};
use crate::{Result, args::Args, machine, server::Kind};

const BEGIN: &str = "<!-- load: begin -->";
const END: &str = "<!-- load: end -->";

/// Everything that was measured, with medians over the rounds.
pub fn table(args: &Args, results: &Results) -> Result<String> {
    let mut text = String::new();
    write!(text, "Machine: {}.", machine::description()?)?;
    if let Some(rate) = median(results.disk.clone()) {
        write!(text, " The disk did {} appends of 4 KiB with fdatasync a second.", number(rate))?;
    }
    let rounds = match args.rounds {
        1 => "One round".to_owned(),
        rounds => format!("Medians of {rounds} rounds"),
    };
    writeln!(text, " {rounds}, {} s for each figure of speed; {} starts.", args.seconds, args.starts)?;
    let all = rows(args, results);
    for (title, pinned) in [("Server on one core, load on another", true), ("Unpinned, one round", false)] {
        let rows: Vec<_> = all.iter().filter(|row| row.what.pinned() == pinned).collect();
        if !rows.is_empty() {
            write!(text, "\n**{title}**\n\n")?;
            main_table(&mut text, args, results, &rows)?;
        }
    }
    let costs = cost_rows(results);
    if !costs.is_empty() {
        write!(text, "\n**What it took**\n\n")?;
        cost_table(&mut text, args, results, &costs)?;
    }
    for failure in &results.failures {
        writeln!(text, "\nFailed: {failure}")?;
    }
    Ok(text)
}

/// Replaces what is between the markers of a document.
pub fn write(file: &Path, table: &str) -> Result<()> {
    let document = std::fs::read_to_string(file)?;
    std::fs::write(file, replaced(&document, table).ok_or_else(|| format!("no markers in {}", file.display()))?)?;
    Ok(())
}

fn replaced(document: &str, table: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", table.trim_end()))
}

/// Every server's figure, Deskbell's ratios, and the goal.
fn main_table(text: &mut String, args: &Args, results: &Results, rows: &[&Row]) -> Result<()> {
    head(text, args, &["Deskbell / bare", "Deskbell / ws", "goal"])?;
    for row in rows {
        let value = |kind| results.median(row.what, kind, row.figure);
        let ratio = |to| ratio(value(Kind::Deskbell), value(to));
        figures(text, args, results, row)?;
        writeln!(text, " {} | {} | {} |", ratio(Kind::Bare), ratio(Kind::Ws), goal(row.goal, value))?;
    }
    Ok(())
}

fn ratio(value: Option<f64>, to: Option<f64>) -> String {
    value.zip(to).map_or_else(String::new, |(value, to)| format!("{:.2}", value / to))
}

fn cost_table(text: &mut String, args: &Args, results: &Results, rows: &[Row]) -> Result<()> {
    head(text, args, &[])?;
    for row in rows {
        figures(text, args, results, row)?;
        writeln!(text)?;
    }
    Ok(())
}

fn head(text: &mut String, args: &Args, more: &[&str]) -> Result<()> {
    let titles: Vec<&str> = args.servers.iter().map(|kind| kind.title()).chain(more.iter().copied()).collect();
    writeln!(text, "| | {} |", titles.join(" | "))?;
    writeln!(text, "| --- |{}", " ---: |".repeat(titles.len()))?;
    Ok(())
}

fn figures(text: &mut String, args: &Args, results: &Results, row: &Row) -> Result<()> {
    write!(text, "| {} |", row.label)?;
    for kind in args.servers.iter().copied() {
        let value = results.median(row.what, kind, row.figure);
        write!(text, " {} |", value.map_or_else(String::new, number))?;
    }
    Ok(())
}

fn goal(goal: Goal, value: impl Fn(Kind) -> Option<f64>) -> String {
    match goal.is_met(value) {
        Some(true) => format!("{}: met", goal.text()),
        Some(false) => format!("{}: **missed**", goal.text()),
        None => goal.text(),
    }
}

/// Three digits that matter, thousands set apart.
fn number(value: f64) -> String {
    match value.abs() {
        small if small < 10.0 => format!("{value:.2}"),
        middle if middle < 100.0 => format!("{value:.1}"),
        _ => thousands(value),
    }
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digit.is_ascii_digit() && (digits.len() - at).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let short: Vec<String> = [0.1234, 12.34, 123.4, 12_345.6, 1_234_567.0, -123.0].map(number).into();
        assert_eq!(short, ["0.12", "12.3", "123", "12,346", "1,234,567", "-123"]);
    }

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let document = format!("a\n{BEGIN}\nold\n{END}\nz\n");
        assert_eq!(replaced(&document, "new\n").unwrap(), format!("a\n{BEGIN}\nnew\n{END}\nz\n"));
        assert_eq!(replaced("no markers", "new"), None);
    }
}
