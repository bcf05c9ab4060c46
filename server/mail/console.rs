//! "New mail": an agent begins a conversation by mail. A plain form; what is typed is never lost by an error,
//! and what is sent twice is one mail.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::beginning::{self, Begun, NewLetter};
use super::inbound::placing;
use super::sender::Sender;
use super::standing::REPLY_LOCAL;
use super::writing::letter::one_line;
use super::{EmailAddress, composing, reach};
use crate::app::App;
use crate::conversations::console::ListQuery;
use crate::conversations::fragments::{FromSite, NewMailView, NewMailWrong};
use crate::conversations::screen::Screen;
use crate::conversations::{Error, already_sent};
use crate::http::page::{self, PageRefusal};
use crate::ids::{ConversationId, MessageId};
use crate::live::protocol::{MAX_TEXT_CHARS, Mail, SendMail};
use crate::messages::MessageText;
use crate::sites::{self, Site};
use crate::writer::again;

/// Characters of a name beside an address.
const MOST_NAME_CHARS: usize = 80;
/// Characters of each line of the form that come back with it; no address or subject has as many.
const MOST_KEPT_CHARS: usize = 4_000;

/// What the form's address may ask for.
#[derive(Deserialize)]
pub struct Asked {
    /// A conversation, to whose visitor is to be written.
    of: Option<ConversationId>,
}

/// The form as it was filled in.
#[derive(Deserialize)]
pub struct Filled {
    csrf: String,
    id: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    cc: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    text: String,
}

/// `GET /console/new-mail?of=CONVERSATION&view=…`
pub async fn form(
    request: HttpRequest,
    asked: Query<Asked>,
    query: Query<ListQuery>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let screen = query.screen(&request, &app, &row).await?;
    let mut form = NewMailView { sites: senders(&screen).await?, ..NewMailView::default() };
    if let Some(of) = asked.of {
        fill(&screen, of, &mut form).await?;
    }
    show(&screen, form, StatusCode::OK).await
}

/// `POST /console/new-mail`
pub async fn send(
    request: HttpRequest,
    query: Query<ListQuery>,
    form: Form<Filled>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    page::check_form(&app, &request, &row, &form.csrf)?;
    let screen = query.screen(&request, &app, &row).await?;
    let filled = form.into_inner();
    let outcome = match letter(&screen, &filled).await? {
        Ok(letter) => begin(&screen, letter).await?,
        Err(wrong) => Err(wrong),
    };
    let wrong = match outcome {
        Ok(conversation) => return Ok(page::see_other(&screen.address(conversation))),
        Err(wrong) => wrong,
    };
    let status = match &wrong {
        NewMailWrong::Open(_) | NewMailWrong::Bounced(_) | NewMailWrong::Blocked | NewMailWrong::Sent => {
            StatusCode::CONFLICT
        }
        NewMailWrong::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    };
    let kept = |text: &str| text.chars().take(MOST_KEPT_CHARS).collect::<String>();
    let mut sites = senders(&screen).await?;
    choose(&mut sites, &filled.site);
    let form = NewMailView {
        // A used id cannot be sent with other words: the next try gets a new one.
        message_id: if matches!(wrong, NewMailWrong::Sent) { String::new() } else { filled.id },
        sites,
        to: kept(&filled.to),
        cc: kept(&filled.cc),
        subject: kept(&filled.subject),
        text: filled.text,
        wrong: Some(wrong),
        ..NewMailView::default()
    };
    show(&screen, form, status).await
}

async fn show(screen: &Screen<'_>, mut form: NewMailView, status: StatusCode) -> Result<HttpResponse, PageRefusal> {
    if form.message_id.parse::<MessageId>().is_err() {
        form.message_id = screen.app.ids.draw().hyphenated().to_string();
    }
    form.may_set_up = screen.row.role.administers();
    let mut index = screen.index(None, None).await?;
    index.letter = Some(form);
    Ok(page::page(status, &index))
}

/// The websites that can write mails; the first of them is chosen.
async fn senders(screen: &Screen<'_>) -> Result<Vec<FromSite>, PageRefusal> {
    let all = writing_sites(screen).await?;
    let of = |(site, sender): &(Site, Sender)| FromSite {
        id: site.id.to_string(),
        name: site.name.clone(),
        address: sender.address.to_string(),
        on: false,
    };
    let mut sites: Vec<FromSite> = all.iter().map(of).collect();
    choose(&mut sites, "");
    Ok(sites)
}

/// Marks the website of this id, else the first.
fn choose(sites: &mut [FromSite], id: &str) {
    let at = sites.iter().position(|site| site.id == id).unwrap_or_default();
    for (n, site) in sites.iter_mut().enumerate() {
        site.on = n == at;
    }
}

async fn writing_sites(screen: &Screen<'_>) -> Result<Vec<(Site, Sender)>, PageRefusal> {
    let mail = &screen.app.config.mail;
    if mail.smtp.is_none() {
        return Ok(Vec::new());
    }
    let mut conn = screen.app.db.read().await?;
    let all = sites::store::of_workspace(conn.conn(), screen.row.workspace_id).await?;
    let real = all.into_iter().filter(|site| !site.is_preview);
    Ok(real.filter_map(|site| Sender::of(Some(&site), mail).map(|sender| (site, sender))).collect())
}

