//! JSON Web Keys (RFC 7517 and 7518), as `crypto.subtle` and key servers give them.

use super::response::member;
use super::{KmsPublicKey, der, text};
use crate::error::{Error, Result};
use crate::json::Json;
use crate::shown::shown;
use alloc::{format, vec::Vec};

/// Members of private and symmetric keys.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// Reads an RSA key that is for encryption, or does not say what it is for.
pub(super) fn read(jwk: &Json) -> Result<KmsPublicKey> {
    if PRIVATE.iter().any(|name| member(jwk, name).is_some()) {
        return Err(Error::PrivateKey);
    }
    match text_of(jwk, "kty") {
        Some("RSA") => {}
        Some("EC") => return Err(Error::KeyType("an elliptic-curve (EC) key")),
        _ => return Err(Error::KeyType("a JWK that is not RSA")),
    }
    check_use(jwk)?;
    let numbers = number(jwk, "n").zip(number(jwk, "e"));
    let (modulus, exponent) = numbers.ok_or(Error::PublicKey("a JWK without its n and e"))?;
    KmsPublicKey::from_der(&der::of_numbers(&modulus, &exponent))
}

fn check_use(jwk: &Json) -> Result<()> {
    let refused =
        |name: &str, value: &str| Err(Error::KeyUsage(format!("{name} {}", shown(value))));
    if let Some(other) = text_of(jwk, "use").filter(|purpose| *purpose != "enc") {
        return refused("use", other);
    }
    if let Some(other) = text_of(jwk, "alg").filter(|name| !name.starts_with("RSA-OAEP")) {
        return refused("alg", other);
    }
    let operations = member(jwk, "keyops").map_or(&[][..], Json::one_or_more);
    let encrypts = |name: &Json| matches!(name.as_text(), Some("encrypt" | "wrapKey"));
    match operations.iter().find_map(Json::as_text) {
        Some(other) if !operations.iter().any(encrypts) => refused("key_ops", other),
        _ => Ok(()),
    }
}

fn text_of<'a>(jwk: &'a Json, name: &str) -> Option<&'a str> {
    member(jwk, name)?.as_text()
}

fn number(jwk: &Json, name: &str) -> Option<Vec<u8>> {
    text::base64(text_of(jwk, name)?)?.ok()
}
