//! Lists in pages, the newest first. A cursor says behind what the next page begins, so that what comes
//! meanwhile neither moves a page nor shows anything twice.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::{Answer, Fault};

/// Items on a page, if nobody says otherwise.
pub const USUAL: usize = 50;
/// Items on a page, at most.
pub const MOST: usize = 100;

/// The parameters of a request, each once, and none that the path does not know: a filter that is
/// misspelt would give everything.
pub struct Asked(Vec<(String, String)>);

impl Asked {
    /// Reads them.
    pub fn of(request: &HttpRequest, known: &[&str]) -> Result<Self, Fault> {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
        for (n, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(Fault::bad(format!("There is no such parameter; there are: {}.", known.join(", "))));
            }
            if pairs.iter().take(n).any(|(other, _)| other == name) {
                return Err(Fault::bad(format!("{name} stands there twice.")));
            }
        }
        Ok(Self(pairs))
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// One of them as an id, a number or a word.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Fault> {
        let parse = |text: &str| text.parse().map_err(|_| Fault::bad(format!("{name} makes no sense.")));
        self.get(name).map(parse).transpose()
    }
}

/// Which page is wanted.
pub struct Paging {
    asked: Asked,
    path: String,
    limit: usize,
    /// Behind what it begins; none for the newest.
    pub before: Option<Uuid>,
}

impl Paging {
    /// Reads `limit`, `cursor`, and the filters that the path knows.
    pub fn of(request: &HttpRequest, filters: &[&str]) -> Result<Self, Fault> {
        let asked = Asked::of(request, &[&["limit", "cursor"], filters].concat())?;
        let limit = match asked.get("limit") {
            None => USUAL,
            Some(text) => {
                let number = text.parse().ok().filter(|n| (1..=MOST).contains(n));
                number.ok_or_else(|| Fault::bad(format!("limit is a number from 1 to {MOST}.")))?
            }
        };
        let before = asked.get("cursor").map(read_cursor).transpose()?;
        Ok(Self { asked, path: request.path().to_owned(), limit, before })
    }

    /// The filters.
    pub const fn filters(&self) -> &Asked {
        &self.asked
    }

    /// What a store is asked for: one more than a page has, which tells whether there is another.
    pub fn rows(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// The part of a whole list that is this page and one more.
    pub fn part<T>(&self, mut all: Vec<T>, id: impl Fn(&T) -> Uuid) -> Vec<T> {
        all.sort_by_key(|item| std::cmp::Reverse(id(item)));
        all.into_iter()
            .filter(|item| self.before.is_none_or(|before| id(item) < before))
            .take(self.limit.saturating_add(1))
            .collect()
    }

    /// The rows that a store gave, without the one more, and where the next page begins.
    pub fn cut<T>(&self, mut rows: Vec<T>, id: impl Fn(&T) -> Uuid) -> (Vec<T>, Option<String>) {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(id(last).as_bytes()));
        (rows, next)
    }

    /// A page as it goes out, with a `Link` to the next one (RFC 8288).
    pub fn answer<T: Serialize>(&self, items: Vec<T>, next_cursor: Option<String>) -> Answer {
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(cursor) = &next_cursor {
            let mut query = Serializer::new(String::new());
            query.extend_pairs(self.asked.0.iter().filter(|(name, _)| name != "cursor"));
            query.append_pair("cursor", cursor);
            response.insert_header((header::LINK, format!("<{}?{}>; rel=\"next\"", self.path, query.finish())));
        }
        Ok(response.json(PageOf { items, next_cursor }))
    }
}

/// A page.
#[derive(Serialize)]
struct PageOf<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

fn read_cursor(text: &str) -> Result<Uuid, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    bytes.map(Uuid::from_bytes).ok_or_else(|| Fault::bad("The cursor is none of ours. Begin without one."))
}

/// The number behind which a page of messages begins, as a cursor has it.
pub fn seq_of(cursor: Uuid) -> i64 {
    i64::try_from(cursor.as_u128()).unwrap_or(i64::MAX)
}

/// A number as a cursor has it.
pub fn of_seq(seq: i64) -> Uuid {
    Uuid::from_u128(u128::try_from(seq).unwrap_or_default())
}
