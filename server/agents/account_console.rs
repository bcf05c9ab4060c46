//! What agents change of their own, over HTTP.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::account_pages::{AccountPage, Device, Factor, Picture, Problem, device_name};
use super::managing_store::Managed;
use super::pages::AgentChip;
use super::password::{NewPassword, Verdict, WeakPassword};
use super::picture::NoPicture;
use super::session_store::SessionRow;
use super::totp::TotpSecret;
use super::{account, account_store as store, managing_store, picture_store, sessions};
use crate::app::App;
use crate::audit::By;
use crate::error::INTERNAL;
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::live::begin::acting;
use crate::mail::alerts::{
    self,
    wishes::{About, Wishes},
};
use crate::secrets::{Secret, token_hash};
use crate::workspaces::{Name, known};

/// What apps show above the code.
const ISSUER: &str = "Deskbell";

/// One request of somebody who is signed in.
struct Mine<'a> {
    app: &'a App,
    request: &'a HttpRequest,
    row: SessionRow,
    /// SHA-256 of this device's token.
    this: [u8; 32],
}

async fn mine<'a>(app: &'a App, request: &'a HttpRequest) -> Result<Mine<'a>, PageRefusal> {
    let row = page::signed_in(app, request).await?;
    let cookie = request.cookie(sessions::cookie_name(&app.config.public_url));
    let this = token_hash(cookie.as_ref().map_or("", |cookie| cookie.value()).as_bytes());
    Ok(Mine { app, request, row, this })
}

/// What is shown beside what is stored.
#[derive(Default)]
struct Told {
    problem: Option<Problem>,
    codes: Vec<String>,
    saved: bool,
    /// A secret that was offered before, so that the picture stays while codes are tried.
    secret: Option<TotpSecret>,
}

/// `GET /console/account`
pub async fn open(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    mine(&app, &request).await?.show(Told::default()).await
}

/// The page again, with why a file is no picture.
pub(super) async fn refuse_picture(
    app: &App,
    request: &HttpRequest,
    why: NoPicture,
) -> Result<HttpResponse, PageRefusal> {
    mine(app, request).await?.show(refused(why.problem())).await
}

/// `POST /console/account`: does what `do` says.
pub async fn submit(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let mine = mine(&app, &request).await?;
    let fields = Fields::parse(&body);
    page::check_form(&app, &request, &mine.row, fields.get("csrf"))?;
    let told = match fields.get("do") {
        "name" => mine.rename(&fields).await?,
        "mails" => mine.set_mails(&fields).await?,
        "password" => mine.set_password(&fields).await?,
        "factor_on" => mine.switch_on(&fields).await?,
        "factor_off" => mine.switch_off(&fields).await?,
        "codes" => mine.renew_codes(&fields).await?,
        "device" => mine.end_device(&fields).await?,
        "others" => mine.end_others().await?,
        _ => Told::default(),
    };
    mine.show(told).await
}

fn refused(problem: Problem) -> Told {
    Told { problem: Some(problem), ..Told::default() }
}

const fn saved() -> Told {
    Told { problem: None, codes: Vec::new(), saved: true, secret: None }
}

