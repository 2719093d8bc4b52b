//! The shapes of values that come from a page.

use super::sealed_format::SealedFormat;
use crate::error::{Error, Result};
use crate::json::JsonParser;
use crate::object;
use crate::object::metadata_rules::{
    META, UNENCRYPTED_LENGTH, V2_KMS, V2_RSA, check_size, may_carry,
};
use alloc::{format, string::String, vec::Vec};
use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

pub(super) fn refuse<T>(why: &str) -> Result<T> {
    Err(Error::UploadHeaders(why.into()))
}

/// Names without prefix, checked against the 2 KB that S3 takes.
pub(super) fn object_metadata(
    metadata: &[(String, String)],
) -> Result<impl Iterator<Item = (&str, &str)>> {
    let names = metadata
        .iter()
        .map(|(name, value)| (name.strip_prefix(META).unwrap_or(name), value.as_str()));
    check_size(names.clone())?;
    Ok(names)
}

/// Metadata (names without prefix) of one of the formats: complete, well-formed, and nothing else.
pub(super) fn check_envelope(
    metadata: &[(String, String)],
    formats: &[SealedFormat],
    json: JsonParser,
) -> Result<()> {
    let _within_limits = object_metadata(metadata)?;
    if metadata.is_empty() {
        return match formats.contains(&SealedFormat::Message) {
            true => Ok(()),
            false => refuse("the object's metadata are missing"),
        };
    }
    if formats.iter().all(|format| *format == SealedFormat::Message) {
        return refuse("a message has no metadata");
    }
    let described = object::inspect_object(metadata, None, json).map_err(|error| match error {
        Error::NotSealed(why) | Error::Metadata(why) | Error::Unsupported(why) => {
            Error::UploadHeaders(why.into())
        }
        other => other,
    })?;
    // Opening reads this generously, but a server does not sign it: no sealing program writes it.
    if described.unreadable_description.is_some() {
        return refuse("the material description must be a JSON object of strings");
    }
    if metadata.iter().any(|(_, value)| value.trim_ascii_start().starts_with("=?")) {
        return refuse("sealed objects have no encoded words in their metadata");
    }
    if !formats.contains(&SealedFormat::Object(described.format)) {
        return refuse("an object of this version is not expected");
    }
    let rsa = described.wrap == V2_RSA;
    let foreign = |name: &str| !may_carry(described.format, rsa, name);
    if let Some((name, _)) = metadata.iter().find(|(name, _)| foreign(name)) {
        return refuse(&format!("sealed objects have no metadata {META}{name}"));
    }
    if rsa && !matches!(described.wrapped_key_length, 256 | 384 | 512) {
        return refuse("the wrapped key is not of an RSA key's length");
    }
    if described.wrap == V2_KMS {
        return refuse("this value of x-amz-wrap-alg occurs in objects of version 1 only");
    }
    // The key is wrapped by a symmetric KMS key: at most as many bytes as kms:Decrypt takes.
    if !(1..=6144).contains(&described.wrapped_key_length) {
        return refuse("the wrapped key has another length");
    }
    match metadata.iter().find(|(name, _)| name == UNENCRYPTED_LENGTH) {
        Some((name, length)) => number(name, length).map(|_| ()),
        None => Ok(()),
    }
}

/// Base64 of so many bytes; the error tells nothing of the value, which may be a key.
pub(super) fn check_base64(name: &str, text: &str, length: usize) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = Base64::decode_vec(text).map(Zeroizing::new);
    bytes
        .ok()
        .filter(|bytes| bytes.len() == length)
        .ok_or_else(|| Error::UploadHeaders(format!("{name} must be base64 of {length} bytes")))
}

pub(super) fn number(name: &str, text: &str) -> Result<u64> {
    let digits = (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| Error::UploadHeaders(format!("{name} must be a number")))
}
