//! Reads `deskbell.toml`: finds it, turns it into texts and numbers with their lines, and reports
//! every key that is unknown, out of place or of the wrong type. Values are checked elsewhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::limits::{Limits, Numbers, PasswordCost};
use super::problems::{Origin, Problems, nearest};
use super::settings::{CONFIG, SETTINGS};

/// The file's name where none is given.
const NAME: &str = "deskbell.toml";

/// What a file says. Empty if there is none.
#[derive(Debug, Default)]
pub(super) struct FileValues {
    /// By key, with the place.
    pub settings: BTreeMap<String, (String, Origin)>,
    pub limits: Limits,
    pub password: PasswordCost,
    /// The numbers that the file sets: table, key, place.
    pub numbers: Vec<(&'static str, &'static str, Origin)>,
}

impl FileValues {
    /// Where the number `key` of `table` came from.
    pub fn origin_of(&self, table: &str, key: &str) -> Origin {
        let found = self.numbers.iter().find(|(of, name, _)| *of == table && *name == key);
        found.map_or(Origin::Default, |(_, _, origin)| origin.clone())
    }
}

/// The file to read: the given one, else one in the working folder or in the data folder.
pub(super) fn find(
    given: Option<(&str, &Origin)>,
    here: &Path,
    data: &Path,
    problems: &mut Problems,
) -> Option<PathBuf> {
    if let Some((path, origin)) = given {
        let path = here.join(path);
        if !path.is_file() {
            problems.add(origin, CONFIG, format!("there is no file `{}`", path.display()));
            return None;
        }
        return Some(path);
    }
    let (local, stored) = (here.join(NAME), data.join(NAME));
    match (local.is_file(), stored.is_file() && !same_file(&local, &stored)) {
        (true, true) => {
            let both = format!("both `{}` and `{}` exist", local.display(), stored.display());
            problems.add_at(NAME, format!("{both}; keep one of them, or name it with --config"));
            None
        }
        (true, false) => Some(local),
        (false, true) => Some(stored),
        (false, false) => None,
    }
}

fn same_file(left: &Path, right: &Path) -> bool {
    matches!((left.canonicalize(), right.canonicalize()), (Ok(left), Ok(right)) if left == right)
}

/// Reads the file; what cannot be read is a problem, the rest counts.
pub(super) fn read(path: &Path, problems: &mut Problems) -> FileValues {
    match std::fs::read_to_string(path) {
        Ok(text) => Reader { path, text: &text, problems, values: FileValues::default() }.read(),
        Err(why) => {
            problems.add_at(path.display().to_string(), format!("cannot be read: {why}"));
            FileValues::default()
        }
    }
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    problems: &'a mut Problems,
    values: FileValues,
}

impl Reader<'_> {
    fn read(mut self) -> FileValues {
        let (document, mut errors) = DeTable::parse_recoverable(self.text);
        errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        for error in &errors {
            // Only the message: the line itself may hold a password.
            let line = error.span().map_or(1, |span| self.line(span.start));
            let place = format!("{}:{line}", self.path.display());
            self.problems.add_at(place, format!("this is not TOML: {}", error.message()));
        }
        if errors.is_empty() {
            for (key, value) in in_order(document.get_ref()) {
                self.top_level(key, value);
            }
        }
        self.values
    }

    fn top_level(&mut self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let (name, origin) = (key.get_ref().as_ref(), self.origin(key.span().start));
        match (name, value.get_ref()) {
            (Limits::TABLE, DeValue::Table(table)) => self.numbers::<Limits>(table, |values| &mut values.limits),
            (PasswordCost::TABLE, DeValue::Table(table)) => {
                self.numbers::<PasswordCost>(table, |values| &mut values.password);
            }
            (Limits::TABLE | PasswordCost::TABLE, _) => {
                self.problems.add(&origin, name, format!("this is a table; write [{name}] on a line of its own"));
            }
            (CONFIG, _) => self.problems.add(&origin, name, "a file cannot name the file to read; use --config"),
            _ if !SETTINGS.iter().any(|setting| setting.key == name) => self.unknown(name, "", &origin),
            (_, value) => match text_of(value) {
                Some(text) => drop(self.values.settings.insert(name.to_owned(), (text, origin))),
                None => self.problems.add(&origin, name, "write the value as text in quotation marks"),
            },
        }
    }

    /// A table that holds numbers only.
    fn numbers<T: Numbers>(&mut self, table: &DeTable<'_>, into: fn(&mut FileValues) -> &mut T) {
        for (key, value) in in_order(table) {
            let (name, origin) = (key.get_ref().as_ref(), self.origin(key.span().start));
            let full = format!("{}.{name}", T::TABLE);
            let Some(number) = T::NUMBERS.iter().find(|number| number.key == name) else {
                self.unknown(name, T::TABLE, &origin);
                continue;
            };
            match integer_of(value.get_ref()) {
                Some(given) if (number.least..=number.most).contains(&given) => {
                    into(&mut self.values).set(name, given);
                    self.values.numbers.push((T::TABLE, number.key, origin));
                }
                _ => {
                    let range = format!("write a whole number from {} to {}", number.least, number.most);
                    self.problems.add(&origin, &full, format!("{range}; the default is {}", number.default));
                }
            }
        }
    }

    fn unknown(&mut self, name: &str, table: &str, origin: &Origin) {
        let limits = Limits::NUMBERS.iter().map(|number| (Limits::TABLE, number.key));
        let password = PasswordCost::NUMBERS.iter().map(|number| (PasswordCost::TABLE, number.key));
        let tables = [("", Limits::TABLE), ("", PasswordCost::TABLE)].into_iter();
        let settings = SETTINGS.iter().filter(|setting| setting.key != CONFIG).map(|setting| ("", setting.key));
        let known: Vec<(&str, &str)> = settings.chain(tables).chain(limits).chain(password).collect();
        // A name of the same table first; a right name in the wrong table helps as well.
        let meant = nearest(name, known.iter().filter(|(of, _)| *of == table).map(|(_, name)| *name))
            .map(|meant| (table, meant))
            .or_else(|| known.iter().copied().find(|(_, known)| *known == name));
        let hint = match meant {
            Some((of, meant)) if of == table => format!("; did you mean `{meant}`?"),
            Some(("", meant)) => format!("; `{meant}` belongs above the first [table]"),
            Some((of, meant)) => format!("; `{meant}` belongs under [{of}]"),
            None => String::new(),
        };
        let full = if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") };
        self.problems.add(origin, &full, format!("this version has no such setting{hint}"));
    }

    fn origin(&self, offset: usize) -> Origin {
        Origin::File(self.path.to_owned(), self.line(offset))
    }

    fn line(&self, offset: usize) -> usize {
        1 + self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
    }
}

