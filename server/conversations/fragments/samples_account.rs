//! The pages of what agents keep for themselves, for the tests of their templates.

use askama::Template as _;

use super::samples;
use crate::agents::account_pages::{AccountPage, CodePage, Device, Factor, Picture, Problem as AccountProblem};
use crate::agents::forgotten::Forgotten;
use crate::agents::picture::NoPicture;
use crate::words::Lang;

/// Every page of theirs with this text wherever somebody else decides it.
pub fn account(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let page = || samples::page(lang, text);
    let device = |this| Device { id: owned(), name: owned(), since: owned(), seen: owned(), this };
    let factors = || {
        [Factor::On { codes_left: 3 }, Factor::Off { secret: owned(), picture: Picture { path: owned(), width: 29 } }]
    };
    let problems = [
        AccountProblem::Name,
        AccountProblem::Current,
        AccountProblem::PasswordShort,
        AccountProblem::PasswordLong,
        AccountProblem::Code,
        AccountProblem::TooMany(9),
        AccountProblem::Picture(NoPicture::Missing),
        AccountProblem::Picture(NoPicture::TooBig),
        AccountProblem::Picture(NoPicture::Kind),
        AccountProblem::Picture(NoPicture::Sides),
    ];
    let mut all = Vec::new();
    for problem in problems {
        for factor in factors() {
            let (query, name, email) = (owned(), owned(), owned());
            let (devices, codes, problem) = (vec![device(true), device(false)], vec![owned(), owned()], Some(problem));
            let (public_name, picture, saved) = (owned(), (devices.len() == 2).then(owned), true);
            let mails = [("waiting", true), ("mention", false), ("assigned", true), ("digest", false)];
            let (page, mails_go) = (page(), true);
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
            all.push(shown.render().unwrap());
        }
    }
    let (ticket, next) = (owned(), Some(owned()));
    for asked in [true, false] {
        all.push(Forgotten { page: samples::nobody(lang), email: owned(), asked }.render().unwrap());
    }
    all.push(CodePage { page: samples::nobody(lang), ticket, next, wrong: true }.render().unwrap());
    all
}
