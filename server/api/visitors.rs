//! Visitors over REST. What a key says of them counts as said, not as proved: what a signed token
//! vouches for stays.

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::call::doing;
use super::paging::Paging;
use super::{Answer, Call, Fault, Reply, input};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Conn, Constraint, Error as DbError, Tx};
use crate::forms;
use crate::ids::{SiteId, VisitorId, WorkspaceId};
use crate::live::protocol::Page;
use crate::sites::{Site, store as sites};
use crate::visitors::list_store::{self, Listed};
use crate::visitors::store::{self, Changes};
use crate::visitors::{self, FirstAct, MAX_EMAIL_CHARS, MAX_NAME_CHARS, MAX_PHONE_CHARS, is_email};

/// Characters of the website's own name for somebody, as in a token's `sub`.
const MOST_EXTERNAL_CHARS: usize = 255;
/// Characters of a language's tag.
const MOST_LOCALE_CHARS: usize = 35;

/// A person on a site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Visitor {
    id: VisitorId,
    site_id: SiteId,
    /// The website's own name for them: `sub` of its tokens.
    external_id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    /// The language that their browser asks for.
    locale: Option<String>,
    #[schema(value_type = Object)]
    attributes: Map<String, Value>,
    /// The fields of these that a signed token vouches for, attributes by their names.
    verified: Vec<String>,
    /// Where they are, or were last; empty if they never were.
    page_url: String,
    created_at: String,
    seen_at: String,
}

impl Visitor {
    fn of(listed: Listed) -> Self {
        let known = listed.verified.0;
        let fields = [("name", known.name), ("email", known.email), ("phone", known.phone)];
        let fields = fields.into_iter().filter(|(_, verified)| *verified).map(|(field, _)| field.to_owned());
        Self {
            verified: fields.chain(known.attributes).collect(),
            id: listed.id,
            site_id: listed.site_id,
            external_id: listed.external_id,
            name: listed.name,
            email: listed.email,
            phone: listed.phone,
            locale: listed.locale,
            attributes: listed.attributes.0,
            page_url: listed.page.0.url,
            created_at: listed.created_at.rfc3339(),
            seen_at: listed.seen_at.rfc3339(),
        }
    }
}

/// Somebody to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVisitor {
    pub(super) site_id: SiteId,
    /// `sub` of the website's tokens: whoever proves it on a device is this visitor.
    #[schema(min_length = 1, max_length = 255)]
    pub(super) external_id: Option<String>,
    #[schema(max_length = 200)]
    pub(super) name: Option<String>,
    #[schema(max_length = 254)]
    pub(super) email: Option<String>,
    #[schema(max_length = 50)]
    pub(super) phone: Option<String>,
    #[schema(max_length = 35)]
    pub(super) locale: Option<String>,
    /// At most 50, of 8,192 bytes in all.
    #[schema(value_type = Option<Object>)]
    pub(super) attributes: Option<Map<String, Value>>,
    /// They agreed to be remembered. Where the site asks for it, nothing is stored without.
    pub(super) consent: Option<bool>,
}

/// What of a visitor is to change; what is left out or null stays, and so does what is verified.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VisitorChanges {
    #[schema(max_length = 200)]
    name: Option<String>,
    #[schema(max_length = 254)]
    email: Option<String>,
    #[schema(max_length = 50)]
    phone: Option<String>,
    #[schema(max_length = 35)]
    locale: Option<String>,
    /// Put over those that there are; null takes one away.
    #[schema(value_type = Option<Object>)]
    attributes: Option<Map<String, Value>>,
    consent: Option<bool>,
}

impl VisitorChanges {
    fn checked(self) -> Result<Self, Fault> {
        let field = |field: &str, text: Option<String>, most: u32| {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            text.map(|text| input::line(field, &text, most)).transpose()
        };
        let email = field("email", self.email, MAX_EMAIL_CHARS)?;
        if email.as_deref().is_some_and(|email| !email.is_empty() && !is_email(email)) {
            return Err(Fault::value("email", "is no mail address"));
        }
        Ok(Self {
            name: field("name", self.name, MAX_NAME_CHARS)?,
            phone: field("phone", self.phone, MAX_PHONE_CHARS)?,
            locale: self.locale.map(|tag| input::line("locale", &tag, MOST_LOCALE_CHARS)).transpose()?,
            email,
            ..self
        })
    }

    async fn tell(self, tx: &mut Tx, ws: WorkspaceId, id: VisitorId) -> Result<(), Fault> {
        let now = tx.moment.now;
        let renamed = self.name.is_some();
        let changes = Changes {
            name: self.name,
            email: self.email,
            phone: self.phone,
            locale: self.locale,
            consent: self.consent.map(|consent| (consent, now)),
            ..Changes::default()
        };
        visitors::tell(tx.conn(), ws, id, changes, self.attributes).await?;
        if renamed {
            tx.names_changed();
        }
        Ok(())
    }
}

