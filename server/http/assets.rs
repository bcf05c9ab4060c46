//! Files that are compiled in: the widget, the console's script and style, the demo's style.

use std::borrow::Cow;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};

use super::access::problem_of;
use crate::agents::pages::{Assets, mine_css};
use crate::app::App;
use crate::error::NOT_FOUND;
use crate::sites::colour::on;
use crate::sites::parse_colour;

#[derive(RustEmbed)]
#[folder = "widget/dist"]
struct Widget;

#[derive(RustEmbed)]
#[folder = "widget/demo"]
#[include = "*.css"]
#[include = "*.js"]
struct Demo;

#[derive(RustEmbed)]
#[folder = "agent-console/dist"]
#[include = "*.js"]
#[include = "*.css"]
struct ConsoleBuilt;

#[derive(RustEmbed)]
#[folder = "agent-console/static"]
struct ConsoleStatic;

/// Every page's tag fetches the loader: a short time, so that an upgrade reaches them soon.
const LOADER_CACHE: &str = "public, max-age=300, stale-while-revalidate=86400";
/// A file whose name or address has its hash never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A file under its plain name.
const CHECK_ALWAYS: &str = "no-cache";

fn not_found() -> HttpResponse {
    problem_of(NOT_FOUND, "There is no such file.")
}

fn tag(hash: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(&hash[..12])
}

fn file(request: &HttpRequest, name: &str, file: EmbeddedFile, cache: &'static str) -> HttpResponse {
    let hash = file.metadata.sha256_hash();
    bytes(request, name, (file.data, hash), cache)
}

fn bytes(
    request: &HttpRequest,
    name: &str,
    (data, hash): (Cow<'static, [u8]>, [u8; 32]),
    cache: &'static str,
) -> HttpResponse {
    let etag = format!("\"{}\"", tag(hash));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(etag.as_str()) {
        return HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish();
    }
    let mut response = HttpResponse::Ok();
    response
        .content_type(mime(name))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::ETAG, etag))
        // The host page imports the widget from another origin.
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"));
    match data {
        Cow::Borrowed(bytes) => response.body(bytes),
        Cow::Owned(bytes) => response.body(bytes),
    }
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("png") => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}

/// What the loader draws the bubble with, unless the page says otherwise.
const BUBBLE: &str = "var(--deskbell-color, #0b6580)";
const ON_BUBBLE: &str = "var(--deskbell-on-color, #fff)";

/// The loader with its bubble in this colour.
fn coloured(text: &str, colour: &str) -> String {
    text.replacen(BUBBLE, &format!("var(--deskbell-color, {colour})"), 1).replacen(
        ON_BUBBLE,
        &format!("var(--deskbell-on-color, {})", on(colour)),
        1,
    )
}

/// The colour of the site in the path, if there is one and it has its own.
async fn colour_of(app: &App, request: &HttpRequest) -> Option<String> {
    let key = request.match_info().get("site")?;
    let site = app.sites.find(&app.db, key).await.ok()??;
    let colour = site.appearance.get("colour")?.as_str()?;
    parse_colour(colour).ok()
}

/// `/widget.js`, with or without the site's key in the path; with it, the bubble is in the site's colour.
pub async fn loader(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let referer = request.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    if let Some(referer) = referer {
        app.sightings.loaded(request.match_info().get("site"), referer, app.clock.now());
    }

    let Some(plain) = Widget::get("widget.js") else { return not_found() };
    let text = std::str::from_utf8(&plain.data).unwrap_or_default();
    match colour_of(&app, &request).await.map(|colour| coloured(text, &colour)) {
        Some(own) => {
            let hash = Sha256::digest(own.as_bytes()).into();
            bytes(&request, "widget.js", (own.into_bytes().into(), hash), LOADER_CACHE)
        }
        None => file(&request, "widget.js", plain, LOADER_CACHE),
    }
}

/// `/widget/parts/{name}`: for ever. While servers of two versions run side by side a part of the
/// other build may be asked for: the current one is served, uncached.
pub async fn part(request: HttpRequest, name: Path<String>) -> HttpResponse {
    let path = format!("parts/{name}");
    if let Some(found) = Widget::get(&path) {
        return file(&request, &path, found, FOR_EVER);
    }
    let same_part = |other: &str| part_of(other).is_some() && part_of(other) == part_of(&path);
    let current = Widget::iter().find(|other| same_part(other)).and_then(|other| Widget::get(&other));
    current.map_or_else(not_found, |found| file(&request, &path, found, "no-store"))
}

/// `parts/words-en` of `parts/words-en-c6c921a2.js`.
fn part_of(path: &str) -> Option<&str> {
    let (part, hash) = path.strip_suffix(".js")?.rsplit_once('-')?;
    (part.starts_with("parts/") && hash.len() == 8).then_some(part)
}

/// `/widget.d.ts`: the types of what pages may call.
pub async fn types(request: HttpRequest) -> HttpResponse {
    Widget::get("widget.d.ts").map_or_else(not_found, |found| file(&request, "widget.d.ts", found, CHECK_ALWAYS))
}

/// A style or a script of the demo.
pub fn demo(request: &HttpRequest, name: &str) -> HttpResponse {
    Demo::get(name).map_or_else(not_found, |found| file(request, name, found, CHECK_ALWAYS))
}

fn console_file(name: &str) -> Option<EmbeddedFile> {
    ConsoleBuilt::get(name).or_else(|| ConsoleStatic::get(name))
}

/// `/console/static/{name}`; with `?v=` of its own hash for ever.
pub async fn console(request: HttpRequest, name: Path<String>) -> HttpResponse {
    let Some(found) = console_file(&name) else { return not_found() };
    let versioned = request.query_string() == format!("v={}", tag(found.metadata.sha256_hash()));
    file(&request, &name, found, if versioned { FOR_EVER } else { CHECK_ALWAYS })
}

/// `/favicon.ico`, which browsers ask for on pages that name no icon.
pub async fn favicon(request: HttpRequest) -> HttpResponse {
    console_file("favicon.svg").map_or_else(not_found, |found| file(&request, "favicon.svg", found, LOADER_CACHE))
}

/// The console's files with their hashes, for the pages.
pub fn console_assets() -> Assets {
    Assets::with(|name| match console_file(name) {
        Some(found) => format!("/console/static/{name}?v={}", tag(found.metadata.sha256_hash())),
        None => format!("/console/static/{name}"),
    })
}

/// `/console/mine/{agent}.css`: says nothing that is not in its address.
pub async fn mine(agent: Path<String>, _app: Data<App>) -> HttpResponse {
    match agent.parse() {
        Ok(agent) => HttpResponse::Ok()
            .content_type("text/css; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, FOR_EVER))
            .body(mine_css(agent)),
        Err(_) => not_found(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_is_told_without_its_hash() {
        assert_eq!(part_of("parts/words-en-c6c921a2.js"), Some("parts/words-en"));
        assert_eq!(part_of("parts/chat-00000000.js"), Some("parts/chat"));
        for odd in ["widget.js", "parts/chat.js", "parts/../secret-00000000.js.map", "x-00000000.js"] {
            assert_eq!(part_of(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_loader_takes_a_sites_colour() {
        let plain = Widget::get("widget.js").unwrap();
        let text = std::str::from_utf8(&plain.data).unwrap();
        assert_eq!((text.matches(BUBBLE).count(), text.matches(ON_BUBBLE).count()), (1, 1), "the build says it so");
        let own = coloured(text, "#ffd400");
        assert!(own.contains("var(--deskbell-color, #ffd400)") && own.contains("var(--deskbell-on-color, #000)"));
    }
}
