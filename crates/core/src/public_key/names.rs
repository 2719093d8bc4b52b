//! Names the things that people give in a key's place.

use super::text::{find, is_hexadecimal};
use crate::arn;
use crate::error::{Error, Result};

pub(super) const SSH: Error = Error::PublicKey(
    "this is an OpenSSH public key, which KMS never exports. Give what aws kms get-public-key prints",
);
/// Names input that begins as JSON does.
pub(super) fn no_json(text: &str) -> Error {
    Error::PublicKey(if text.starts_with("[object ") {
        "this is what JavaScript makes of an object that is turned into text. Give the object itself"
    } else {
        "it begins like JSON, but it is not complete JSON"
    })
}

/// Refuses things that people give in a key's place, by their names.
pub(super) fn refuse_by_name(text: &str) -> Result<()> {
    let has = |part: &str| find(text.as_bytes(), part.as_bytes()).is_some();
    let begins = |part: &str| text.starts_with(part);
    let private = begins("PuTTY-User-Key-File") || has("PrivateKeyPlaintext");
    let escaped = has("PRIVATE%20KEY") || has("PRIVATE+KEY");
    if private || escaped || is_private_hexadecimal(text) || (begins("<") && has("<D>")) {
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
        } else if is_file_name(text) {
            "this is the name of a file. Read the file and give what it holds"
        } else if is_hexadecimal(text) && text.len() == 64 {
            "this is a fingerprint, such as spkiSha256. The key itself is needed"
        } else if is_hexadecimal(text) {
            "these are hexadecimal digits. Give the bytes themselves, or base64 of them"
        } else {
            return Ok(());
        },
    ))
}

/// DER of a private key has its version where that of a public one has an algorithm.
fn is_private_hexadecimal(text: &str) -> bool {
    let mut digits = text.strip_prefix("0x").unwrap_or(text).bytes().filter(|byte| *byte != b':');
    let start: [u8; 14] = core::array::from_fn(|_| digits.next().unwrap_or_default());
    matches!(start, [b'3', b'0', b'8', b'2', _, _, _, _, b'0', b'2', b'0', b'1', b'0', b'0' | b'1'])
        && is_hexadecimal(text)
}

/// One that looks like a path, or ends as names of files do.
fn is_file_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let extension = bytes.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let ends = bytes.iter().rev().nth(extension) == Some(&b'.');
    matches!(bytes, [b'/' | b'.' | b'~', ..] | [_, b':', b'\\', ..])
        || (ends && (1..=5).contains(&extension) && bytes.len() < 256)
}
