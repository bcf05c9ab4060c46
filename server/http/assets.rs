//! Files that are compiled in: the widget, the console's script and style, the demo's style.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::access::problem_of;
use crate::agents::pages::{Assets, mine_css};
use crate::app::App;
use crate::error::NOT_FOUND;

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

fn tag(file: &EmbeddedFile) -> String {
    URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..12])
}

fn file(request: &HttpRequest, name: &str, file: EmbeddedFile, cache: &'static str) -> HttpResponse {
    let etag = format!("\"{}\"", tag(&file));
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
    match file.data {
        std::borrow::Cow::Borrowed(bytes) => response.body(bytes),
        std::borrow::Cow::Owned(bytes) => response.body(bytes),
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

/// `/widget.js`, with or without the site's key in the path.
pub async fn loader(request: HttpRequest) -> HttpResponse {
    match Widget::get("widget.js") {
        Some(found) => file(&request, "widget.js", found, LOADER_CACHE),
        None => not_found(),
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
    let versioned = request.query_string() == format!("v={}", tag(&found));
    file(&request, &name, found, if versioned { FOR_EVER } else { CHECK_ALWAYS })
}

/// `/favicon.ico`, which browsers ask for on pages that name no icon.
pub async fn favicon(request: HttpRequest) -> HttpResponse {
    console_file("favicon.svg").map_or_else(not_found, |found| file(&request, "favicon.svg", found, LOADER_CACHE))
}

/// The console's files with their hashes, for the pages.
pub fn console_assets() -> Assets {
    Assets::with(|name| match console_file(name) {
        Some(found) => format!("/console/static/{name}?v={}", tag(&found)),
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
    use super::part_of;

    #[test]
    fn the_part_is_told_without_its_hash() {
        assert_eq!(part_of("parts/words-en-c6c921a2.js"), Some("parts/words-en"));
        assert_eq!(part_of("parts/chat-00000000.js"), Some("parts/chat"));
        for odd in ["widget.js", "parts/chat.js", "parts/../secret-00000000.js.map", "x-00000000.js"] {
            assert_eq!(part_of(odd), None, "{odd}");
        }
    }
}
