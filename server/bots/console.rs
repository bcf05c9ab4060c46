//! Managing bots over HTTP.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::managing::{self, Error, Wanted};
use super::pages::{BotForm, BotLine, BotPage, BotsPage, Made, Problem, TestView, TurnLine};
use super::{Bot, DEADLINE, Kind, LATER, LONGEST_DEADLINE, LONGEST_LATER, Settings, store, trying, turn_store};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error as CommandError;
use crate::db::Tx;
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::ids::BotId;
use crate::live::begin::acts_by;
use crate::queues::store as queues;
use crate::writer::again;

/// Turns that a page shows.
const SHOWN: i64 = 25;
/// The largest number of tokens or messages that a form takes.
const MOST_NUMBER: i64 = 10_000_000;

/// What a page shows beside what is stored.
#[derive(Default)]
struct Shown {
    form: Option<BotForm>,
    problem: Option<Problem>,
    saved: bool,
    made: Vec<Made>,
    test: Option<TestView>,
}

fn missing(request: &HttpRequest) -> PageRefusal {
    PageRefusal::new(access::lang(request), (&CommandError::NotFound).into())
}

/// `GET /console/settings/bots`
pub async fn list(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    show_all(&app, &request, &row, Shown::default()).await
}

async fn show_all(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    shown: Shown,
) -> Result<HttpResponse, PageRefusal> {
    let ws = row.workspace_id;
    let mut conn = app.db.read().await?;
    let mut bots = Vec::new();
    for bot in store::of_workspace(conn.conn(), ws).await? {
        let queues = store::queues(conn.conn(), ws, bot.id).await?;
        let health = app.bots.breakers.health(bot.id, app.clock.now());
        bots.push(BotLine::of(&bot, queues.into_iter().map(|(_, name)| name).collect(), health));
    }
    let all = queues::of_workspace(conn.conn(), ws).await?;
    drop(conn);
    let queues = all.into_iter().map(|queue| (queue.id.to_string(), queue.name, false)).collect();
    let form = shown.form.unwrap_or_else(|| BotForm { queues, ..BotForm::default() });
    let page = page::own(app, request, row).await;
    let (query, problem) = ("?view=all".to_owned(), shown.problem);
    Ok(page::form(problem.is_some(), &BotsPage { page, query, bots, form, problem }))
}

/// `POST /console/settings/bots`: adds one, and shows its page with what is shown once.
pub async fn add(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let kind = Kind::of_word(fields.get("kind")).unwrap_or(Kind::Webhook);
    let form = typed(&app, &row, &fields, BotForm { kind: kind.word().to_owned(), ..BotForm::default() }).await?;
    // A new one is asked with the usual times; the rest is set on its page.
    let mut wanted = Wanted {
        name: form.name.clone(),
        url: form.url.trim().to_owned(),
        settings: Settings { model: form.model.clone(), ..Settings::default() },
        deadline_ms: i64::try_from(DEADLINE.as_millis()).unwrap_or_default(),
        later_s: i64::try_from(LATER.as_secs()).unwrap_or_default(),
        redacts: false,
        is_on: true,
        queues: chosen(&fields),
    };
    wanted.settings.credential = fields.trimmed("credential").to_owned();
    let problem = match app.outgoing.read_url(&wanted.url) {
        Err(why) => Problem::Url(why.told()),
        Ok(_) => {
            let (by, random) = (acts_by(&row), app.random.clone());
            let operation = again(move |tx: &mut Tx| {
                let (by, wanted, random) = (by.clone(), wanted.clone(), random.clone());
                Box::pin(async move { managing::add(tx, &by, kind, &wanted, &random).await })
            });
            match app.writer.run_again("add bot", operation).await {
                Ok(added) => {
                    let key = Made { is_secret: false, text: added.key.expose() };
                    let made = vec![Made { is_secret: true, text: added.secret }, key];
                    return show(&app, &request, &row, added.id, Shown { made, ..Shown::default() }).await;
                }
                Err(error) => mendable(&request, error)?,
            }
        }
    };
    show_all(&app, &request, &row, Shown { form: Some(form), problem: Some(problem), ..Shown::default() }).await
}

fn mendable(request: &HttpRequest, error: Error) -> Result<Problem, PageRefusal> {
    match (Problem::of(&error), error) {
        (Some(problem), _) => Ok(problem),
        (None, Error::Db(error)) => Err(error.into()),
        (None, _) => Err(missing(request)),
    }
}

