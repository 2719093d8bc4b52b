//! Server-side encryption with keys that AWS holds (docs/formats.md 5.2).

use super::customer_key::CustomerKey;
use super::headers::Headers;
use super::operation::Operation;
use crate::arn;
use crate::description::MaterialDescription;
use crate::error::{Error, Result};
use crate::shown::shown;
use alloc::{format, string::String};
use base64ct::{Base64, Encoding};

pub(super) const MODE: &str = "x-amz-server-side-encryption";
const KEY_ID: &str = "x-amz-server-side-encryption-aws-kms-key-id";
const CONTEXT: &str = "x-amz-server-side-encryption-context";
const BUCKET_KEY: &str = "x-amz-server-side-encryption-bucket-key-enabled";
/// All headers of a PUT together have 8 KB.
const MAX_CONTEXT: usize = 8 * 1024;

/// How an object is to be encrypted at rest. The modes exclude each other.
#[derive(Clone, Copy, Debug, Default)]
pub enum Mode<'a> {
    /// The default of the bucket.
    #[default]
    BucketDefault,
    /// Encryption with a key of AWS.
    Sse(&'a Sse),
    /// Encryption with this key of the caller's.
    CustomerKey(&'a CustomerKey),
    /// Encryption with any key of the caller's, for a server that checks or allows an upload without knowing the key.
    AnyCustomerKey,
}

/// A mode of server-side encryption whose keys AWS holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sse {
    mode: &'static str,
    key_id: Option<KmsKeyId>,
    context: MaterialDescription,
    bucket_key: Option<bool>,
}

impl Sse {
    /// SSE-S3: keys of S3's own, which is also what buckets do unless told otherwise.
    #[must_use]
    pub const fn s3() -> Self {
        Self::new("AES256", None, MaterialDescription::EMPTY)
    }

    /// SSE-KMS: a symmetric KMS key; without `key_id` the account's `aws/s3`. S3 adds the object's
    /// ARN to the encryption context.
    ///
    /// # Errors
    /// [`Error::Sse`] for a context that S3 would not take.
    pub fn kms(
        key_id: Option<KmsKeyId>,
        context: MaterialDescription,
        bucket_key: Option<bool>,
    ) -> Result<Self> {
        check_context(&context)?;
        Ok(Self { bucket_key, ..Self::new("aws:kms", key_id, context) })
    }

    /// DSSE-KMS: the same in two layers. It knows no bucket keys.
    ///
    /// # Errors
    /// As [`Sse::kms`].
    pub fn dsse(key_id: Option<KmsKeyId>, context: MaterialDescription) -> Result<Self> {
        check_context(&context)?;
        Ok(Self::new("aws:kms:dsse", key_id, context))
    }

    const fn new(
        mode: &'static str,
        key_id: Option<KmsKeyId>,
        context: MaterialDescription,
    ) -> Self {
        Self { mode, key_id, context, bucket_key: None }
    }

    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    #[must_use]
    pub const fn mode(&self) -> &'static str {
        self.mode
    }

    /// The headers for an operation that makes an object (or the fields of a
    /// [`Operation::PostObject`]); none for all others, which must not carry them.
    #[must_use]
    pub fn headers(&self, operation: Operation) -> Headers {
        let mut headers = Headers::default();
        if !operation.takes_mode() {
            return headers;
        }
        headers.push(MODE, self.mode);
        if let Some(KmsKeyId(id)) = &self.key_id {
            headers.push(KEY_ID, id.as_str());
        }
        if !self.context.is_empty() {
            headers.push(CONTEXT, encode_context(&self.context));
        }
        if let Some(enabled) = self.bucket_key {
            headers.push(BUCKET_KEY, if enabled { "true" } else { "false" });
        }
        headers
    }
}

/// Base64 of JSON.
fn encode_context(context: &MaterialDescription) -> String {
    Base64::encode_string(context.to_json().as_bytes())
}

fn check_context(context: &MaterialDescription) -> Result<()> {
    if context.get("aws:s3:arn").is_some() {
        return Err(Error::Sse("S3 itself adds aws:s3:arn to the encryption context".into()));
    }
    if encode_context(context).len() > MAX_CONTEXT {
        return Err(Error::Sse("the encryption context does not fit into a header".into()));
    }
    Ok(())
}

/// A symmetric KMS key as SSE-KMS names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsKeyId(String);

impl KmsKeyId {
    /// A key id, the ARN of a key or an alias, or `alias/NAME`. None of them tells what kind of key
    /// it is. White space around it is not part of it.
    ///
    /// # Errors
    /// [`Error::Sse`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let id = arn::trimmed(text);
        if arn::is_key_id(id) || arn::is_alias(id) {
            return Ok(Self(id.into()));
        }
        match arn::Parts::split(id).and_then(arn::Parts::check_key_or_alias) {
            Ok(()) => Ok(Self(id.into())),
            Err(why) if id.starts_with("arn:") => {
                Err(Error::Sse(format!("keyId {} is not the ARN of a KMS key: {why}", shown(text))))
            }
            Err(_) => Err(Error::Sse(format!(
                "keyId must be a KMS key's id or ARN, alias/NAME or the ARN of an alias, not {}",
                shown(text)
            ))),
        }
    }

    /// A key whose kind is known, by `Arn` and `KeySpec` of a DescribeKey response.
    ///
    /// # Errors
    /// [`Error::Sse`] for anything but a symmetric encryption key.
    pub fn described(arn: &str, key_spec: &str) -> Result<Self> {
        if key_spec != "SYMMETRIC_DEFAULT" {
            return Err(Error::Sse(format!(
                "SSE-KMS needs a symmetric key (SYMMETRIC_DEFAULT); S3 cannot encrypt with a key \
                 of {}. To a KMS RSA key data are sealed before they are uploaded",
                if is_name(key_spec) { key_spec } else { "another kind" }
            )));
        }
        Self::parse(arn)
    }
}

/// Whether it consists of the characters that KMS's own names have.
fn is_name(text: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=2048).contains(&text.len()) && text.bytes().all(part)
}
