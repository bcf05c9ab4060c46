//! Forms with many fields, some of them more than once: what the library's own extractor cannot read.

use actix_web::web::Bytes;

/// The fields of a form as they were sent (`application/x-www-form-urlencoded`).
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body. Line ends are LF: browsers send CR LF.
    pub fn parse(body: &Bytes) -> Self {
        let pairs = url::form_urlencoded::parse(body);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect())
    }

    /// A field; empty where it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// A field without what stands around it.
    pub fn trimmed(&self, name: &str) -> &str {
        self.get(name).trim()
    }

    /// Whether it was sent, as a ticked box is.
    pub fn is_on(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// Every value of a field.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The lines of a field that say something.
    pub fn lines(&self, name: &str) -> Vec<String> {
        self.get(name).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// A whole number up to `most`; empty is 0. The error is the field's name.
    pub fn number(&self, name: &'static str, most: i64) -> Result<i64, &'static str> {
        let text = self.trimmed(name);
        let number = if text.is_empty() { Ok(0) } else { text.parse::<i64>() };
        number.ok().filter(|number| (0..=most).contains(number)).ok_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_what_a_browser_sends() {
        let fields =
            Fields::parse(&Bytes::from_static(b"a=1&b=x%20y&a=2&on=on&t=+one%0D%0A%0D%0Atwo+&n=12&bad=1.5&m="));
        assert_eq!((fields.get("a"), fields.get("b"), fields.get("c")), ("1", "x y", ""));
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert!(fields.is_on("on") && !fields.is_on("off"));
        assert_eq!(fields.lines("t"), ["one", "two"]);
        assert_eq!((fields.number("n", 12), fields.number("n", 11), fields.number("m", 5)), (Ok(12), Err("n"), Ok(0)));
        assert_eq!((fields.number("bad", 9), fields.number("c", 9)), (Err("bad"), Ok(0)));
    }
}
