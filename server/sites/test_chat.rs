//! A chat that the owner sends to their own desk: a visitor who does not exist asks on the site, as any
//! would, marked as a test.

use std::sync::Arc;

use super::{Settings, Site};
use crate::app::App;
use crate::conversations::{Error, Sent, VisitorSend, send_as_visitor};
use crate::ids::MessageId;
use crate::live::protocol::Page;
use crate::messages::MessageText;
use crate::visitors::{self, FirstAct, VisitorKey};
use crate::words::Lang;

/// Sends it, in this language.
pub async fn send(app: &App, site: Site, lang: Lang) -> Result<(), Error> {
    let mut token_hash = [0; 32];
    app.random.fill(&mut token_hash);
    let words = lang.words();
    let page = Page {
        url: site.origins.first().map(|origin| format!("{origin}/checkout")).unwrap_or_default(),
        ..Page::default()
    };
    // What the site asks first, nobody is here to answer.
    let site = Arc::new(Site { settings: Settings::default(), is_preview: true, ..site });
    let send = VisitorSend {
        key: VisitorKey::new(site.id, &token_hash),
        first: FirstAct { token_hash, locale: Some(lang.tag().to_owned()), page },
        id: MessageId::from_uuid(app.ids.draw()),
        text: MessageText::parse(words.say("test-chat-text")).map_err(|why| Error::Invalid(why.to_string()))?,
        reply_to: None,
        payload: None,
        flagged: None,
        site,
    };
    let name = words.say("test-chat-name");
    let sent = app.writer.run("test chat", move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            let sent = send_as_visitor(tx, &moment, &send).await?;
            let changes = visitors::store::Changes { name: Some(name), ..visitors::store::Changes::default() };
            if let Some(visitor) = sent.visitor {
                visitors::tell(tx.conn(), send.site.workspace_id, visitor, changes, None).await?;
            }
            Ok::<Sent, Error>(sent)
        })
    });
    sent.await.map(drop)
}
