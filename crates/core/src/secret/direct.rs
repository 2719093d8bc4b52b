//! Secrets in bare RSA blocks (docs/formats.md 1.1 and 1.4).

use crate::codec::widen;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::keys::{Secret, WrapText};
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use crate::materials::UnwrapSession;
use crate::message::OpenOptions;
use crate::object::Format;
use crate::plan::WrapOp;
use crate::public_key::KmsPublicKey;
use crate::wrap::{self, EncryptionAlgorithm};
use alloc::{boxed::Box, sync::Arc, vec::Vec};
use zeroize::Zeroizing;

/// Plans to encrypt `secret` itself with a keyring's public key. What comes of it is exactly as
/// long as the modulus.
///
/// # Errors
/// [`Error::NoPublicKey`]; [`Error::Unsupported`] for a keyring of a symmetric key; as
/// [`direct_wrap_to`].
pub fn direct_wrap(keyring: &Keyring, secret: &[u8]) -> Result<WrapOp> {
    let (key, algorithm) = keyring.direct_key()?;
    direct_wrap_to(key, algorithm, secret)
}

/// The same with a public key of which no ARN needs to be known.
///
/// # Errors
/// [`Error::KeyAlgorithm`] when the key does not offer `algorithm`, [`Error::Input`] for an empty
/// secret or one that [`is_wrapped_key`], [`Error::Limit`] for more than [`KmsPublicKey::max_direct_bytes`].
pub fn direct_wrap_to(
    key: impl Into<Arc<KmsPublicKey>>,
    algorithm: EncryptionAlgorithm,
    secret: &[u8],
) -> Result<WrapOp> {
    let key = key.into();
    key.check_offers(algorithm)?;
    if secret.is_empty() {
        return Err(EMPTY);
    }
    let limit = key.max_direct_bytes(algorithm);
    if secret.len() > limit {
        let (found, limit) = (widen(secret.len()), widen(limit));
        return Err(Error::Limit { what: DIRECT_BYTES, found, limit });
    }
    if is_wrapped_key(secret) {
        return Err(WRAPPED_KEY);
    }
    let text = WrapText::new(Zeroizing::new(secret.to_vec()));
    Ok(WrapOp { key, algorithm, text })
}

const EMPTY: Error = Error::Input(
    "an empty secret cannot be direct, since KMS returns no empty plaintext; use the armoured form",
);
const WRAPPED_KEY: Error = Error::Input(
    "a direct secret in the shape of a wrapped data key would never be opened; use the armoured form",
);
const DIRECT_BYTES: &str = "bytes of a direct secret (the armoured form takes more)";

/// Whether a plaintext has the shape of what messages and objects wrap. The encrypted data key of one,
/// given as a direct secret, decrypts to such a text, and whoever can do that and see the secret
/// used would read it. Not all of them can be told: a data key that is bound to an encryption
/// context looks like random bytes. So direct secrets should have a KMS key of their own.
#[must_use]
pub fn is_wrapped_key(text: &[u8]) -> bool {
    let of_message = EncryptionContext::default().digest().is_ok_and(|digest| {
        let key_length = text.len().saturating_sub(wrap::DIGEST_LENGTH);
        wrap::unbind(text, &digest, key_length).is_some()
    });
    let of_object = [Format::V2, Format::V3].iter().any(|format| {
        let takes = |length| Format::V2.takes_key_of(length);
        wrap::unbind_object(text, format.content_algorithm(), takes).is_some()
    });
    of_message | of_object
}

/// A direct secret that is being opened: asks for one KMS call and takes its answer.
#[derive(Debug)]
pub struct DirectOpening(UnwrapSession<Secret>);

impl DirectOpening {
    /// Begins to open the RSA block of a direct secret. Of the options only the encryption context
    /// means something to it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a keyring of a symmetric key, [`Error::SecretContext`] when any
    /// context is asked for: a direct secret has none.
    pub fn new(keyring: &Keyring, block: Vec<u8>, options: &OpenOptions) -> Result<Self> {
        let request = keyring.direct_request(block)?;
        if options.encryption_context.iter().next().is_some() {
            return Err(Error::SecretContext);
        }
        // KMS returns no empty plaintext: what has none is no answer.
        let is_secret = |text: &[u8]| !text.is_empty() && !is_wrapped_key(text);
        let unbind =
            move |text: &[u8]| is_secret(text).then(|| Secret::new(Zeroizing::new(text.to_vec())));
        Ok(Self(UnwrapSession::new([request], Box::new(unbind))))
    }

    /// The call to make, `None` once it is answered.
    #[must_use]
    pub fn request(&self) -> Option<&DecryptRequest> {
        self.0.request()
    }

    /// Takes the answer to [`DirectOpening::request`].
    ///
    /// # Errors
    /// [`Error::State`] when nothing was asked for.
    pub fn respond(&mut self, answer: Result<DecryptResponse, KmsFailure>) -> Result<()> {
        self.0.respond(answer)
    }

    /// The secret.
    ///
    /// # Errors
    /// [`Error::UnwrapSecret`] when it is of another key or algorithm, or was changed, or
    /// [`is_wrapped_key`]; [`Error::Kms`] for other failures of KMS.
    pub fn finish(self) -> Result<Secret> {
        self.0.finish().map_err(|error| match error {
            Error::Unwrap => Error::UnwrapSecret,
            error => error,
        })
    }
}