/// To the visitor of a conversation that this agent may see: their website and their address.
async fn fill(screen: &Screen<'_>, of: ConversationId, form: &mut NewMailView) -> Result<(), PageRefusal> {
    let conversation = screen.conversation(&of.to_string()).await?;
    let ws = screen.row.workspace_id;
    let mut conn = screen.app.db.read().await?;
    let known = reach::address(conn.conn(), ws, conversation.visitor_id).await?;
    choose(&mut form.sites, &conversation.site_id.to_string());
    let Some((address, proved)) = known else { return Ok(()) };
    if !proved {
        form.unproved = conversation.visitor_name.unwrap_or_else(|| address.to_string());
    }
    form.to = address.to_string();
    Ok(())
}

/// What was filled in, checked.
async fn letter(screen: &Screen<'_>, filled: &Filled) -> Result<Result<NewLetter, NewMailWrong>, PageRefusal> {
    let no_id = || screen.refuse(&Error::Invalid("The mail has no id.".to_owned()));
    let id: MessageId = filled.id.parse().map_err(|_| no_id())?;
    let all = writing_sites(screen).await?;
    let own: Vec<Site> = all.into_iter().map(|(site, _)| site).collect();
    let Some(site) = own.iter().find(|site| site.id.to_string() == filled.site) else {
        return Ok(Err(NewMailWrong::Site));
    };
    let checked = checked(filled, &own, screen.app.config.mail.domain.as_deref());
    Ok(checked.map(|(to, name, mail, text)| NewLetter {
        agent: screen.agent(),
        site: Arc::new(site.clone()),
        id,
        to,
        name,
        mail,
        text,
    }))
}

type Checked = (EmailAddress, Option<String>, Mail, MessageText);

fn checked(filled: &Filled, own: &[Site], domain: Option<&str>) -> Result<Checked, NewMailWrong> {
    let (name, to) = named(&filled.to);
    let to = EmailAddress::parse(to).ok_or(NewMailWrong::To)?;
    // A mail to ourselves would come back as somebody's question.
    let local = to.tag().map_or(to.local(), |(local, _)| local);
    let is_reply = domain == Some(to.domain()) && local == REPLY_LOCAL;
    if is_reply || own.iter().any(|site| placing::is_of(site, &to)) {
        return Err(NewMailWrong::Own);
    }
    if filled.subject.trim().is_empty() {
        return Err(NewMailWrong::NoSubject);
    }
    let sent = SendMail { subject: Some(filled.subject.clone()), cc: composing::addresses(&filled.cc) };
    let mail = composing::check(&sent, "").map_err(|wrong| match wrong {
        composing::Wrong::Subject => NewMailWrong::Subject,
        composing::Wrong::Copies => NewMailWrong::Copies,
        composing::Wrong::Copy(address) => NewMailWrong::Copy(address),
    })?;
    // Browsers send line ends as CR LF; the log has LF.
    let text = MessageText::parse(filled.text.replace("\r\n", "\n")).map_err(|error| match error {
        Error::TextTooLong(chars) => {
            NewMailWrong::TooLong(i64::try_from(chars.saturating_sub(MAX_TEXT_CHARS)).unwrap_or(i64::MAX))
        }
        _ => NewMailWrong::Empty,
    })?;
    Ok((to, name, mail, text))
}

/// `Ada Lovelace <ada@mail.example>` as people paste it: the name, and the address.
fn named(to: &str) -> (Option<String>, &str) {
    let Some((name, rest)) = to.trim().split_once('<') else { return (None, to) };
    let Some(address) = rest.strip_suffix('>') else { return (None, to) };
    let name = one_line(name.trim().trim_matches('"'), MOST_NAME_CHARS);
    (Some(name).filter(|name| !name.is_empty()), address)
}

/// Begins the conversation. What was sent before is found before the limits are asked.
async fn begin(screen: &Screen<'_>, letter: NewLetter) -> Result<Result<ConversationId, NewMailWrong>, PageRefusal> {
    let app = screen.app;
    let refused = |error: Error| match error {
        Error::IdReused => Ok(Err(NewMailWrong::Sent)),
        other => Err(screen.refuse(&other)),
    };
    let mut conn = app.db.read().await?;
    let before = already_sent(conn.conn(), screen.row.workspace_id, &letter.message(app.clock.now())).await;
    drop(conn);
    match before {
        Ok(Some(sent)) => return Ok(Ok(sent.conversation)),
        Ok(None) => {}
        Err(error) => return refused(error),
    }
    if let Err(again) = app.rate_limits.new_mails.check(&letter.agent.id) {
        return Ok(Err(NewMailWrong::TooMany(i64::try_from(again.seconds.div_ceil(60)).unwrap_or(i64::MAX))));
    }
    let random = app.random.clone();
    let operation = again(move |tx| {
        let (random, letter) = (random.clone(), letter.clone());
        Box::pin(async move {
            let moment = tx.moment.clone();
            beginning::begin(tx, &moment, &random, &letter).await
        })
    });
    match app.writer.run_again("new mail", operation).await {
        Ok(Begun::There(conversation)) => Ok(Ok(conversation)),
        Ok(Begun::Bounced(why)) => Ok(Err(NewMailWrong::Bounced(why))),
        Ok(Begun::Blocked) => Ok(Err(NewMailWrong::Blocked)),
        Ok(Begun::Open(open)) => Ok(Err(NewMailWrong::Open(open.map(|id| id.to_string())))),
        Err(error) => refused(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_name_beside_it() {
        assert_eq!(named("ada@mail.example"), (None, "ada@mail.example"));
        assert_eq!(named(" \"Ada L.\" <ada@mail.example> "), (Some("Ada L.".to_owned()), "ada@mail.example"));
        assert_eq!(named("<ada@mail.example>"), (None, "ada@mail.example"));
        assert_eq!(named("Ada <ada@mail.example"), (None, "Ada <ada@mail.example"));
    }
}
