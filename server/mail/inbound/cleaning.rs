//! The HTML of a mail, so that it may be shown on a page of ours: an allow-list of elements without styles,
//! classes, forms and scripts, links that lead away from us, and no picture from elsewhere until the reader asks
//! for it: whoever sent the mail would learn that it was read, when and where.

use ammonia::{Builder, UrlRelative};

/// Bytes of HTML that are cleaned; what follows is in the mail itself.
const MOST_BYTES: usize = 1024 * 1024;

/// Elements of mails that say nothing by themselves, with all in them.
const UNREAD: [&str; 8] = ["head", "title", "script", "style", "noscript", "template", "svg", "math"];

/// HTML that was cleaned: the only HTML from elsewhere that a page may show as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean(String);

impl Clean {
    /// Cleans HTML. With `pictures`, those that are fetched by HTTPS stay.
    pub fn of(html: &str, pictures: bool) -> Self {
        let end = (0..=MOST_BYTES.min(html.len())).rev().find(|at| html.is_char_boundary(*at)).unwrap_or(0);
        let mut builder = Builder::default();
        builder
            .rm_tags(["map", "area"])
            .rm_clean_content_tags(["script", "style"])
            .clean_content_tags(UNREAD.into_iter().collect())
            .generic_attributes(["dir", "lang"].into_iter().collect())
            .url_schemes(["http", "https", "mailto", "tel"].into_iter().collect())
            .url_relative(UrlRelative::Deny)
            .link_rel(Some("noopener nofollow ugc"))
            .set_tag_attribute_value("a", "target", "_blank");
        if pictures {
            builder.attribute_filter(|element, attribute, value| match (element, attribute) {
                ("img", "src") if !value.starts_with("https://") => None,
                _ => Some(value.into()),
            });
            builder.set_tag_attribute_value("img", "referrerpolicy", "no-referrer");
        } else {
            builder.rm_tags(["img"]);
        }
        Self(builder.clean(&html[..end]).to_string())
    }

    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Clean {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// It is written into pages as it is.
impl askama::filters::HtmlSafe for Clean {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_goes_and_what_says_something_stays() {
        let html = "<p style='position:fixed' class=x id=y onclick=alert(1)>Hello <b>you</b></p><script>alert(2)</script>\
                    <a href='https://a.example/?x=1' onmouseover=x>one</a><a href='javascript:alert(3)'>two</a>\
                    <a href='/console/logout'>three</a><img src='https://t.example/1.gif'><form action=/x><input name=csrf></form>\
                    <iframe src=https://x.example></iframe><svg><script>alert(4)</script></svg><base href=//x.example><meta http-equiv=refresh>";
        let clean = Clean::of(html, false);
        let expected = "<p>Hello <b>you</b></p><a href=\"https://a.example/?x=1\" target=\"_blank\" rel=\"noopener nofollow ugc\">one</a>\
                        <a target=\"_blank\" rel=\"noopener nofollow ugc\">two</a><a target=\"_blank\" rel=\"noopener nofollow ugc\">three</a>";
        assert_eq!(clean.as_str(), expected);
    }

    #[test]
    fn pictures_come_when_somebody_asks() {
        let html = "<img src='https://t.example/1.gif' alt=cat><img src='http://t.example/2.gif'><img src='data:image/svg+xml,x'>";
        assert_eq!(Clean::of(html, false).as_str(), "");
        let shown = Clean::of(html, true).to_string();
        assert!(shown.contains("https://t.example/1.gif") && shown.contains("no-referrer"), "{shown}");
        assert!(!shown.contains("http://t") && !shown.contains("data:"), "{shown}");
    }
}
