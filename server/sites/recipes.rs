//! How the tag comes into a website: by hand, and by what people build websites with.

use crate::words::Words;

/// One way.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// In element ids.
    pub id: &'static str,
    /// What the thing is called.
    pub name: &'static str,
    /// What to paste.
    pub code: String,
}

impl Recipe {
    /// What to do, in a few sentences.
    pub fn steps(&self, words: &Words) -> String {
        match self.id {
            "wordpress" => words.say("recipe-wordpress"),
            "shopify" => words.say("recipe-shopify"),
            "tag-manager" => words.say("recipe-tag-manager"),
            "wix" => words.say("recipe-wix"),
            "next" => words.say("recipe-next"),
            _ => words.say("recipe-html"),
        }
    }
}

/// The script element, for a page's HTML. `base` is the server's public address and ends with a slash. The key
/// stands in the address: tag managers drop attributes, and the bubble comes in the site's colour at once.
pub fn tag(base: &str, key: &str) -> String {
    format!("<script async src=\"{base}widget.js/{key}\"></script>")
}

/// All ways, the plainest first.
pub fn all(base: &str, key: &str) -> Vec<Recipe> {
    let tag = tag(base, key);
    let php = format!("add_action('wp_footer', function () {{\n    echo '{tag}';\n}});");
    let next = format!(
        "import Script from \"next/script\";\n\n// In the body of app/layout.tsx\n\
         <Script src=\"{base}widget.js/{key}\" strategy=\"afterInteractive\" />"
    );
    vec![
        Recipe { id: "html", name: "HTML", code: tag.clone() },
        Recipe { id: "wordpress", name: "WordPress", code: php },
        Recipe { id: "shopify", name: "Shopify", code: tag.clone() },
        Recipe { id: "tag-manager", name: "Google Tag Manager", code: tag.clone() },
        Recipe { id: "wix", name: "Wix", code: tag },
        Recipe { id: "next", name: "Next.js", code: next },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_names_the_site_and_the_server() {
        let ways = all("https://chat.example/", "k3y");
        assert_eq!(ways.len(), 6);
        for way in &ways {
            assert!(way.code.contains("https://chat.example/widget.js/k3y\""), "{way:?}");
        }
    }
}
