//! What an answer does, in one transaction.

use std::sync::Arc;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::answers::{self, Address, Answer, PreChatAnswer};
use super::due::open_fields;
use super::store::{self, Known, NewAnswer, Rated};
use crate::conversations::{self, Done, Error, Moment};
use crate::db::{Constraint, Error as DbError, Tx};
use crate::ids::{CommandId, VisitorId};
use crate::live::protocol::FormName;
use crate::mail::waiting;
use crate::sites::Site;
use crate::sites::settings::AskAddress;
use crate::visitors::leaving::Leaving;
use crate::visitors::store::Changes;
use crate::visitors::{self, FirstAct};

/// A form that a visitor filled in.
#[derive(Debug, Clone)]
pub struct FilledIn {
    /// Where.
    pub site: Arc<Site>,
    /// What the visitor's row gets if this is their first durable act.
    pub first: FirstAct,
    /// Drawn by the client.
    pub id: CommandId,
    /// Which form.
    pub form: FormName,
    /// By field.
    pub values: Map<String, Value>,
    /// From where.
    pub leaving: Leaving,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    /// Who they are; none where nothing may be stored of them.
    pub visitor: Option<VisitorId>,
    /// What it did to a conversation.
    pub done: Option<Done>,
    /// What they said of being remembered, if this form was about it.
    pub consent: Option<bool>,
}

impl FilledIn {
    /// What tells a resend from an id used for something else: the first 64 bits of SHA-256.
    fn digest(&self) -> i64 {
        let text = serde_json::json!([self.form, self.values]).to_string();
        let mut first = [0; 8];
        first.copy_from_slice(&Sha256::digest(text.as_bytes())[..8]);
        i64::from_be_bytes(first)
    }
}

/// Stores an answer. A form that was answered under this id is acknowledged as before.
pub async fn answer(tx: &mut Tx, moment: &Moment, filled: &FilledIn) -> Result<Answered, Error> {
    let (site, ws) = (&filled.site, filled.site.workspace_id);
    if filled.form == FormName::Consent {
        let known = visitors::store::by_token(tx.conn(), site.id, &filled.first.token_hash).await?;
        let answer = answers::read(filled.form, &filled.values, site, &Known::default())?;
        if known.is_none() && answer == Answer::Consent(false) {
            // Nothing is known of them, and so it stays.
            return Ok(Answered { consent: Some(false), ..Answered::default() });
        }
    }
    // The visitor's row is locked from here on, so that two answers come one after the other.
    let visitor = visitors::store::ensure(tx.conn(), site, &filled.first, moment).await?.id;
    let digest = filled.digest();
    if let Some((by, before)) = store::answered(tx.conn(), ws, filled.id).await? {
        let same = by == visitor && before == digest;
        return if same {
            Ok(Answered { visitor: Some(visitor), ..Answered::default() })
        } else {
            Err(Error::IdReused)
        };
    }
    if filled.form != FormName::Consent {
        check_consent(tx, site, visitor).await?;
    }
    check_offered(site, filled.form)?;
    let known = store::known(tx.conn(), ws, visitor).await?.unwrap_or_default();
    let answer = answers::read(filled.form, &filled.values, site, &known)?;
    filled.leaving.check(tx, ws, visitor, answer.email()).await?;
    let new = NewAnswer { workspace_id: ws, id: filled.id, visitor, form: filled.form, digest, now: moment.now };
    store::remember(tx.conn(), &new).await.map_err(id_reused)?;
    apply(tx, moment, site, visitor, answer).await
}

/// Another visitor's form has this id.
fn id_reused(error: DbError) -> Error {
    match error {
        DbError::Constraint(Constraint::FormAnswersId) => Error::IdReused,
        other => other.into(),
    }
}