/// The entries of a table as the file has them, so that problems come from top to bottom.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<DeString<'i>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A value as it would stand in the environment; lists with commas.
fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(_) => integer_of(value).map(|number| number.to_string()),
        DeValue::Array(entries) => {
            let texts: Option<Vec<String>> = entries
                .iter()
                .map(|entry| match entry.get_ref() {
                    DeValue::String(text) => Some(text.to_string()),
                    _ => None,
                })
                .collect();
            Some(texts?.join(","))
        }
        _ => None,
    }
}

fn integer_of(value: &DeValue<'_>) -> Option<u64> {
    match value {
        DeValue::Integer(integer) => u64::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (FileValues, Vec<String>) {
        let (path, mut problems) = (PathBuf::from("deskbell.toml"), Problems::default());
        let values = Reader { path: &path, text, problems: &mut problems, values: FileValues::default() }.read();
        let told = problems.all().iter().map(|problem| format!("{}: {}", problem.place, problem.message));
        (values, told.collect())
    }

    #[test]
    fn texts_numbers_and_lists_are_read_with_their_lines() {
        let (values, problems) = read_text(
            "# ours\nlisten = \"127.0.0.1:1\"\nworkers = 4\ntrusted_proxy = [\"10.0.0.0/8\", \"fd00::/8\"]\n\
             [limits]\nframes_burst = 1_000\n[password]\nmemory_kib = 0x10\n",
        );
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(values.settings["workers"].0, "4");
        assert_eq!(values.settings["trusted_proxy"].0, "10.0.0.0/8,fd00::/8");
        assert_eq!(values.settings["listen"].1, Origin::File("deskbell.toml".into(), 2));
        assert_eq!((values.limits.frames_burst, values.password.memory_kib), (1_000, 16));
        assert_eq!(values.origin_of("limits", "frames_burst"), Origin::File("deskbell.toml".into(), 6));
        assert_eq!(values.origin_of("limits", "frames_per_second"), Origin::Default);
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_what_was_meant() {
        let (_, problems) = read_text(
            "lisen = \"x\"\npush = \"smtp://u:s3cret@h\"\nlimits = 3\nconfig = \"x\"\ndata = 1.5\nframes_burst = 3\n\
             [password]\niterations = 0\nmemory_kib = \"19 MB\"\nlisten = \"x\"\nparallelism = -1\n",
        );
        assert_eq!(
            problems,
            [
                "deskbell.toml:1, lisen: this version has no such setting; did you mean `listen`?",
                "deskbell.toml:2, push: this version has no such setting",
                "deskbell.toml:3, limits: this is a table; write [limits] on a line of its own",
                "deskbell.toml:4, config: a file cannot name the file to read; use --config",
                "deskbell.toml:5, data: write the value as text in quotation marks",
                "deskbell.toml:6, frames_burst: this version has no such setting; `frames_burst` belongs under [limits]",
                "deskbell.toml:8, password.iterations: write a whole number from 1 to 1000; the default is 2",
                "deskbell.toml:9, password.memory_kib: write a whole number from 8 to 4194304; the default is 19456",
                "deskbell.toml:10, password.listen: this version has no such setting; `listen` belongs above the first \
                 [table]",
                "deskbell.toml:11, password.parallelism: write a whole number from 1 to 64; the default is 1",
            ]
        );
    }

    #[test]
    fn broken_toml_is_told_without_quoting_it() {
        let (_, problems) = read_text("listen = \"a\"\ndatabase = \"postgres://u:s3cret@h/d\nlog = = 3\n");
        assert!(problems.len() >= 2 && problems[0].starts_with("deskbell.toml:2: this is not TOML"), "{problems:?}");
        assert!(!problems.concat().contains("s3cret"), "{problems:?}");
    }
}
