//! Tokens that are right, and every way in which one can be wrong.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;
use crate::clock::Random;
use crate::testing::NOON;

const SITE: &str = "the-site-key";
/// [`NOON`] in seconds.
const NOW: i64 = NOON.millis() / 1_000;

fn secret(seed: u64) -> IdentitySecret {
    IdentitySecret::draw(&Random::seeded(seed))
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Signs two texts, whatever they are.
fn sign(header: &str, payload: &str, key: &[u8]) -> String {
    let signed = format!("{}.{}", base64url(header), base64url(payload));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", base64url(mac.finalize().into_bytes()))
}

fn signed_as(header: &str, payload: &str) -> String {
    sign(header, payload, secret(1).expose().as_bytes())
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

fn token(claims: &Value) -> String {
    signed_as(HEADER, &claims.to_string())
}

fn check(token: &str) -> Result<Claims, Refused> {
    verify(token, &[secret(1)], SITE, NOON)
}

fn claims(more: Value) -> Value {
    let mut claims = json!({"sub": "customer-4711", "exp": NOW + 300});
    let more = more.as_object().expect("an object").clone();
    claims.as_object_mut().expect("an object").extend(more);
    claims
}

#[test]
fn a_right_token_says_who_it_is() {
    let full = claims(json!({
        "iat": NOW, "nbf": NOW, "iss": "shop", "aud": SITE, "jti": "1",
        "email": "ada@mail.example", "name": " Ada ", "phone": "+47 22 00", "attributes": {"plan": "pro", "old": null},
    }));
    let read = check(&token(&full)).expect("believed");
    let attributes = json!({"plan": "pro", "old": null}).as_object().expect("an object").clone();
    let (email, name, phone) = (Some("ada@mail.example"), Some("Ada"), Some("+47 22 00"));
    assert_eq!(read.sub, "customer-4711");
    assert_eq!((read.email.as_deref(), read.name.as_deref(), read.phone.as_deref()), (email, name, phone));
    assert_eq!(read.attributes, attributes);

    let least = check(&token(&claims(json!({"email": null, "name": "", "phone": " ", "attributes": []}))));
    let none = Claims { sub: "customer-4711".into(), email: None, name: None, phone: None, attributes: Map::new() };
    assert_eq!(least, Ok(none), "what a server has not got may be null or empty");
    assert!(check(&signed_as(r#"{"typ":"jwt","kid":"7","alg":"HS256"}"#, &claims(json!({})).to_string())).is_ok());
    assert!(check(&token(&claims(json!({"aud": ["other", SITE]})))).is_ok());
}

/// RFC 7515, appendix A.1: the token, its key, and its claims.
const RFC_KEY: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const RFC_TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
                         eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
                         dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

#[test]
fn the_example_of_rfc_7515_is_verified_as_it_says() {
    let key = URL_SAFE_NO_PAD.decode(RFC_KEY).expect("base64url");
    let payload = signed_payload(RFC_TOKEN, std::iter::once(key.as_slice())).expect("its signature is right");
    let said = json!({"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true});
    assert_eq!(Value::Object(payload), said);
    let changed = RFC_TOKEN.replace("iss", "isS").replace("dBjf", "dBjg");
    assert!(matches!(signed_payload(&changed, std::iter::once(key.as_slice())), Err(Refused::Signature)));
    assert_eq!(check(RFC_TOKEN), Err(Refused::Signature), "and no key of ours");
    // A.5: the token that is not signed at all.
    let unsecured = format!("eyJhbGciOiJub25lIn0.{}.", RFC_TOKEN.split('.').nth(1).expect("a payload"));
    assert_eq!(check(&unsecured), Err(Refused::Algorithm));
}

#[test]
fn a_token_cannot_choose_its_algorithm() {
    let payload = claims(json!({})).to_string();
    for alg in [
        r#""none""#,
        r#""None""#,
        r#""nOnE""#,
        r#""""#,
        r#""hs256""#,
        r#""HS256 ""#,
        r#""HS384""#,
        r#""HS512""#,
        r#""RS256""#,
        r#""ES256""#,
        r#""PS256""#,
        r#""EdDSA""#,
        r#""HS256\u0000""#,
        "null",
        "256",
        r#"["HS256"]"#,
    ] {
        assert_eq!(check(&signed_as(&format!(r#"{{"alg":{alg}}}"#), &payload)), Err(Refused::Algorithm), "{alg}");
    }
    assert_eq!(check(&signed_as("{}", &payload)), Err(Refused::Algorithm));
    let unsigned = format!("{}.{}.", base64url(r#"{"alg":"none"}"#), base64url(&payload));
    assert_eq!(check(&unsigned), Err(Refused::Algorithm));
    for header in [
        r#"{"alg":"HS256","crit":["b64"],"b64":false}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","typ":"JWE"}"#,
        r#"{"alg":"HS256","typ":1}"#,
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"["HS256"]"#,
        r#""HS256""#,
        "",
        "{",
    ] {
        assert!(matches!(check(&signed_as(header, &payload)), Err(Refused::Malformed(_))), "{header}");
    }
}

#[test]
fn only_a_secret_of_the_site_signs() {
    let good = token(&claims(json!({})));
    assert_eq!(verify(&good, &[secret(2)], SITE, NOON), Err(Refused::Signature), "another site's secret");
    assert_eq!(verify(&good, &[], SITE, NOON), Err(Refused::NoSecret));
    assert!(verify(&good, &[secret(2), secret(1)], SITE, NOON).is_ok(), "the one before, while it counts");
    for key in [&b""[..], b"the-site-key", b"secret"] {
        let forged = sign(HEADER, &claims(json!({})).to_string(), key);
        assert_eq!(check(&forged), Err(Refused::Signature));
    }
    let (head, signature) = good.rsplit_once('.').expect("a signature");
    for bad in ["", &signature[..40], "AAAA"] {
        assert_eq!(check(&format!("{head}.{bad}")), Err(Refused::Signature), "{bad}");
    }
    let other = token(&claims(json!({"sub": "somebody-else"})));
    let payload = other.split('.').nth(1).expect("a payload");
    let swapped = format!("{}.{payload}.{signature}", base64url(HEADER));
    assert_eq!(check(&swapped), Err(Refused::Signature), "the signature of one over the claims of another");
}

#[test]
fn what_is_no_token_is_malformed() {
    let good = token(&claims(json!({})));
    for bad in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        format!("{good}."),
        format!("{good}.e30"),
        format!("{good}="),
        format!(" {good}"),
        format!("{good}\n"),
        good.replacen('.', "", 1),
        good.replace('.', "\u{0}"),
        format!("é{good}"),
        "\u{0}".repeat(50),
    ] {
        assert!(matches!(check(&bad), Err(Refused::Malformed(_))), "{bad:?}");
    }
    let last = good.chars().last().expect("a character");
    let spare = char::from(u8::try_from(last).expect("ASCII") + 1);
    let respelt = format!("{}{spare}", &good[..good.len() - 1]);
    assert!(matches!(check(&respelt), Err(Refused::Malformed(_) | Refused::Signature)), "spare bits");
    for payload in [
        "",
        "[]",
        "1",
        "null",
        r#"{"sub":"a"} {}"#,
        "{\"sub\":\"\u{1}\"}",
        r#"{"sub":"a","sub":"b","exp":1}"#,
        r#"{"sub":"a","attributes":{"x":1,"x":2}}"#,
        r#"{"exp":1e999}"#,
        "{\"sub\":\"\\ud800\"}",
    ] {
        assert!(matches!(check(&signed_as(HEADER, payload)), Err(Refused::Malformed(_))), "{payload}");
    }
    let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(1_000), "]".repeat(1_000));
    assert!(matches!(check(&signed_as(HEADER, &deep)), Err(Refused::Malformed(_))), "as deep as it is wide");
}

#[test]
fn a_token_has_at_most_4_kib() {
    let of = |bytes: usize| token(&claims(json!({"x": "y".repeat(bytes)})));
    let mut fits = 2_900;
    while of(fits + 1).len() <= MAX_TOKEN_BYTES {
        fits += 1;
    }
    assert!(check(&of(fits)).is_ok());
    assert!(matches!(check(&of(fits + 2)), Err(Refused::TooBig(bytes)) if bytes > MAX_TOKEN_BYTES));
    assert_eq!(check(&"a".repeat(1 << 20)), Err(Refused::TooBig(1 << 20)));
}

#[test]
fn a_token_lives_short() {
    let until = |exp: Value| check(&token(&json!({"sub": "a", "exp": exp}))).map(drop);
    let expired = Err(Refused::Expired { sub: "a".into() });
    assert_eq!(until(json!(NOW + 1)), Ok(()));
    assert_eq!(until(json!(NOW - 59)), Ok(()), "clocks differ a little");
    assert_eq!(until(json!(NOW - 60)), expired);
    assert_eq!(until(json!(0)), expired);
    assert_eq!(until(json!(NOW as f64 + 0.5)), Ok(()), "a fraction, as some servers write it");
    let day = 24 * 60 * 60;
    assert_eq!(until(json!(NOW + day + 60)), Ok(()));
    let far = Err(Refused::Time("The token's exp is more than 24 hours ahead."));
    assert_eq!(until(json!(NOW + day + 61)), far);
    assert_eq!(until(json!(NOW * 1_000)), far, "milliseconds by mistake");
    assert_eq!(until(json!(9e15)), far);
    for odd in [json!("1795514700"), json!(-1), json!(1e300), json!(true), json!({}), json!(null)] {
        assert!(matches!(until(odd.clone()), Err(Refused::Claim(_))), "{odd}");
    }
    assert!(matches!(check(&token(&json!({"sub": "a"}))), Err(Refused::Claim(_))), "one without end");
    for name in ["nbf", "iat"] {
        assert!(check(&token(&claims(json!({name: NOW + 60})))).is_ok());
        assert!(matches!(check(&token(&claims(json!({name: NOW + 61})))), Err(Refused::Time(_))));
        assert!(matches!(check(&token(&claims(json!({name: "now"})))), Err(Refused::Claim(_))));
    }
    let good = token(&claims(json!({})));
    let later = NOON.plus(Duration::from_secs(360));
    assert_eq!(verify(&good, &[secret(1)], SITE, later), Err(Refused::Expired { sub: "customer-4711".into() }));
}

#[test]
fn odd_claims_are_told_by_name() {
    for (odd, word) in [
        (json!({"sub": null}), "sub"),
        (json!({"sub": 4711}), "sub is a number"),
        (json!({"sub": ["a"]}), "sub"),
        (json!({"sub": ""}), "sub"),
        (json!({"sub": " \t"}), "sub"),
        (json!({"sub": "x".repeat(256)}), "255"),
        (json!({"sub": "a\u{0}b"}), "control"),
        (json!({"sub": "a\nb"}), "control"),
        (json!({"sub": "a\u{85}b"}), "control"),
        (json!({"email": "nobody"}), "email"),
        (json!({"email": "@mail.example"}), "email"),
        (json!({"email": "a b@mail.example"}), "email"),
        (json!({"email": 1}), "email"),
        (json!({"email": format!("{}@mail.example", "x".repeat(250))}), "254"),
        (json!({"name": "A\u{7}da"}), "name"),
        (json!({"name": "x".repeat(201)}), "200"),
        (json!({"name": {"first": "Ada"}}), "name"),
        (json!({"phone": 47}), "phone"),
        (json!({"phone": "1".repeat(51)}), "50"),
        (json!({"attributes": "x"}), "attributes"),
        (json!({"attributes": [1]}), "attributes"),
        (json!({"attributes": {"a": ["\u{0}"]}}), "NUL"),
        (json!({"attributes": {"\u{0}": 1}}), "NUL"),
        (json!({"attributes": (0..51).map(|n| (n.to_string(), json!(n))).collect::<Map<_, _>>()}), "50"),
    ] {
        match check(&token(&claims(odd.clone()))) {
            Err(Refused::Claim(why)) => assert!(why.contains(word), "{odd}: {why}"),
            other => panic!("{odd}: {other:?}"),
        }
    }
    assert!(check(&token(&claims(json!({"sub": "é".repeat(255)})))).is_ok());
    for aud in [json!("another-site"), json!([]), json!(["x"]), json!(1), json!({})] {
        assert_eq!(check(&token(&claims(json!({"aud": aud})))), Err(Refused::Audience));
    }
}

#[test]
fn a_secret_prints_itself_nowhere() {
    assert_eq!(format!("{:?}", secret(1)), "IdentitySecret(***)");
    assert_eq!(secret(1).expose().len(), 43);
    assert_ne!(secret(1), secret(2));
}

proptest! {
    #[test]
    fn whatever_comes_is_refused_and_breaks_nothing(text in "\\PC{0,200}") {
        prop_assert!(check(&text).is_err());
    }

    #[test]
    fn one_changed_character_spoils_a_token(at in 0_usize..160, to in "[A-Za-z0-9_.-]") {
        let good = token(&claims(json!({})));
        let at = at % good.len();
        let changed = format!("{}{to}{}", &good[..at], &good[at + 1..]);
        prop_assert_eq!(check(&changed).is_ok(), changed == good);
    }

    #[test]
    fn any_signed_payload_is_read_or_refused_in_words(payload in "\\PC{0,100}") {
        if let Err(why) = check(&signed_as(HEADER, &payload)) {
            prop_assert!(!why.to_string().is_empty());
        }
    }
}