/// Consent may be given or taken back anywhere; the rest only where the site asks for it.
fn check_offered(site: &Site, form: FormName) -> Result<(), Error> {
    let settings = &site.settings;
    let offered = match form {
        FormName::Consent => true,
        FormName::PreChat => !settings.pre_chat.fields.is_empty(),
        FormName::Offline => settings.offline.ask_address != AskAddress::Off,
        FormName::Rating => settings.rating.on,
    };
    if offered { Ok(()) } else { Err(Error::NotAllowed("This site does not ask for this. Nothing was stored.")) }
}

async fn apply(
    tx: &mut Tx,
    moment: &Moment,
    site: &Site,
    visitor: VisitorId,
    answer: Answer,
) -> Result<Answered, Error> {
    let ws = site.workspace_id;
    let mut answered = Answered { visitor: Some(visitor), ..Answered::default() };
    match answer {
        Answer::Consent(consent) => {
            let changes = Changes { consent: Some((consent, moment.now)), ..Default::default() };
            visitors::store::update(tx.conn(), ws, visitor, &changes).await?;
            answered.consent = Some(consent);
        }
        Answer::PreChat(answer) => answered.done = pre_chat(tx, moment, site, visitor, answer).await?,
        Answer::Offline(None) => {}
        Answer::Offline(Some(Address { email, name })) => {
            let changes = Changes { email: Some(email), name, ..Default::default() };
            save(tx, site, visitor, changes, None).await?;
            waiting::left_address(tx, site, visitor).await?;
        }
        Answer::Rating(rating) => {
            let rated = match rating {
                Some(rating) => Rated { score: Some(rating.score), comment: rating.comment },
                None => Rated { score: None, comment: None },
            };
            answered.done = Some(conversations::rate(tx, moment, site, visitor, rated).await?);
        }
    }
    Ok(answered)
}

/// Stores what a visitor says of themselves: it is as little proved as what their page says.
async fn save(
    tx: &mut Tx,
    site: &Site,
    visitor: VisitorId,
    changes: Changes,
    attributes: Option<Map<String, Value>>,
) -> Result<(), Error> {
    let renamed = changes.name.is_some();
    visitors::tell(tx.conn(), site.workspace_id, visitor, changes, attributes).await?;
    if renamed {
        tx.names_changed();
    }
    Ok(())
}

async fn pre_chat(
    tx: &mut Tx,
    moment: &Moment,
    site: &Site,
    visitor: VisitorId,
    answer: PreChatAnswer,
) -> Result<Option<Done>, Error> {
    let ws = site.workspace_id;
    let changes = Changes { name: answer.name, email: answer.email, phone: answer.phone, ..Default::default() };
    let attributes = Some(answer.attributes).filter(|attributes| !attributes.is_empty());
    save(tx, site, visitor, changes, attributes).await?;
    if !conversations::has_open(tx, site, visitor).await? {
        store::note_pre_chat(tx.conn(), ws, visitor, moment.now).await?;
    }
    match &answer.queue {
        Some(queue) => conversations::choose_queue(tx, moment, site, visitor, queue).await,
        None => Ok(None),
    }
}

/// Refuses what would store something of a visitor who has not agreed where the site wants that.
pub async fn check_consent(tx: &mut Tx, site: &Site, visitor: VisitorId) -> Result<(), Error> {
    if !site.settings.consent.required {
        return Ok(());
    }
    match store::consent(tx.conn(), site.workspace_id, visitor).await? {
        Some(true) => Ok(()),
        _ => Err(Error::ConsentRequired),
    }
}

/// Refuses the first message of a conversation before the form that has to be answered first.
pub async fn check_pre_chat(tx: &mut Tx, site: &Site, visitor: VisitorId) -> Result<(), Error> {
    if !site.settings.pre_chat.is_required() {
        return Ok(());
    }
    let known = store::known(tx.conn(), site.workspace_id, visitor).await?.unwrap_or_default();
    let missing = known.pre_chat_at.is_none() && open_fields(site, &known).any(|field| field.required);
    if missing { Err(Error::PreChatRequired) } else { Ok(()) }
}
