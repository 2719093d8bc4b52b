//! Recognises the form of a public key, and forms within each other.

use super::names::{SSH, no_json, refuse_by_name};
use super::response::{self, member, value_of};
use super::text::{self, is_space};
use super::{KmsPublicKey, jwk, pem};
use crate::error::{Error, Result};
use crate::json::{Json, JsonParser};
use alloc::{format, string::String, vec, vec::Vec};

/// More than any export has, comments included.
const MOST: usize = 64 * 1024;
/// Forms within each other: base64 of a PEM in a JSON text is three.
const DEEPEST: usize = 6;

const EMPTY: Error = Error::PublicKey("it is empty");
const UNKNOWN: Error = Error::PublicKey(
    "neither PEM, DER, base64 of DER, a JWK nor the JSON of a GetPublicKey answer",
);

/// Reads a key in any of its forms.
pub(super) fn read(input: &[u8], json: JsonParser) -> Result<KmsPublicKey> {
    if input.len() > MOST {
        return Err(Error::PublicKey("it is longer than 64 KiB, which no exported key is"));
    }
    Reader { json, depth: 0 }.bytes(input)
}

#[derive(Clone, Copy)]
struct Reader {
    json: JsonParser,
    depth: usize,
}

impl Reader {
    /// The reader for a form within another.
    fn inner(self) -> Result<Self> {
        match self.depth {
            DEEPEST => Err(UNKNOWN),
            depth => Ok(Self { depth: depth + 1, ..self }),
        }
    }

    fn bytes(self, input: &[u8]) -> Result<KmsPublicKey> {
        let bytes = text::utf8(input);
        if is_der(&bytes) {
            return KmsPublicKey::from_der(&bytes);
        }
        if bytes.starts_with(b"openssh-key-v1") {
            return Err(Error::PrivateKey);
        }
        if bytes.starts_with(b"\0\0\0\x07ssh-rsa") {
            return Err(SSH);
        }
        match core::str::from_utf8(&bytes) {
            Ok(text) => self.text(text),
            // A comment beside a PEM may be in another encoding.
            Err(_) => self.pem(&text::unescaped(&bytes))?.ok_or(UNKNOWN),
        }
    }

    fn text(self, text: &str) -> Result<KmsPublicKey> {
        // These characters follow a value in other people's files, or stand for something that was left out.
        let around = |letter| is_space(letter) || matches!(letter, ',' | ';' | '.' | '…');
        let text = text.trim_matches(around);
        match text.as_bytes() {
            [] => Err(EMPTY),
            [b'{' | b'[', ..] => match (self.json)(text) {
                Some(json) => self.inner()?.json(&json),
                None => Err(no_json(text)),
            },
            [b'"', ..] if let Some(Json::Text(text)) = (self.json)(text) => {
                self.inner()?.text(&text)
            }
            [quote @ (b'"' | b'\'' | b'`'), inner @ .., last] if quote == last => {
                let inner = core::str::from_utf8(inner).map_err(|_| UNKNOWN)?;
                self.inner()?.text(inner)
            }
            bytes => match self.pem(&text::unescaped(bytes))? {
                Some(key) => Ok(key),
                None => self.line(text),
            },
        }
    }

    fn pem(self, text: &[u8]) -> Result<Option<KmsPublicKey>> {
        pem::only_block(text)?.map(|der| KmsPublicKey::from_der(&der)).transpose()
    }

