//! Sealing an object: data key, wrap, metadata, then chunks as plans.

use super::envelope::{Content, Envelope, Wrap};
use super::format::Format;
use super::metadata::ObjectHead;
use crate::derive;
use crate::description::MaterialDescription;
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::keys::{ContentKey, DataKey, random};
use crate::kms::{GenerateDataKeyRequest, GenerateDataKeyResponse};
use crate::plan::WrapOp;
use crate::sealed::{PieceSealer, check_object_length};

/// The options of sealing an object.
#[derive(Clone, Debug, Default)]
pub struct ObjectOptions {
    /// Version to write.
    pub format: Format,
    /// Stored in the metadata; see [`MaterialDescription`].
    pub description: MaterialDescription,
    /// Whether the wrapped key goes into an instruction file instead of the metadata.
    pub instruction_file: bool,
}

/// The ways in which the data key gets wrapped.
#[derive(Debug)]
pub enum ObjectWrap<'a> {
    /// Run this, and give the result to [`ObjectSealing::wrapped`].
    Rsa(&'a WrapOp),
    /// Ask KMS, and give the response to [`ObjectSealing::generated`].
    Kms(&'a GenerateDataKeyRequest),
}

/// An object whose data key waits for its wrap.
#[derive(Debug)]
pub struct ObjectSealing {
    options: ObjectOptions,
    length: Option<u64>,
    wrap: Pending,
}

#[derive(Debug)]
pub(crate) enum Pending {
    Rsa { op: WrapOp, data_key: DataKey },
    Kms(GenerateDataKeyRequest),
}

impl ObjectSealing {
    /// Plans the wrap. `length` is the plaintext's, where it is known.
    ///
    /// # Errors
    /// [`Error::TooLarge`]; what is wrong with the keyring ([`Error::NoPublicKey`],
    /// [`Error::KeyAlgorithm`]: objects are wrapped with SHA-1 whatever messages are); or
    /// [`Error::Context`] for reserved names in a KMS keyring's description.
    pub fn new(keyring: &Keyring, options: ObjectOptions, length: Option<u64>) -> Result<Self> {
        length.map_or(Ok(()), check_object_length)?;
        let algorithm = options.format.content_algorithm();
        let wrap = match keyring {
            Keyring::KmsRsa(keyring) => {
                let data_key = DataKey::generate(32)?;
                Pending::Rsa { op: keyring.wrap_for_object(algorithm, &data_key)?, data_key }
            }
            Keyring::Kms(keyring) => {
                let context = Wrap::new_kms_context(&options.description, options.format)?;
                Pending::Kms(keyring.generate(context))
            }
            #[cfg(feature = "keyrings")]
            _ => {
                return Err(Error::Unsupported(
                    "objects go to keys in KMS only, and to one at a time",
                ));
            }
        };
        Ok(Self { options, length, wrap })
    }

    /// The step that comes next.
    #[must_use]
    pub const fn wrap(&self) -> ObjectWrap<'_> {
        match &self.wrap {
            Pending::Rsa { op, .. } => ObjectWrap::Rsa(op),
            Pending::Kms(request) => ObjectWrap::Kms(request),
        }
    }

    /// Takes the RSA-wrapped data key.
    ///
    /// # Errors
    /// [`Error::State`] when it is not as long as the modulus or was not asked for;
    /// [`Error::Limit`] when the metadata exceed what S3 takes.
    pub fn wrapped(self, ciphertext: &[u8]) -> Result<WrappedObject> {
        let Pending::Rsa { op, data_key } = self.wrap else { return Err(OTHER_WRAP) };
        if ciphertext.len() != op.key().key_spec().modulus_length() {
            return Err(Error::State("the wrapped data key is not as long as the modulus"));
        }
        let (wrap, description) = (Wrap::RsaOaepSha1, self.options.description.clone());
        finish(&self.options, self.length, wrap, description, &data_key, ciphertext)
    }

    /// Takes the data key that KMS generated.
    ///
    /// # Errors
    /// [`Error::Unwrap`] when the response is not for the key or not of 32 bytes, and otherwise as
    /// [`ObjectSealing::wrapped`].
    pub fn generated(self, response: GenerateDataKeyResponse) -> Result<WrappedObject> {
        let Pending::Kms(request) = self.wrap else { return Err(OTHER_WRAP) };
        if response.key_id != request.key_id.as_str() || response.plaintext.len() != 32 {
            return Err(Error::Unwrap);
        }
        let data_key = DataKey::new(response.plaintext);
        let context = request.encryption_context;
        let wrap = Wrap::KmsContext(context.clone());
        let wrapped = &response.ciphertext_blob;
        finish(&self.options, self.length, wrap, context, &data_key, wrapped)
    }
}

/// An object whose data key is wrapped: what is left to do is its body.
pub struct WrappedObject {
    /// Metadata and instruction file.
    pub head: ObjectHead,
    /// The key of the chunks.
    pub content_key: ContentKey,
    /// Plans them, and the tag behind them.
    pub chunks: PieceSealer,
}

const OTHER_WRAP: Error = Error::State("the data key is wrapped in another way");

fn finish(
    options: &ObjectOptions,
    length: Option<u64>,
    wrap: Wrap,
    description: MaterialDescription,
    data_key: &DataKey,
    wrapped: &[u8],
) -> Result<WrappedObject> {
    let content = new_content(options.format, data_key)?;
    let (content_key, splice) = content.own_keys(data_key)?;
    let wrapped_key = wrapped.to_vec();
    let envelope = Envelope { wrapped_key, wrap, description, unreadable: None, content };
    let head = envelope.encode(options.instruction_file, length)?;
    Ok(WrappedObject { head, content_key, chunks: PieceSealer::chunks(splice, length) })
}

fn new_content(format: Format, data_key: &DataKey) -> Result<Content> {
    let mut iv = [0; 12];
    let mut message_id = [0; 28];
    match format {
        Format::V2 => {
            iv.copy_from_slice(&random(12)?);
            Ok(Content::V2 { iv })
        }
        Format::V3 => {
            message_id.copy_from_slice(&random(28)?);
            let commitment = derive::object_commitment(data_key, &message_id)?;
            Ok(Content::V3 { commitment, message_id })
        }
    }
}
