//! SSE-C: a key that S3 encrypts with and forgets (docs/formats.md 5.1).

use super::endpoint::check_confidential;
use super::headers::Headers;
use super::operation::Operation;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::keys::random;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use crate::message::{self, OpenOptions, SealOptions};
use alloc::{format, string::String, vec, vec::Vec};
use base64ct::{Base64, Encoding};
use core::fmt;
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

pub(super) const ALGORITHM: &str = "x-amz-server-side-encryption-customer-algorithm";
pub(super) const KEY: &str = "x-amz-server-side-encryption-customer-key";
pub(super) const KEY_MD5: &str = "x-amz-server-side-encryption-customer-key-md5";
/// The name of a form's field as S3's documentation spells it, since case may count there.
pub(super) const KEY_MD5_FIELD: &str = "x-amz-server-side-encryption-customer-key-MD5";
const COPY_SOURCE: [&str; 3] = [
    "x-amz-copy-source-server-side-encryption-customer-algorithm",
    "x-amz-copy-source-server-side-encryption-customer-key",
    "x-amz-copy-source-server-side-encryption-customer-key-md5",
];
/// The only algorithm there is.
pub(super) const AES256: &str = "AES256";
pub(super) const KEY_LENGTH: usize = 32;

/// Since April 2026 the most frequent reason by far.
const FORBIDDEN: &str = "S3 answered 403 to a request with a customer key. Either the key is not \
    the object's, or the permission is missing, or SSE-C is blocked on the bucket, as it is by \
    default since April 2026 for new buckets. To unblock it (needs s3:PutEncryptionConfiguration) \
    send PutBucketEncryption with, in its Rule beside the bucket's own default, \
    <BlockedEncryptionTypes><EncryptionType>NONE</EncryptionType></BlockedEncryptionTypes>, \
    which the AWS CLI takes as: aws s3api put-bucket-encryption --bucket BUCKET \
    --server-side-encryption-configuration '{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":\
    {\"SSEAlgorithm\":\"AES256\"},\"BlockedEncryptionTypes\":{\"EncryptionType\":[\"NONE\"]}}]}'";

/// A key of 32 bytes that S3 encrypts an object with. S3 keeps no copy of it: whoever loses the key
/// loses the object.
///
/// It is sent to S3 in every request for the object, and so is seen by S3 and by whoever signs
/// those requests. Data that neither may see are sealed instead, or as well.
pub struct CustomerKey {
    key: Zeroizing<Vec<u8>>,
    md5: String,
}

impl CustomerKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn generate() -> Result<Self> {
        random(KEY_LENGTH).map(Self::made_of)
    }

    /// A key that exists already.
    ///
    /// # Errors
    /// [`Error::Sse`] unless it has 32 bytes.
    pub fn new(key: Zeroizing<Vec<u8>>) -> Result<Self> {
        if key.len() != KEY_LENGTH {
            return Err(Error::Sse(format!("a customer key has 32 bytes, not {}", key.len())));
        }
        Ok(Self::made_of(key))
    }

    fn made_of(key: Zeroizing<Vec<u8>>) -> Self {
        let md5 = Base64::encode_string(&Md5::digest(&*key));
        Self { key, md5 }
    }

    /// The key itself.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.key
    }

    /// Base64 of the MD5 of the 32 bytes, by which S3 names the key in its responses.
    #[must_use]
    pub fn md5(&self) -> &str {
        &self.md5
    }

    /// The three headers of SSE-C, or fields of a [`Operation::PostObject`].
    ///
    /// # Errors
    /// [`Error::Sse`] for an operation that must not carry them, or for an `endpoint` to which they
    /// would go over plain HTTP; [`Error::Input`] for one that is not a URL.
    pub fn headers(&self, operation: Operation, endpoint: Option<&str>) -> Result<Headers> {
        if !operation.takes_customer_key() {
            return Err(Error::Sse(format!("{} takes no customer key", operation.name())));
        }
        endpoint.map_or(Ok(()), check_confidential)?;
        let form = operation == Operation::PostObject;
        Ok(self.named([ALGORITHM, KEY, if form { KEY_MD5_FIELD } else { KEY_MD5 }]))
    }

    /// The three headers of the key that the source of a copy is encrypted with.
    ///
    /// # Errors
    /// As [`CustomerKey::headers`].
    pub fn copy_source_headers(
        &self,
        operation: Operation,
        endpoint: Option<&str>,
    ) -> Result<Headers> {
        if !operation.takes_copy_source() {
            return Err(Error::Sse(format!("{} copies nothing", operation.name())));
        }
        endpoint.map_or(Ok(()), check_confidential)?;
        Ok(self.named(COPY_SOURCE))
    }

    fn named(&self, [algorithm, key, md5]: [&str; 3]) -> Headers {
        let mut headers = Headers::default();
        headers.push(algorithm, AES256);
        headers.push(key, self.base64());
        headers.push(md5, self.md5.as_str());
        headers
    }

    fn base64(&self) -> String {
        Base64::encode_string(&self.key)
    }

    /// Whether S3 has used this key, by its response to PutObject, GetObject, HeadObject, a copy,
    /// CreateMultipartUpload or UploadPart; the other operations do not tell. `header` looks a
    /// header up, whatever the case of its name.
    ///
    /// # Errors
    /// [`Error::S3`] for a status other than 2xx, with what to do about 403; [`Error::Sse`] for an
    /// echo that is missing or of another key.
    pub fn check_response(
        &self,
        status: u16,
        header: impl Fn(&str) -> Option<String>,
    ) -> Result<()> {
        if status == 403 {
            return Err(Error::S3(FORBIDDEN.into()));
        }
        if !(200..300).contains(&status) {
            return Err(Error::S3(format!("S3 answered with status {status}")));
        }
        let echo = [(ALGORITHM, AES256), (KEY_MD5, self.md5.as_str())];
        for (name, expected) in echo {
            let Some(value) = header(name) else {
                return Err(Error::Sse(format!(
                    "the response lacks {name}: S3 may not have used the key (or, in a browser, \
                     the bucket's CORS rule does not expose this header)"
                )));
            };
            if !bool::from(value.as_bytes().ct_eq(expected.as_bytes())) {
                return Err(Error::Sse(format!("the response's {name} is not that of this key")));
            }
        }
        Ok(())
    }

    /// Seals the key to a message that names in its encryption context the object it is for. Keep
    /// it in an object beside that one, or in a store of your own; not in the object's metadata,
    /// since HEAD itself needs the key.
    ///
    /// # Errors
    /// As [`crate::seal`]; [`Error::Context`] when `context` names bucket or key too.
    pub fn seal(
        &self,
        keyring: &Keyring,
        (bucket, key): (&str, &str),
        context: &EncryptionContext,
    ) -> Result<Vec<u8>> {
        let encryption_context = located(bucket, key, context)?;
        let options = SealOptions { encryption_context, ..SealOptions::default() };
        message::seal(keyring, &self.key, options)
    }

    /// Opens a sealed key, which must be the one for this object.
    ///
    /// # Errors
    /// As [`crate::open_with`]; [`Error::Sse`] when what was sealed is no key.
    pub fn open_with(
        keyring: &Keyring,
        sealed: &[u8],
        (bucket, key): (&str, &str),
        mut options: OpenOptions,
        kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
    ) -> Result<Self> {
        options.encryption_context = located(bucket, key, &options.encryption_context)?;
        let (_, plaintext) = message::open_with(keyring, sealed, options, kms)?;
        Self::new(plaintext)
    }
}

impl fmt::Debug for CustomerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerKey")
    }
}

fn located(bucket: &str, key: &str, context: &EncryptionContext) -> Result<EncryptionContext> {
    let place = vec![("bucket", bucket), ("key", key)];
    EncryptionContext::new(place.into_iter().chain(context.iter()))
}
