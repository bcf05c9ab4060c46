//! A form with a file in it (`multipart/form-data`, RFC 7578), whose body is in memory and bounded already
//! (see [`super::body`]). It finds fields by their names, and keeps nothing of what a file was called.

use actix_web::HttpRequest;
use actix_web::http::header;

/// Fields of a form, at most.
const MOST_FIELDS: usize = 20;

/// The fields of a form, as bytes.
#[derive(Debug, Default)]
pub struct Parts<'a>(Vec<(&'a str, &'a [u8])>);

impl<'a> Parts<'a> {
    /// Reads a body. What is no such form has no fields.
    pub fn of(request: &HttpRequest, body: &'a [u8]) -> Self {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let boundary = kind.split_once("boundary=").map(|(_, rest)| rest.split(';').next().unwrap_or_default());
        match boundary.map(|text| text.trim().trim_matches('"')) {
            Some(boundary) if kind.starts_with("multipart/form-data") && !boundary.is_empty() => {
                Self::parse(boundary, body)
            }
            _ => Self::default(),
        }
    }

    fn parse(boundary: &str, body: &'a [u8]) -> Self {
        let line = format!("\r\n--{boundary}");
        let mut parts = Vec::new();
        let mut rest = body.strip_prefix(&line.as_bytes()[2..]).unwrap_or_default();
        while let Some(part) = rest.strip_prefix(b"\r\n") {
            let (Some(end), true) = (find(part, line.as_bytes()), parts.len() < MOST_FIELDS) else { break };
            let part_rest = &part[end + line.len()..];
            if let Some(head_end) = find(&part[..end], b"\r\n\r\n")
                && let Some(name) = std::str::from_utf8(&part[..head_end]).ok().and_then(name_in)
            {
                parts.push((name, &part[head_end + 4..end]));
            }
            rest = part_rest;
        }
        Self(parts)
    }

    /// A field's bytes; empty where it was not sent.
    pub fn bytes(&self, name: &str) -> &'a [u8] {
        self.0.iter().find(|(field, _)| *field == name).map_or(&[], |(_, bytes)| bytes)
    }

    /// A field's text; empty where it was not sent.
    pub fn text(&self, name: &str) -> &'a str {
        std::str::from_utf8(self.bytes(name)).unwrap_or_default()
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// The field's name in a part's head.
fn name_in(head: &str) -> Option<&str> {
    let line = head.split("\r\n").find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let after = line.split("; name=\"").nth(1)?;
    after.split('"').next()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(kind: &'static str, body: &'a [u8]) -> Parts<'a> {
        Parts::of(&TestRequest::post().insert_header((header::CONTENT_TYPE, kind)).to_http_request(), body)
    }

    #[test]
    fn fields_and_files_are_what_a_browser_sends() {
        let body = b"--xY\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n\
            --xY\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"me.png\"\r\nContent-Type: image/png\r\n\r\n\
            \x89PNG\r\n\r\n--x\0\r\n--xY--\r\n";
        let parts = read("multipart/form-data; boundary=xY", body);
        assert_eq!((parts.text("csrf"), parts.bytes("picture")), ("token", b"\x89PNG\r\n\r\n--x\0".as_slice()));
        assert_eq!((parts.text("other"), parts.text("filename")), ("", ""));
        assert!(read("application/x-www-form-urlencoded", body).0.is_empty());
        assert!(read("multipart/form-data", body).0.is_empty());
        assert!(read("multipart/form-data; boundary=another", body).0.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(body in prop::collection::vec(any::<u8>(), 0..300), cut in 0_usize..200) {
            read("multipart/form-data; boundary=a", &body);
            let form = b"--a\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nhello\r\n--a\r\nrest";
            read("multipart/form-data; boundary=a", &form[..cut.min(form.len())]);
        }
    }
}