impl Mine<'_> {
    async fn show(&self, told: Told) -> Result<HttpResponse, PageRefusal> {
        let (ws, id) = (self.row.workspace_id, self.row.agent_id);
        let mut conn = self.app.db.read().await?;
        let found = managing_store::find(conn.conn(), ws, id).await?;
        let (name, email) = found.map_or_else(Default::default, |agent| (agent.name, agent.email));
        let factor = match store::factor(conn.conn(), ws, id).await? {
            Some(_) => Factor::On { codes_left: store::codes_left(conn.conn(), ws, id).await? },
            None => {
                let secret = told.secret.unwrap_or_else(|| TotpSecret::draw(&self.app.random));
                let picture = Picture::of(&secret.address(&email, ISSUER));
                Factor::Off { secret: secret.base32(), picture }
            }
        };
        let face = picture_store::of_agent(conn.conn(), ws, id).await?;
        let devices = store::devices(conn.conn(), ws, id, self.app.clock.now()).await?;
        let wishes = Wishes::parse(&alerts::stored_wishes(conn.conn(), ws, id).await?);
        drop(conn);
        let device = |row: store::DeviceRow| Device {
            id: row.token_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            name: device_name(&row.user_agent),
            since: row.created_at.rfc3339(),
            seen: row.seen_at.rfc3339(),
            this: row.token_hash == self.this,
        };
        let page = page::frame(access::lang(self.request), self.row.csrf.clone());
        let page = page.of(AgentChip::read(self.app, &self.row).await);
        let (query, devices) = ("?view=mine".to_owned(), devices.into_iter().map(device).collect());
        let Told { problem, codes, saved, .. } = told;
        let picture = face.as_ref().and_then(|face| face.picture_id).map(|id| format!("/v1/pictures/{id}"));
        let public_name = face.and_then(|face| face.public_name).unwrap_or_default();
        let mails = [
            ("waiting", wishes.wants(About::Waiting)),
            ("mention", wishes.wants(About::Mention)),
            ("assigned", wishes.wants(About::Assigned)),
            ("digest", wishes.wants_digest(self.row.role)),
        ];
        let mails_go = self.app.config.mail.smtp.is_some();
        let shown = AccountPage {
            page,
            query,
            name,
            public_name,
            picture,
            email,
            factor,
            devices,
            codes,
            problem,
            saved,
            mails,
            mails_go,
        };
        Ok(page::form(problem.is_some(), &shown))
    }

    async fn rename(&self, fields: &Fields) -> Result<Told, PageRefusal> {
        let Ok(name) = Name::parse(fields.get("name")) else { return Ok(refused(Problem::Name)) };
        let public = match fields.trimmed("public_name") {
            "" => None,
            text => match Name::parse(text) {
                Ok(name) => Some(name),
                Err(_) => return Ok(refused(Problem::Name)),
            },
        };
        let by = acting(&self.row);
        let act = self.app.writer.run("rename", move |tx| {
            Box::pin(async move {
                account::rename(tx, &by, &name).await?;
                account::set_public_name(tx, &by, public.as_ref()).await
            })
        });
        act.await?;
        known::look(self.app).await?;
        Ok(saved())
    }

    async fn set_mails(&self, fields: &Fields) -> Result<Told, PageRefusal> {
        let on = |name: &str| Some(fields.is_on(name));
        let wishes =
            Wishes { waiting: on("waiting"), mention: on("mention"), assigned: on("assigned"), digest: on("digest") };
        let by = acting(&self.row);
        let act = self
            .app
            .writer
            .run("mails to agent", move |tx| Box::pin(async move { account::set_mails(tx, &by, wishes).await }));
        act.await?;
        Ok(saved())
    }

    /// The agent's row, with the hash of their password.
    async fn stored(&self) -> Result<Option<Managed>, PageRefusal> {
        let mut conn = self.app.db.read().await?;
        Ok(managing_store::find(conn.conn(), self.row.workspace_id, self.row.agent_id).await?)
    }

    /// Whether the password that was typed is the agent's.
    async fn knows_password(&self, fields: &Fields) -> Result<Option<Problem>, PageRefusal> {
        let key = token_hash(self.row.agent_id.uuid().as_bytes());
        if let Err(retry) = self.app.rate_limits.logins_per_account.check(&key) {
            return Ok(Some(Problem::TooMany(i64::try_from(retry.seconds).unwrap_or(i64::MAX))));
        }
        let hash = self.stored().await?.map(|agent| agent.password_hash).filter(|hash| !hash.is_empty());
        let given = Secret::new(fields.get("current"));
        match self.app.sessions.passwords.verify(given, hash.as_deref()).await {
            Ok(Verdict::Right { .. }) => Ok(None),
            Ok(Verdict::Wrong) => Ok(Some(Problem::Current)),
            Err(_) => Ok(Some(Problem::TooMany(5))),
        }
    }

    async fn set_password(&self, fields: &Fields) -> Result<Told, PageRefusal> {
        if let Some(problem) = self.knows_password(fields).await? {
            return Ok(refused(problem));
        }
        let email = self.stored().await?.map(|agent| agent.email).unwrap_or_default();
        let password = match NewPassword::parse(&Secret::new(fields.get("password")), &email) {
            Ok(password) => password,
            Err(WeakPassword::TooLong) => return Ok(refused(Problem::PasswordLong)),
            Err(_) => return Ok(refused(Problem::PasswordShort)),
        };
        let hash = self.app.sessions.passwords.hash(password).await.map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            PageRefusal::new(
                access::lang(self.request),
                INTERNAL.problem("The password could not be stored. Try again."),
            )
        })?;
        let (by, this) = (acting(&self.row), self.this);
        let act = self
            .app
            .writer
            .run("set password", move |tx| Box::pin(async move { account::set_password(tx, &by, &hash, &this).await }));
        act.await?;
        Ok(saved())
    }

    async fn switch_on(&self, fields: &Fields) -> Result<Told, PageRefusal> {
        let Some(secret) = TotpSecret::parse(fields.get("secret")) else { return Ok(refused(Problem::Code)) };
        let codes = account::draw_codes(&self.app.random);
        let (by, given, code, made) = (acting(&self.row), secret.clone(), fields.get("code").to_owned(), codes.clone());
        let act = self.app.writer.run("second factor on", move |tx| {
            Box::pin(async move { account::switch_on(tx, &by, &given, &code, &made).await })
        });
        if act.await? {
            return Ok(Told { codes, ..saved() });
        }
        Ok(Told { secret: Some(secret), ..refused(Problem::Code) })
    }

    async fn switch_off(&self, fields: &Fields) -> Result<Told, PageRefusal> {
        if let Some(problem) = self.knows_password(fields).await? {
            return Ok(refused(problem));
        }
        let (by, id, name) = (By::Agent(acting(&self.row)), self.row.agent_id, self.row.name.clone());
        let act = self
            .app
            .writer
            .run("second factor off", move |tx| Box::pin(async move { account::switch_off(tx, &by, id, &name).await }));
        act.await?;
        Ok(saved())
    }

    async fn renew_codes(&self, fields: &Fields) -> Result<Told, PageRefusal> {
        if let Some(problem) = self.knows_password(fields).await? {
            return Ok(refused(problem));
        }
        let codes = account::draw_codes(&self.app.random);
        let (by, made) = (acting(&self.row), codes.clone());
        let act = self
            .app
            .writer
            .run("renew codes", move |tx| Box::pin(async move { account::renew_codes(tx, &by, &made).await }));
        act.await?;
        Ok(Told { codes, ..saved() })
    }

    async fn end_device(&self, fields: &Fields) -> Result<Told, PageRefusal> {
        let text = fields.get("device");
        let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
        let hash: Option<Vec<u8>> = (0..text.len()).step_by(2).map(byte).collect();
        let (by, hash) = (acting(&self.row), hash.unwrap_or_default());
        let act = self
            .app
            .writer
            .run("end device", move |tx| Box::pin(async move { account::end_device(tx, &by, &hash).await }));
        act.await?;
        Ok(saved())
    }

    async fn end_others(&self) -> Result<Told, PageRefusal> {
        let (by, this) = (acting(&self.row), self.this);
        let act = self
            .app
            .writer
            .run("end devices", move |tx| Box::pin(async move { account::end_others(tx, &by, &this).await }));
        act.await?;
        Ok(saved())
    }
}
