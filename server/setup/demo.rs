//! The demo: a sandbox shop with the widget in it, and pages that make its life hard, each in a way
//! of its own; and the chat as a page. They show nothing of anybody and change nothing.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::app::App;
use crate::http::access::{self, Refusal};
use crate::http::assets;
use crate::http::page::{self, DEMO_CSP, PageRefusal};
use crate::sites::{self, Site};
use crate::words::Words;

/// A sandbox shop with the widget in it.
#[derive(Template)]
#[template(path = "demo.html")]
struct Shop {
    site_key: String,
    pages: &'static [Hard],
}

/// A page of [`PAGES`].
#[derive(Template)]
#[template(path = "hard.html")]
struct HardPage<'a> {
    page: &'static Hard,
    site_key: &'a str,
    /// Stands before every address of the server; empty where the page's own will do.
    root: &'a str,
    nonce: &'a str,
}

/// The chat as a page of its own.
#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'a> {
    site: &'a Site,
    words: &'static Words,
}

/// What the demo says until there is an owner.
#[derive(Template)]
#[template(
    source = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Deskbell</title>\
    <link rel=\"stylesheet\" href=\"/demo/demo.css\"><p>This desk has no owner yet. Open the set-up link that the server \
    printed when it started; then come back here.</p></html>",
    ext = "html"
)]
struct NotYet;

/// How a page brings the tag in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// Pasted.
    Plain,
    /// By `document.write`, from a script of the page.
    Written,
    /// With a nonce, under a policy that trusts nothing else.
    Nonce,
    /// With an element for the chat to be drawn in.
    Container,
    /// With a button of the page's own.
    Launcher,
    /// In two copies.
    Twice,
}

/// One page that makes the widget's life hard.
struct Hard {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    lang: &'static str,
    dir: &'static str,
    /// There is a style `{name}.css`, and a script `{name}.js` that runs before the tag.
    style: bool,
    script: bool,
    tag: Tag,
    policy: &'static str,
}

impl Hard {
    fn has(&self, tag: &str) -> bool {
        let own = match self.tag {
            Tag::Plain => "plain",
            Tag::Written => "written",
            Tag::Nonce => "nonce",
            Tag::Container => "container",
            Tag::Launcher => "launcher",
            Tag::Twice => "twice",
        };
        own == tag
    }
}

const PLAIN: Hard = Hard {
    name: "",
    title: "",
    about: "",
    lang: "en",
    dir: "ltr",
    style: false,
    script: false,
    tag: Tag::Plain,
    policy: DEMO_CSP,
};

/// The strictest that a page can be: one script by its nonce, no Trusted Types policy at all. The
/// nonce takes the place of `{nonce}`.
const NONCE_CSP: &str = "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; connect-src 'self'; \
     img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
     trusted-types 'none'";
/// For pages whose own scripts write scripts, as old ones and some frameworks do.
const LOOSE_CSP: &str =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'";

const PAGES: &[Hard] = &[
    Hard {
        name: "hostile",
        title: "Styles that unset everything",
        about: "Every element of this page, ours too, is told to unset every style, with the highest importance, in an ugly font.",
        style: true,
        ..PLAIN
    },
    Hard {
        name: "strict",
        title: "The strictest policy",
        about: "Nothing is allowed but one script by its nonce. Trusted Types are required, and no policy for them may be made.",
        tag: Tag::Nonce,
        policy: NONCE_CSP,
        ..PLAIN
    },
    Hard {
        name: "tampered",
        title: "Bent foundations",
        about: "A script has put words on every object, array and string, and has replaced JSON, fetch, WebSocket and Promise.",
        script: true,
        ..PLAIN
    },
    Hard {
        name: "swapping",
        title: "A body that is swapped",
        about: "An app that replaces its whole body on every step and runs its scripts again, as Turbo and Astro do.",
        script: true,
        policy: LOOSE_CSP,
        ..PLAIN
    },
    Hard {
        name: "written",
        title: "A tag that is written",
        about: "The tag comes by document.write, as old tag managers do it.",
        script: true,
        tag: Tag::Written,
        policy: LOOSE_CSP,
        ..PLAIN
    },
    Hard {
        name: "twice",
        title: "A tag that is pasted twice",
        about: "The page has the tag in its head and at its end. There is one chat.",
        tag: Tag::Twice,
        ..PLAIN
    },
    Hard {
        name: "inline",
        title: "In the page",
        about: "The chat is drawn in an element of the page, without a bubble. It rests until somebody goes into it.",
        tag: Tag::Container,
        ..PLAIN
    },
    Hard {
        name: "launcher",
        title: "A button of the page",
        about: "No bubble: the page has a button of its own.",
        tag: Tag::Launcher,
        ..PLAIN
    },
    Hard {
        name: "rtl",
        title: "من اليمين إلى اليسار",
        about: "صفحة تُقرأ من اليمين إلى اليسار، والمحادثة تتبع لغتها.",
        lang: "ar",
        dir: "rtl",
        ..PLAIN
    },
    Hard {
        name: "base",
        title: "Another base",
        about: "Relative addresses on this page lead to another website.",
        policy: LOOSE_CSP,
        ..PLAIN
    },
    Hard {
        name: "zoomed",
        title: "A page that is zoomed",
        about: "The whole page is magnified by a style.",
        style: true,
        ..PLAIN
    },
    Hard {
        name: "transformed",
        title: "A page that is transformed",
        about: "The whole page has a transform: what is fixed to the screen elsewhere is fixed to the page here.",
        style: true,
        ..PLAIN
    },
    Hard {
        name: "sdk",
        title: "Every call",
        about: "A button for each call, and a list of the events as they come.",
        script: true,
        ..PLAIN
    },
];

async fn first_site(app: &App) -> Result<Option<Site>, crate::db::Error> {
    Ok(sites::store::all(app.db.read().await?.conn()).await?.into_iter().next())
}

/// `GET /demo`
pub async fn shop(app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    Ok(match first_site(&app).await? {
        Some(site) => page::public(&Shop { site_key: site.key, pages: PAGES }, DEMO_CSP),
        None => page::public(&NotYet, DEMO_CSP),
    })
}

/// `GET /demo/{name}`: a page of [`PAGES`], or a file of the demo.
pub async fn hard(request: HttpRequest, name: Path<String>, app: Data<App>) -> Result<HttpResponse, Refusal> {
    let Some(page) = PAGES.iter().find(|page| page.name == *name) else { return Ok(assets::demo(&request, &name)) };
    let Some(site) = first_site(&app).await? else { return Ok(page::see_other("/demo")) };
    let root = if page.name == "base" { app.config.public_url.as_str().trim_end_matches('/') } else { "" };
    let nonce = app.random.token_text();
    let template = HardPage { page, site_key: &site.key, root, nonce: &nonce };
    Ok(page::public(&template, &page.policy.replace("{nonce}", &nonce)))
}

/// `GET /chat/{site}`
pub async fn chat(request: HttpRequest, key: Path<String>, app: Data<App>) -> Result<HttpResponse, Refusal> {
    let site = app.sites.find(&app.db, &key).await?.ok_or(Refusal::NotFound)?;
    let words = access::lang(&request).words();
    let policy = format!("{DEMO_CSP}; frame-ancestors 'self' {}", site.origins.join(" "));
    Ok(page::public(&ChatPage { site: &site, words }, &policy))
}