/// Whether something was just done.
#[derive(Deserialize)]
pub struct After {
    saved: Option<String>,
}

/// `GET /console/settings/bots/{bot}`
pub async fn open(
    request: HttpRequest,
    bot: Path<String>,
    after: Query<After>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let id = bot.parse().map_err(|_| missing(&request))?;
    show(&app, &request, &row, id, Shown { saved: after.saved.is_some(), ..Shown::default() }).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    id: BotId,
    shown: Shown,
) -> Result<HttpResponse, PageRefusal> {
    let ws = row.workspace_id;
    let mut conn = app.db.read().await?;
    let bot = store::find(conn.conn(), ws, id).await?.ok_or_else(|| missing(request))?;
    let serving = store::queues(conn.conn(), ws, id).await?;
    let turns = turn_store::of_bot(conn.conn(), ws, id, SHOWN).await?;
    let all = queues::of_workspace(conn.conn(), ws).await?;
    drop(conn);
    let health = app.bots.breakers.health(id, app.clock.now());
    let line = BotLine::of(&bot, serving.iter().map(|(_, name)| name.clone()).collect(), health);
    let serves: BTreeSet<_> = serving.into_iter().map(|(queue, _)| queue).collect();
    let queues = all.into_iter().map(|queue| (queue.id.to_string(), queue.name, serves.contains(&queue.id))).collect();
    let Shown { form, problem, saved, made, test } = shown;
    let page = BotPage {
        page: page::own(app, request, row).await,
        query: "?view=all".to_owned(),
        line,
        form: form.unwrap_or_else(|| stored(&bot, queues)),
        rotates: bot.secret_before.is_some(),
        turns: turns.into_iter().map(TurnLine::of).collect(),
        problem,
        saved,
        made,
        test,
    };
    Ok(page::page(if page.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

fn stored(bot: &Bot, queues: Vec<(String, String, bool)>) -> BotForm {
    let Settings { model, prompt, credential, history, answer_tokens, chat_tokens, callback } = bot.settings.0.clone();
    let number = |number: u64| if number == 0 { String::new() } else { number.to_string() };
    BotForm {
        name: bot.name.clone(),
        kind: bot.kind.word().to_owned(),
        url: bot.url.clone(),
        deadline: bot.deadline().as_secs_f64().to_string(),
        later: bot.later_s.to_string(),
        redacts: bot.redacts,
        is_on: bot.is_on(),
        model,
        prompt,
        has_credential: !credential.is_empty(),
        history: number(history.into()),
        answer_tokens: number(answer_tokens.into()),
        chat_tokens: number(chat_tokens),
        callback,
        queues,
    }
}

/// What was typed, kept, over what is there to choose from.
async fn typed(app: &App, row: &SessionRow, fields: &Fields, stored: BotForm) -> Result<BotForm, PageRefusal> {
    let text = |name: &str| fields.get(name).to_owned();
    let ticked: BTreeSet<&str> = fields.all("queue").collect();
    let all = queues::of_workspace(app.db.read().await?.conn(), row.workspace_id).await?;
    let queues = all.into_iter().map(|queue| {
        let id = queue.id.to_string();
        let on = ticked.contains(id.as_str());
        (id, queue.name, on)
    });
    Ok(BotForm {
        name: text("name"),
        url: text("url"),
        deadline: text("deadline"),
        later: text("later"),
        redacts: fields.is_on("redacts"),
        is_on: fields.is_on("is_on"),
        model: text("model"),
        prompt: text("prompt"),
        history: text("history"),
        answer_tokens: text("answer_tokens"),
        chat_tokens: text("chat_tokens"),
        callback: fields.is_on("callback"),
        queues: queues.collect(),
        ..stored
    })
}

fn chosen(fields: &Fields) -> BTreeSet<crate::ids::QueueId> {
    fields.all("queue").filter_map(|id| id.parse().ok()).collect()
}

fn wanted(fields: &Fields, bot: &Bot) -> Result<Wanted, Problem> {
    let number = |name, most| match fields.trimmed(name) {
        "" => Ok(0),
        _ => fields.number(name, most).map_err(|_| Problem::Number),
    };
    let seconds: f64 = fields.trimmed("deadline").parse().map_err(|_| Problem::Number)?;
    if !(0.001..=LONGEST_DEADLINE.as_secs_f64()).contains(&seconds) {
        return Err(Problem::Number);
    }
    let deadline_ms = i64::try_from(std::time::Duration::from_secs_f64(seconds).as_millis()).unwrap_or_default();
    let credential = match fields.trimmed("credential") {
        "" if fields.is_on("forget_credential") => String::new(),
        "" => bot.settings.credential.clone(),
        typed => typed.to_owned(),
    };
    let small = |name| number(name, MOST_NUMBER).map(|number| u32::try_from(number).unwrap_or_default());
    Ok(Wanted {
        name: fields.trimmed("name").to_owned(),
        url: fields.trimmed("url").to_owned(),
        settings: Settings {
            model: fields.trimmed("model").to_owned(),
            prompt: fields.get("prompt").replace("\r\n", "\n"),
            credential,
            history: small("history")?,
            answer_tokens: small("answer_tokens")?,
            chat_tokens: number("chat_tokens", i64::MAX).map(|number| u64::try_from(number).unwrap_or_default())?,
            callback: fields.is_on("callback"),
        },
        deadline_ms,
        later_s: number("later", i64::try_from(LONGEST_LATER.as_secs()).unwrap_or_default())?,
        redacts: fields.is_on("redacts"),
        is_on: fields.is_on("is_on"),
        queues: chosen(fields),
    })
}

/// `POST /console/settings/bots/{bot}`: saves, tests, or exchanges what `do` says.
pub async fn submit(
    request: HttpRequest,
    bot: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let id: BotId = bot.parse().map_err(|_| missing(&request))?;
    let found = store::find(app.db.read().await?.conn(), row.workspace_id, id).await?;
    let found = found.ok_or_else(|| missing(&request))?;
    let shown = match fields.get("do") {
        "test" => {
            Shown { test: Some(trying::ask(&app, &row, &found, fields.trimmed("text")).await?), ..Shown::default() }
        }
        "secret" | "drop" | "key" => {
            Shown { made: exchange(&app, &request, &row, id, fields.get("do")).await?, ..Shown::default() }
        }
        _ => match save(&app, &request, &row, &fields, &found).await? {
            None => return Ok(page::see_other(&format!("/console/settings/bots/{id}?saved=1"))),
            Some(problem) => {
                let before = stored(&found, Vec::new());
                let form = Some(typed(&app, &row, &fields, before).await?);
                Shown { form, problem: Some(problem), ..Shown::default() }
            }
        },
    };
    show(&app, &request, &row, id, shown).await
}

async fn save(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    fields: &Fields,
    bot: &Bot,
) -> Result<Option<Problem>, PageRefusal> {
    let wanted = match wanted(fields, bot) {
        Ok(wanted) => wanted,
        Err(problem) => return Ok(Some(problem)),
    };
    if let Err(why) = app.outgoing.read_url(&wanted.url) {
        return Ok(Some(Problem::Url(why.told())));
    }
    let (by, id) = (acts_by(row), bot.id);
    let operation = again(move |tx: &mut Tx| {
        let (by, wanted) = (by.clone(), wanted.clone());
        Box::pin(async move { managing::change(tx, &by, id, &wanted).await })
    });
    match app.writer.run_again("change bot", operation).await {
        Ok(()) => Ok(None),
        Err(error) => mendable(request, error).map(Some),
    }
}

async fn exchange(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    id: BotId,
    what: &str,
) -> Result<Vec<Made>, PageRefusal> {
    let (by, random, what) = (acts_by(row), app.random.clone(), what.to_owned());
    let operation = again(move |tx: &mut Tx| {
        let (by, random, what) = (by.clone(), random.clone(), what.clone());
        Box::pin(async move {
            Ok::<_, Error>(match what.as_str() {
                "secret" => {
                    Some(Made { is_secret: true, text: managing::exchange_secret(tx, &by, id, &random).await? })
                }
                "key" => {
                    let key = managing::exchange_key(tx, &by, id, &random).await?;
                    Some(Made { is_secret: false, text: key.expose() })
                }
                _ => {
                    managing::drop_secret(tx, &by, id).await?;
                    None
                }
            })
        })
    });
    match app.writer.run_again("exchange of a bot", operation).await {
        Ok(made) => Ok(made.into_iter().collect()),
        Err(Error::Db(error)) => Err(error.into()),
        Err(_) => Err(missing(request)),
    }
}