    /// Text that is neither JSON nor PEM.
    fn line(self, text: &str) -> Result<KmsPublicKey> {
        // The AWS CLI's --output text of a key pair has both halves.
        for field in text.split(['\t', '\n', ' ']) {
            if let Some(Ok(der)) = text::base64(field)
                && is_der(&der)
                && KmsPublicKey::from_der(&der) == Err(Error::PrivateKey)
            {
                return Err(Error::PrivateKey);
            }
        }
        refuse_by_name(text)?;
        if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b' ')) {
            // JavaScript turns bytes into such text.
            let list = (self.json)(&format!("[{text}]"));
            return self.inner()?.json(&list.ok_or(UNKNOWN)?);
        }
        let unescaped = text::unescaped(text.as_bytes());
        let unescaped = core::str::from_utf8(&unescaped).map_err(|_| UNKNOWN)?;
        match text::base64(unescaped) {
            Some(Err(error)) if text.starts_with("MI") => Err(error),
            Some(Ok(bytes)) => self.inner()?.bytes(&bytes),
            _ => Err(UNKNOWN),
        }
    }

    fn json(self, json: &Json) -> Result<KmsPublicKey> {
        match json {
            Json::Text(text) => self.text(text),
            Json::List(values) => match bytes_of(values) {
                Some(bytes) => self.inner()?.bytes(&bytes),
                None => self.only(values),
            },
            Json::Object(members) => match numbered(members).or_else(|| buffer(json)) {
                Some(bytes) => self.inner()?.bytes(&bytes),
                None => self.object(json),
            },
            _ => Err(UNKNOWN),
        }
    }

    fn object(self, object: &Json) -> Result<KmsPublicKey> {
        response::check_operation(object)?;
        let mut keys = response::keys(object);
        if let Some(key) = keys.next() {
            let said = response::read(object)?;
            let key = self.inner()?.json(value_of(key))?;
            // Terraform has it as base64 and as PEM.
            for same in keys {
                if self.inner()?.json(value_of(same))?.spki() != key.spki() {
                    return Err(super::der::SEVERAL);
                }
            }
            return key.described(&said);
        }
        if member(object, "kty").is_some() {
            return jwk::read(object);
        }
        if member(object, "keystate").or(member(object, "keymanager")).is_some() {
            return Err(Error::OtherAnswer("DescribeKey"));
        }
        match (member(object, "keys"), object.members()) {
            // A set of JWKs.
            (Some(Json::List(keys)), _) => self.only(keys),
            // An answer within an object of its own.
            (None, [(_, answer @ (Json::Object(_) | Json::List(_)))]) => self.inner()?.json(answer),
            _ => match value_of(object) {
                value if core::ptr::eq(value, object) => Err(Error::PublicKey(
                    "this JSON is neither an answer of KMS GetPublicKey, since it has no PublicKey, nor a JWK",
                )),
                value => self.inner()?.json(value),
            },
        }
    }

    /// One key in a list.
    fn only(self, values: &[Json]) -> Result<KmsPublicKey> {
        match values {
            [] => Err(EMPTY),
            [one] => self.inner()?.json(one),
            [Json::Number(_), ..] => Err(UNKNOWN),
            // One of several may be private, which is worse than that they are several.
            _ => {
                let inner = self.inner()?;
                let private = |value| inner.json(value) == Err(Error::PrivateKey);
                Err(if values.iter().any(private) {
                    Error::PrivateKey
                } else {
                    super::der::SEVERAL
                })
            }
        }
    }
}

/// DER of keys begins with a SEQUENCE, whose tag is also the digit 0.
fn is_der(bytes: &[u8]) -> bool {
    let text = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' '..=b'~');
    bytes.first() == Some(&0x30) && !bytes.iter().all(text)
}

/// `[48, 130, …]`
fn bytes_of(values: &[Json]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(values.len());
    for value in values {
        bytes.push(byte(value)?);
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// `{"0":48,"1":130,…}`, in any order: a Uint8Array as JSON.
fn numbered(members: &[(String, Json)]) -> Option<Vec<u8>> {
    let mut bytes = vec![None; members.len()];
    for (name, value) in members {
        *bytes.get_mut(name.parse::<usize>().ok()?)? = Some(byte(value)?);
    }
    // There are as many numbers as places, so that one is missing only if another stands twice.
    let bytes = bytes.into_iter().flatten().collect::<Vec<_>>();
    (!bytes.is_empty() && bytes.len() == members.len()).then_some(bytes)
}

fn byte(value: &Json) -> Option<u8> {
    match value {
        Json::Number(digits) => digits.parse().ok(),
        _ => None,
    }
}

/// `{"type":"Buffer","data":[48,130,…]}`: a Buffer of Node.js as JSON.
fn buffer(object: &Json) -> Option<Vec<u8>> {
    match (member(object, "type")?.as_text()?, member(object, "data")?) {
        ("Buffer", Json::List(values)) => bytes_of(values),
        _ => None,
    }
}
