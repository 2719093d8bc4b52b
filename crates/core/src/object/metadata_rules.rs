//! The rules of an object's metadata: what S3 takes, and the names and fixed values of an envelope
//! (docs/formats.md 4.2, 4.3 and 4.6). Whoever writes, reads, signs or admits metadata has them from here.

use super::format::Format;
use crate::codec::widen;
use crate::error::{Error, Result};
use alloc::string::String;

/// The prefix of user metadata in HTTP.
pub(crate) const META: &str = "x-amz-meta-";
/// S3 takes 2 KB of user metadata; the HTTP prefix is counted in, to be safe.
const MAX_METADATA: u64 = 2048;

pub(super) const V1_KEY: &str = "x-amz-key";
pub(super) const V2_KEY: &str = "x-amz-key-v2";
pub(super) const V2_IV: &str = "x-amz-iv";
pub(super) const V2_CONTENT_ALGORITHM: &str = "x-amz-cek-alg";
pub(super) const V2_WRAP_ALGORITHM: &str = "x-amz-wrap-alg";
pub(super) const V2_TAG_BITS: &str = "x-amz-tag-len";
pub(super) const V2_DESCRIPTION: &str = "x-amz-matdesc";
pub(crate) const UNENCRYPTED_LENGTH: &str = "x-amz-unencrypted-content-length";
pub(super) const V3_CONTENT_ALGORITHM: &str = "x-amz-c";
pub(super) const V3_COMMITMENT: &str = "x-amz-d";
pub(super) const V3_MESSAGE_ID: &str = "x-amz-i";
pub(super) const V3_KEY: &str = "x-amz-3";
pub(super) const V3_WRAP_ALGORITHM: &str = "x-amz-w";
pub(super) const V3_DESCRIPTION: &str = "x-amz-m";
pub(super) const V3_CONTEXT: &str = "x-amz-t";
/// The name that marks an instruction file among the objects of a bucket.
pub(super) const INSTRUCTION_FILE: &str = "x-amz-crypto-instr-file";

/// Wraps by version 2's names, and by version 3's.
pub(crate) const V2_RSA: &str = "RSA-OAEP-SHA1";
pub(super) const V2_KMS_CONTEXT: &str = "kms+context";
pub(crate) const V2_KMS: &str = "kms";
pub(super) const V3_RSA: &str = "22";
pub(super) const V3_KMS_CONTEXT: &str = "12";
/// The only algorithms of content that are read.
pub(super) const V2_CONTENT: &str = Format::V2.content_algorithm();
pub(super) const V3_CONTENT: &str = Format::V3.content_algorithm();
/// Bits of the only tag that is read.
pub(super) const TAG_BITS: &str = "128";

/// Content keys of V1 and V2.
pub(super) const V2_KEYS: [&str; 7] =
    [V1_KEY, V2_KEY, V2_IV, V2_CONTENT_ALGORITHM, V2_WRAP_ALGORITHM, V2_TAG_BITS, V2_DESCRIPTION];
/// Content keys of V3 that stay on the object, instruction file or not.
pub(super) const V3_OBJECT_KEYS: [&str; 3] = [V3_CONTENT_ALGORITHM, V3_COMMITMENT, V3_MESSAGE_ID];
/// Content keys of V3 that an instruction file takes.
pub(super) const V3_FILE_KEYS: [&str; 4] = [V3_KEY, V3_WRAP_ALGORITHM, V3_DESCRIPTION, V3_CONTEXT];
/// One of these is in every envelope, beside its object.
pub(crate) const CONTENT_ALGORITHMS: [&str; 2] = [V3_CONTENT_ALGORITHM, V2_CONTENT_ALGORITHM];

pub(super) fn is_content_key(name: &str) -> bool {
    V2_KEYS.contains(&name) || V3_OBJECT_KEYS.contains(&name) || V3_FILE_KEYS.contains(&name)
}

/// A name in lower case and without the HTTP prefix.
pub(super) fn bare(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    String::from(name.strip_prefix(META).unwrap_or(&name))
}

/// The rules for a value that are known before the object is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Fixed(&'static str),
    Begins(&'static str),
}

/// The metadata of an object of known length without an instruction file under an RSA wrap. In version 3 an object
/// with a description has one name more.
/// Values are random but for the names of algorithms.
pub(crate) const fn envelope(format: Format) -> &'static [(&'static str, Value)] {
    match format {
        Format::V2 => &V2_ENVELOPE,
        Format::V3 => &V3_ENVELOPE,
    }
}

static V2_ENVELOPE: [(&str, Value); 7] = [
    (V2_CONTENT_ALGORITHM, Value::Fixed(V2_CONTENT)),
    (V2_WRAP_ALGORITHM, Value::Fixed(V2_RSA)),
    (V2_TAG_BITS, Value::Fixed(TAG_BITS)),
    (V2_KEY, Value::Begins("")),
    (V2_IV, Value::Begins("")),
    (V2_DESCRIPTION, Value::Begins("{")),
    (UNENCRYPTED_LENGTH, Value::Begins("")),
];
static V3_ENVELOPE: [(&str, Value); 5] = [
    (V3_CONTENT_ALGORITHM, Value::Fixed(V3_CONTENT)),
    (V3_WRAP_ALGORITHM, Value::Fixed(V3_RSA)),
    (V3_COMMITMENT, Value::Begins("")),
    (V3_MESSAGE_ID, Value::Begins("")),
    (V3_KEY, Value::Begins("")),
];

/// The name that holds the description under an RSA wrap, or else the KMS context.
pub(crate) const fn description_name(format: Format, rsa: bool) -> &'static str {
    match format {
        Format::V2 => V2_DESCRIPTION,
        Format::V3 if rsa => V3_DESCRIPTION,
        Format::V3 => V3_CONTEXT,
    }
}

/// Whether an object under such a wrap may carry `name`.
pub(crate) fn may_carry(format: Format, rsa: bool, name: &str) -> bool {
    let description = description_name(format, rsa);
    name == description || envelope(format).iter().any(|(known, _)| *known == name)
}

/// # Errors
/// [`Error::Limit`] for more than S3 takes of names, without the HTTP prefix, and values.
pub(crate) fn check_size<'a>(metadata: impl Iterator<Item = (&'a str, &'a str)>) -> Result<()> {
    let sizes = metadata.map(|(name, value)| META.len() + name.len() + value.len());
    let found = widen(sizes.sum::<usize>());
    if found > MAX_METADATA {
        return Err(Error::Limit { what: "bytes of metadata", found, limit: MAX_METADATA });
    }
    Ok(())
}
