//! A signed token was right: the visitor of this device is whom it names.
//!
//! Whoever has that name already takes over: the device's token means them from now on, and the
//! conversations that it had as a stranger come along. Two people are never merged.

use super::identity::Claims;
use super::{FirstAct, store, trail_store};
use crate::conversations::{self, Error, HandedOver, Moment, store as conversation_store};
use crate::db::{Error as DbError, Tx};
use crate::forms;
use crate::ids::{ConversationId, VisitorId};
use crate::sites::Site;

/// Who a device belongs to, once that is proved.
#[derive(Debug, Clone)]
pub struct Identified {
    /// The visitor.
    pub visitor: VisitorId,
    /// Conversations that came along from the stranger that the device had.
    pub moved: Vec<ConversationId>,
    /// The visitor's current conversation.
    pub current: Option<ConversationId>,
}

/// Makes the visitor of the device the one whom the claims name, and stores what they say.
///
/// # Errors
/// [`Error::AnotherPerson`] if the device is identified as somebody else; [`Error::ConsentRequired`] if
/// the site wants a consent and there is none, neither of the visitor nor in `consent`.
pub async fn identify(
    tx: &mut Tx,
    moment: &Moment,
    site: &Site,
    first: &FirstAct,
    claims: &Claims,
    consent: Option<bool>,
) -> Result<Identified, Error> {
    let ws = site.workspace_id;
    // Devices that prove the same name wait for one another; then rows are locked in the order in
    // which every send locks them: the device's, the visitor's, conversations.
    store::lock_external_id(tx.conn(), site.id, &claims.sub).await?;
    let device = store::ensure(tx.conn(), site, first, moment).await?;
    let mut changed = false;
    let visitor = match device.external_id.as_deref() {
        Some(sub) if sub == claims.sub => device.id,
        Some(_) => return Err(Error::AnotherPerson),
        None => {
            changed = true;
            match store::by_external_id(tx.conn(), ws, site.id, &claims.sub).await? {
                Some(visitor) => visitor,
                None => {
                    store::set_external_id(tx.conn(), ws, device.id, &claims.sub).await?;
                    device.id
                }
            }
        }
    };
    if visitor != device.id {
        store::merge(tx.conn(), ws, device.id, visitor, moment.now).await?;
        forms::store::hand_over(tx.conn(), ws, device.id, visitor).await?;
        trail_store::hand_over(tx.conn(), ws, device.id, visitor).await?;
    }
    match consent {
        Some(true) => {
            let agrees = store::Changes { consent: Some((true, moment.now)), ..store::Changes::default() };
            store::update(tx.conn(), ws, visitor, &agrees).await?;
        }
        _ => forms::check_consent(tx, site, visitor).await?,
    }
    let known = store::find(tx.conn(), ws, visitor).await?.ok_or(DbError::Inconsistent("visitors"))?;
    if !claims.stand_in(&known) {
        store::update(tx.conn(), ws, visitor, &claims.over(&known)?).await?;
        changed = true;
        tx.names_changed();
    }
    let mut over = HandedOver::default();
    if visitor != device.id {
        over = conversations::hand_over(tx, moment, site, device.id, visitor).await?;
    }
    let current = conversation_store::current_of_visitor(tx.conn(), ws, site.id, visitor).await?;
    if let Some(open) = current.as_ref().filter(|current| changed && !over.told && !current.is_closed()) {
        conversations::refresh(tx, moment, site, open.id).await?;
    }
    Ok(Identified { visitor, moved: over.moved, current: current.map(|current| current.id) })
}
