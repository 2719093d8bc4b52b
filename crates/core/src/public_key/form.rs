//! Which form a public key has. What is none is called by its name.

use super::response::{self, member, value_of};
use super::text::{self, find, is_space};
use super::{KmsPublicKey, jwk, pem};
use crate::arn;
use crate::error::{Error, Result};
use crate::s3::Json;
use alloc::{format, vec, vec::Vec};

/// Parses JSON; `None` for what is none.
pub type JsonTree = fn(&str) -> Option<Json>;

#[cfg(feature = "json")]
pub(super) const JSON: JsonTree = crate::json::tree;
#[cfg(not(feature = "json"))]
pub(super) const JSON: JsonTree = |_| None;

/// More than any export has, comments included.
const MOST: usize = 64 * 1024;
/// Forms within each other: base64 of a PEM in a JSON text is three.
const DEEPEST: usize = 6;

pub(super) const SSH: Error = Error::PublicKey(
    "this is an OpenSSH public key, which is none of KMS: aws kms get-public-key exports one",
);
const EMPTY: Error = Error::PublicKey("it is empty");
const UNKNOWN: Error = Error::PublicKey(
    "neither PEM, DER, base64 of DER, a JWK nor the JSON of a GetPublicKey answer",
);

/// Reads a key in any of its forms.
pub(super) fn read(input: &[u8], json: JsonTree) -> Result<KmsPublicKey> {
    if input.len() > MOST {
        return Err(Error::PublicKey("it is longer than 64 KiB, which no exported key is"));
    }
    Reader { json, depth: 0 }.bytes(input)
}

#[derive(Clone, Copy)]
struct Reader {
    json: JsonTree,
    depth: usize,
}

impl Reader {
    /// For a form within another.
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
            Err(_) => self.pem(&bytes)?.ok_or(UNKNOWN),
        }
    }

    fn text(self, text: &str) -> Result<KmsPublicKey> {
        let text = text.trim_matches(|letter| is_space(letter) || matches!(letter, ',' | ';'));
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
        refuse_by_name(text)?;
        if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b' ')) {
            // What JavaScript makes of bytes that are turned into text.
            let list = (self.json)(&format!("[{text}]"));
            return self.inner()?.json(&list.ok_or(UNKNOWN)?);
        }
        let unescaped = text::unescaped(text.as_bytes());
        let unescaped = core::str::from_utf8(&unescaped).map_err(|_| UNKNOWN)?;
        match text::base64(unescaped) {
            Some(bytes) if text.starts_with('M') => self.inner()?.bytes(&bytes?),
            Some(Ok(bytes)) => self.inner()?.bytes(&bytes),
            _ if is_file_name(text) => Err(Error::PublicKey(
                "this is the name of a file. Read the file and give what it holds",
            )),
            _ => Err(UNKNOWN),
        }
    }

    fn json(self, json: &Json) -> Result<KmsPublicKey> {
        match json {
            Json::Text(text) => self.text(text),
            Json::List(values) => match bytes_of(values.iter()) {
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
                    "this JSON has no PublicKey, so it is no answer of KMS GetPublicKey, and no JWK",
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
            _ => Err(super::der::SEVERAL),
        }
    }
}

/// DER of keys begins with a SEQUENCE, whose tag is also the digit 0.
fn is_der(bytes: &[u8]) -> bool {
    let text = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' '..=b'~');
    bytes.first() == Some(&0x30) && !bytes.iter().all(text)
}

/// `[48, 130, …]`
fn bytes_of<'a>(values: impl Iterator<Item = &'a Json>) -> Option<Vec<u8>> {
    let byte = |value: &Json| match value {
        Json::Number(digits) => digits.parse().ok(),
        _ => None,
    };
    values.map(byte).collect::<Option<Vec<u8>>>().filter(|bytes| !bytes.is_empty())
}

/// `{"0":48,"1":130,…}`, in any order: a Uint8Array as JSON.
fn numbered(members: &[(alloc::string::String, Json)]) -> Option<Vec<u8>> {
    let mut values = vec![&Json::Null; members.len()];
    for (name, value) in members {
        *values.get_mut(name.parse::<usize>().ok()?)? = value;
    }
    bytes_of(values.into_iter())
}

/// `{"type":"Buffer","data":[48,130,…]}`: a Buffer of Node.js as JSON.
fn buffer(object: &Json) -> Option<Vec<u8>> {
    match (member(object, "type")?.as_text()?, member(object, "data")?) {
        ("Buffer", Json::List(values)) => bytes_of(values.iter()),
        _ => None,
    }
}

fn no_json(text: &str) -> Error {
    Error::PublicKey(if text.starts_with("[object ") {
        "this is what JavaScript makes of an object that is turned into text. Give the object itself"
    } else {
        "it begins as JSON does, but is none, or only a part of it"
    })
}

/// What people give in a key's place.
fn refuse_by_name(text: &str) -> Result<()> {
    let has = |part: &str| find(text.as_bytes(), part.as_bytes()).is_some();
    let begins = |part: &str| text.starts_with(part);
    if begins("PuTTY-User-Key-File") || (begins("<") && has("<D>")) {
        return Err(Error::PrivateKey);
    }
    Err(Error::PublicKey(
        if has("ENCRYPTIONALGORITHMS") || (has("\t") && (has("arn:") || has("RSA_"))) {
            "this is the AWS CLI's --output text. Export with --output json"
        } else if has("PublicKey:") || has("KeyId:") || has("KeyUsage:") {
            "this is the AWS CLI's --output yaml. Export with --output json"
        } else if has("|") && (begins("-") || begins("+") || begins("|")) {
            "this is the AWS CLI's --output table. Export with --output json"
        } else if has("PublicKey") {
            "this is an answer of GetPublicKey in no form that is read. Export with --output json"
        } else if begins("arn:") || begins("alias/") || arn::is_key_id(text) {
            "this names a key. The key itself is needed: aws kms get-public-key --output json"
        } else if begins("ssh-") || begins("ecdsa-sha2-") || has("ssh-rsa ") {
            return Err(SSH);
        } else if begins("<") {
            "this is XML or HTML, perhaps the page of an error. Give the key itself"
        } else if has("://") || begins("data:") {
            "this is a URL. Fetch it and give what it holds"
        } else if begins("b'") || begins("b\"") {
            "these are bytes as Python prints them. Give base64.b64encode of them"
        } else if matches!(text, "undefined" | "null" | "None") {
            "there is no key: it was undefined where it was turned into text"
        } else if text::is_hexadecimal(text) && text.len() == 64 {
            "this is a fingerprint, such as spkiSha256. The key itself is needed"
        } else if text::is_hexadecimal(text) {
            "these are hexadecimal digits. Give the bytes themselves, or base64 of them"
        } else {
            return Ok(());
        },
    ))
}

/// One that looks like a path, or ends as names of files do.
fn is_file_name(text: &str) -> bool {
    let (name, extension) = text.rsplit_once('.').unwrap_or((text, ""));
    let short = (1..=5).contains(&extension.len()) && text.len() < 256;
    let path = text.starts_with(['/', '.', '~']) || name.as_bytes().get(1..3) == Some(b":\\");
    path || (short && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