/// Somebody new, checked, with the token of a device that nobody has.
#[derive(Debug, Clone)]
pub(super) struct Newcomer {
    pub(super) token_hash: [u8; 32],
    external_id: Option<String>,
    about: VisitorChanges,
}

impl Newcomer {
    pub(super) fn of(new: NewVisitor, token_hash: [u8; 32]) -> Result<Self, Fault> {
        let NewVisitor { external_id, name, email, phone, locale, attributes, consent, .. } = new;
        let about = VisitorChanges { name, email, phone, locale, attributes, consent }.checked()?;
        let external_id = external_id.map(|name| input::line("external_id", &name, MOST_EXTERNAL_CHARS)).transpose()?;
        if external_id.as_deref() == Some("") {
            return Err(Fault::value("external_id", "cannot be empty"));
        }
        Ok(Self { token_hash, external_id, about })
    }

    /// What their row begins with.
    pub(super) fn first(&self) -> FirstAct {
        FirstAct { token_hash: self.token_hash, locale: self.about.locale.clone(), page: Page::default() }
    }

    /// Adds them.
    pub(super) async fn add(self, tx: &mut Tx, site: &Site) -> Result<VisitorId, Fault> {
        let (ws, moment) = (site.workspace_id, tx.moment.clone());
        if let Some(name) = &self.external_id {
            store::lock_external_id(tx.conn(), site.id, name).await?;
        }
        let id = store::ensure(tx.conn(), site, &self.first(), &moment).await?.id;
        if let Some(name) = &self.external_id {
            store::set_external_id(tx.conn(), ws, id, name).await.map_err(|error| match error {
                DbError::Constraint(Constraint::VisitorsExternal) => Fault::taken("external_id"),
                other => other.into(),
            })?;
        }
        self.about.tell(tx, ws, id).await?;
        forms::check_consent(tx, site, id).await?;
        Ok(id)
    }
}

/// A site of the workspace, by a field.
pub(super) async fn site_of(tx: &mut Tx, ws: WorkspaceId, id: SiteId) -> Result<Site, Fault> {
    sites::find(tx.conn(), ws, id).await?.ok_or_else(|| Fault::value("site_id", "names no site"))
}

async fn stored(tx: &mut Tx, ws: WorkspaceId, id: VisitorId) -> Result<Visitor, Fault> {
    Ok(Visitor::of(list_store::find(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?))
}

/// Somebody, for an event; none if they are gone.
pub(crate) async fn of_event(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Option<Visitor>, DbError> {
    Ok(list_store::find(conn, ws, id).await?.map(Visitor::of))
}

/// `GET /api/v1/visitors`
pub async fn list(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let paging = Paging::of(&request, &["site_id", "email", "external_id"])?;
    let filters = paging.filters();
    let wanted = list_store::Wanted {
        workspace_id: call.workspace(),
        site: filters.parsed("site_id")?,
        email: text_filter(filters.get("email"))?,
        external_id: text_filter(filters.get("external_id"))?,
        before: paging.before.map(VisitorId::from_uuid),
        limit: paging.rows(),
    };
    let rows = list_store::page(call.read().await?.conn(), &wanted).await?;
    let (page, next) = paging.cut(rows, |visitor| visitor.id.uuid());
    paging.answer(page.into_iter().map(Visitor::of).collect(), next)
}

/// PostgreSQL cannot even be asked for a text with NUL.
fn text_filter(text: Option<&str>) -> Result<Option<String>, Fault> {
    match text {
        Some(text) if text.contains('\0') => Err(Fault::bad("A filter has a NUL character.")),
        text => Ok(text.map(str::to_owned)),
    }
}

/// `GET /api/v1/visitors/{visitor_id}`
pub async fn find(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let id = input::path_id(&request, "visitor_id")?;
    let found = list_store::find(call.read().await?.conn(), call.workspace(), id).await?;
    Ok(Reply::ok(&Visitor::of(found.ok_or_else(Fault::missing)?))?.into_response())
}

/// `POST /api/v1/visitors`
pub async fn add(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let new: NewVisitor = call.json()?;
    let (ws, site_id) = (call.workspace(), new.site_id);
    let newcomer = Newcomer::of(new, app.random.token())?;
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let site = site_of(tx, ws, site_id).await?;
            let id = newcomer.add(tx, &site).await?;
            Reply::made(&stored(tx, ws, id).await?)
        })
    });
    call.run("add visitor", operation).await
}

/// `PATCH /api/v1/visitors/{visitor_id}`
pub async fn change(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: VisitorId = input::path_id(&request, "visitor_id")?;
    let changes = call.json::<VisitorChanges>()?.checked()?;
    let ws = call.workspace();
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let id = list_store::find(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?.id;
            changes.tell(tx, ws, id).await?;
            Reply::ok(&stored(tx, ws, id).await?)
        })
    });
    call.run("change visitor", operation).await
}

/// A time that may be missing, as it goes out.
pub(super) fn at(time: Option<Timestamp>) -> Option<String> {
    time.map(Timestamp::rfc3339)
}
