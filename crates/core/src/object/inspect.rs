//! Describing an object without any key.

use super::envelope::Envelope;
use super::format::Format;
use super::metadata_rules::{UNENCRYPTED_LENGTH, bare};
use crate::description::MaterialDescription;
use crate::error::Result;
use crate::json::JsonParser;
use alloc::string::String;

/// The contents of an object's envelope, read without any key. **Unverified**: anybody could have written it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectDescription {
    /// Version. Only V3 commits to its key.
    pub format: Format,
    /// How the data key is wrapped, in version 2's words: `RSA-OAEP-SHA1`, `kms+context` or `kms`.
    pub wrap: &'static str,
    /// Bytes of the wrapped data key.
    pub wrapped_key_length: usize,
    /// Material description or KMS context.
    pub description: MaterialDescription,
    /// Under an RSA wrap, the text of a description that is not a JSON object of strings.
    pub unreadable_description: Option<String>,
    /// `x-amz-unencrypted-content-length`, where it is a number.
    pub plaintext_length: Option<u64>,
}

/// Describes an object by its metadata and, where there is one, the text of its instruction file.
///
/// # Errors
/// [`crate::Error::NotSealed`], [`crate::Error::Metadata`] and [`crate::Error::Unsupported`], as
/// opening has them.
pub fn inspect_object(
    metadata: &[(String, String)],
    instruction_file: Option<&str>,
    json: JsonParser,
) -> Result<ObjectDescription> {
    let Envelope { wrapped_key, wrap, description, unreadable, content } =
        Envelope::parse(metadata, instruction_file, json)?;
    let plaintext_length = metadata.iter().find(|(name, _)| bare(name) == UNENCRYPTED_LENGTH);
    Ok(ObjectDescription {
        format: content.format(),
        wrap: wrap.v2_name(),
        wrapped_key_length: wrapped_key.len(),
        description,
        unreadable_description: unreadable,
        plaintext_length: plaintext_length.and_then(|(_, value)| value.parse().ok()),
    })
}
