//! `site identity`: makes and ends the secrets with which a website's server proves who its visitors
//! are. A secret is printed once, alone on stdout.

use super::desk::OpenDesk;
use super::sites;
use crate::audit::By;
use crate::cli::SiteIdentity;
use crate::cli::run::{Failure, Said, Tools};
use crate::config::Config;
use crate::db::Tx;
use crate::visitors::identity::IdentitySecret;
use crate::visitors::identity_managing::{self as managing, Error};

/// Runs it.
pub async fn change(given: &SiteIdentity, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let desk = OpenDesk::beside(config, tools).await?;
    let wanted = given.site.clone();
    let secret = given.new_secret.then(|| IdentitySecret::draw(&tools.random));
    let work = async move |tx: &mut Tx| match secret {
        Some(secret) => add(tx, &wanted, &secret).await,
        None => drop_old(tx, &wanted).await,
    };
    let said = desk.writer.run("site identity", move |tx| Box::pin(async move { work(tx).await })).await;
    desk.close().await;
    said
}

async fn add(tx: &mut Tx, wanted: &str, secret: &IdentitySecret) -> Result<Said, Failure> {
    let site = sites::find(tx, wanted).await?;
    let name = &site.name;
    let counting = match managing::make(tx, &By::CommandLine(site.workspace_id), &site, secret).await {
        Ok(counting) => counting,
        Err(Error::Db(error)) => return Err(error.into()),
        Err(_) => {
            return Err(Failure::new(format!(
                "The site {name} has two secrets that count; nothing was changed. When the website signs with the \
                 newer one, end the older with --drop-old-secret, then make a new one."
            )));
        }
    };
    let before = match counting {
        0 => "",
        _ => " The one before still counts until you end it with --drop-old-secret.",
    };
    let note =
        format!("This is the identity secret of the site {name}. It is shown only now; keep it on the server.{before}");
    Ok(Said { out: secret.expose().to_owned(), note, exit: 0 })
}

async fn drop_old(tx: &mut Tx, wanted: &str) -> Result<Said, Failure> {
    let site = sites::find(tx, wanted).await?;
    let name = &site.name;
    match managing::end_older(tx, &By::CommandLine(site.workspace_id), &site).await {
        Ok(()) => Ok(Said::note(format!("The older identity secret of the site {name} does not count any more."))),
        Err(Error::Db(error)) => Err(error.into()),
        Err(_) => Err(Failure::new(format!("The site {name} has no older identity secret; nothing was changed."))),
    }
}
