//! An object's envelope: its wrapped data key and what the content key follows from
//! (docs/formats.md 4.4 and 4.5).

use super::format::Format;
use super::metadata_rules::{V2_KMS, V2_KMS_CONTEXT, V2_RSA, V3_KMS_CONTEXT, V3_RSA};
use crate::derive;
use crate::description::MaterialDescription;
use crate::error::{Error, Result};
use crate::keys::{ContentKey, DataKey};
use crate::splice::Splice;
use alloc::{string::String, vec::Vec};
use zeroize::Zeroizing;

/// The pair of a KMS encryption context that names the content algorithm.
const CONTENT_ALGORITHM: &str = "aws:x-amz-cek-alg";
/// Another name that belongs to the format.
const RESERVED: &str = "kms_cmk_id";

/// Everything about an object but its body.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) wrapped_key: Vec<u8>,
    pub(super) wrap: Wrap,
    pub(super) description: MaterialDescription,
    /// The text of a description that cannot be read.
    pub(super) unreadable: Option<String>,
    pub(super) content: Content,
}

/// How the data key is wrapped.
#[derive(Debug)]
pub(super) enum Wrap {
    /// RSA-OAEP with SHA-1 over length, data key and content algorithm.
    RsaOaepSha1,
    /// Symmetric KMS under this encryption context.
    KmsContext(MaterialDescription),
    /// The same without the content algorithm in it. Read only: Amazon SES stores mail so.
    Kms(MaterialDescription),
}

/// The values from which the content key, IV and associated data follow, by version.
#[derive(Debug)]
pub(super) enum Content {
    V2 { iv: [u8; 12] },
    V3 { commitment: [u8; derive::OBJECT_COMMITMENT_LENGTH], message_id: [u8; 28] },
}

impl Wrap {
    /// A `kms+context` wrap as it was read.
    pub(super) fn kms_context(context: MaterialDescription, format: Format) -> Result<Self> {
        if context.get(CONTENT_ALGORITHM) != Some(format.content_algorithm()) {
            return Err(Error::Metadata("the KMS context does not name the content algorithm"));
        }
        Ok(Self::KmsContext(context))
    }

    /// The context for a new `kms+context` wrap.
    pub(super) fn new_kms_context(
        description: &MaterialDescription,
        format: Format,
    ) -> Result<MaterialDescription> {
        if [CONTENT_ALGORITHM, RESERVED].iter().any(|name| description.get(name).is_some()) {
            return Err(Error::Context("aws:x-amz-cek-alg and kms_cmk_id are reserved"));
        }
        description.clone().with(CONTENT_ALGORITHM, format.content_algorithm())
    }

    pub(super) const fn v2_name(&self) -> &'static str {
        match self {
            Self::RsaOaepSha1 => V2_RSA,
            Self::KmsContext(_) => V2_KMS_CONTEXT,
            Self::Kms(_) => V2_KMS,
        }
    }

    pub(super) const fn v3_name(&self) -> &'static str {
        match self {
            Self::RsaOaepSha1 => V3_RSA,
            Self::KmsContext(_) | Self::Kms(_) => V3_KMS_CONTEXT,
        }
    }
}

impl Content {
    pub(super) const fn format(&self) -> Format {
        match self {
            Self::V2 { .. } => Format::V2,
            Self::V3 { .. } => Format::V3,
        }
    }

    /// The content key, once the commitment is checked, and the splice under it.
    ///
    /// # Errors
    /// [`Error::Commitment`]; nothing may then be decrypted.
    pub(super) fn keys(&self, data_key: &DataKey) -> Result<(ContentKey, Splice)> {
        if let Self::V3 { commitment, message_id } = self {
            derive::check_object_commitment(data_key, message_id, commitment)?;
        }
        self.own_keys(data_key)
    }

    /// The same where the commitment was made of this data key, just before.
    pub(super) fn own_keys(&self, data_key: &DataKey) -> Result<(ContentKey, Splice)> {
        match self {
            Self::V2 { iv } => {
                let key = ContentKey::new(Zeroizing::new(data_key.expose().to_vec()));
                let splice = Splice::new(&key, *iv, &[])?;
                Ok((key, splice))
            }
            Self::V3 { message_id, .. } => {
                let key = derive::object_content_key(data_key, message_id)?;
                let splice = Splice::new(&key, [1; 12], &derive::OBJECT_SUITE)?;
                Ok((key, splice))
            }
        }
    }
}
