//! Small secrets: one line of text, for the places that hold strings (docs/formats.md 1.1 and 6.1).
//!
//! Two forms. *Armoured* is base64 of a message, as [`crate::seal`] makes it: of any length, bound
//! to an encryption context, opened by every AWS Encryption SDK. *Direct* is base64 of one RSA
//! block over the secret itself: short, without a context, opened by KMS Decrypt alone.
//!
//! ```
//! # fn main() -> bongtu::Result<()> {
//! # let pem = include_bytes!("../tests/data/rsa2048-public.pem");
//! use bongtu::secret::{SecretOptions, Target, seal_secret};
//! use bongtu::{KeyArn, Keyring, KmsPublicKey, KmsRsaKeyring};
//!
//! let arn = KeyArn::parse("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")?;
//! let keyring = Keyring::KmsRsa(KmsRsaKeyring::new(KmsPublicKey::parse(pem)?, arn, None)?);
//! let options = SecretOptions { target: Some(Target::SsmStandard), ..Default::default() };
//! let value = seal_secret(&keyring, b"correct horse", options)?;
//! # assert_eq!(value.len(), 660);
//! # Ok(())
//! # }
//! ```
//!
//! Whoever runs the cryptography or asks KMS in another way has the parts: [`direct_wrap`],
//! [`SecretValue::parse`] and [`DirectOpening`].

mod direct;
mod target;
mod value;

pub use crate::keys::Secret;
pub use direct::{DirectOpening, direct_wrap, direct_wrap_to, is_wrapped_key};
pub use target::Target;
pub use value::SecretValue;

use crate::codec::widen;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::executor;
use crate::keyring::Keyring;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use crate::message::{self, OpenOptions, SealOptions, sealed_size};
use crate::named::named;
use crate::plan::WrapOp;
use crate::public_key::KmsPublicKey;
use crate::wrap::EncryptionAlgorithm;
use alloc::string::String;
use base64ct::{Base64, Encoding};

named! {
    /// How a secret is sealed.
    #[derive(Default)]
    pub enum Form {
        /// Base64 of an AWS Encryption SDK message.
        #[default]
        Armoured = "armoured",
        /// Base64 of a bare RSA block. Its KMS key should open direct secrets and nothing else: see
        /// [`is_wrapped_key`].
        Direct = "direct",
    }
    otherwise |_| Error::Input("form must be armoured or direct")
}

impl Form {
    /// Checks that a secret of this form can have such a context.
    ///
    /// # Errors
    /// [`Error::Context`] for an encryption context with the direct form.
    pub fn check_context(self, context: &EncryptionContext) -> Result<()> {
        if self == Self::Direct && context.iter().next().is_some() {
            return Err(Error::Context(
                "a direct secret has no encryption context; use the armoured form",
            ));
        }
        Ok(())
    }
}

/// The options of sealing a secret.
#[derive(Clone, Debug, Default)]
pub struct SecretOptions {
    /// Armoured unless set.
    pub form: Form,
    /// Where the value will be stored; one that does not fit there is refused.
    pub target: Option<Target>,
    /// The encryption context of an armoured secret; a direct one has none.
    pub encryption_context: EncryptionContext,
}

/// Characters of a sealed secret, without line breaks: what is larger is sealed as a message.
pub const MAX_CHARACTERS: u64 = 4 * 1024 * 1024;

/// Checks that the target takes base64 of a message of `size` bytes. A direct secret, of at most 684
/// characters, fits everywhere.
///
/// # Errors
/// [`Error::Limit`] when it does not fit.
pub fn check_characters(target: Option<Target>, size: u64) -> Result<()> {
    let (what, limit) = match target {
        Some(target) => (target.characters(), target.capacity()),
        None => ("characters of a sealed secret", MAX_CHARACTERS),
    };
    // Base64 makes four characters of three bytes, and of what is left.
    let found = size.div_ceil(3).saturating_mul(4);
    if found > limit { Err(Error::Limit { what, found, limit }) } else { Ok(()) }
}

/// Seals `secret` to one line of base64. No KMS call is made.
///
/// # Errors
/// As [`crate::seal`] or [`direct_wrap`]; [`Error::Limit`] when the target does not take the value,
/// [`Error::Context`] for an encryption context with the direct form.
pub fn seal_secret(keyring: &Keyring, secret: &[u8], options: SecretOptions) -> Result<String> {
    let SecretOptions { form, target, encryption_context } = options;
    form.check_context(&encryption_context)?;
    match form {
        Form::Armoured => {
            let options = SealOptions { encryption_context, ..SealOptions::default() };
            check_characters(target, sealed_size(keyring, widen(secret.len()), &options)?)?;
            Ok(Base64::encode_string(&message::seal(keyring, secret, options)?))
        }
        Form::Direct => run(&direct_wrap(keyring, secret)?),
    }
}

/// Seals `secret` directly to a key of which no ARN needs to be known: a direct secret names none.
///
/// # Errors
/// As [`direct_wrap_to`].
pub fn seal_secret_to(
    key: &KmsPublicKey,
    algorithm: EncryptionAlgorithm,
    secret: &[u8],
) -> Result<String> {
    run(&direct_wrap_to(key.clone(), algorithm, secret)?)
}

fn run(op: &WrapOp) -> Result<String> {
    Ok(Base64::encode_string(&executor::wrap(op)?))
}

/// The options of opening a secret.
#[derive(Clone, Debug, Default)]
pub struct OpenSecretOptions {
    /// A value of the other form is refused before KMS is asked; either is opened unless set.
    pub form: Option<Form>,
    /// The pairs of an armoured secret's message.
    pub message: OpenOptions,
}

impl From<OpenOptions> for OpenSecretOptions {
    fn from(message: OpenOptions) -> Self {
        Self { form: None, message }
    }
}

/// Opens a secret of either form. `kms` makes the Decrypt calls that are asked for.
///
/// # Errors
/// As [`SecretValue::parse`] and [`SecretValue::demand`]; then as [`crate::open_with`], or, for a
/// direct secret, as [`DirectOpening::new`] and [`DirectOpening::finish`].
pub fn open_secret_with(
    keyring: &Keyring,
    value: &str,
    options: impl Into<OpenSecretOptions>,
    mut kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
) -> Result<Secret> {
    let OpenSecretOptions { form, message: options } = options.into();
    let value = SecretValue::parse(value)?;
    value.demand(form)?;
    match value {
        SecretValue::Message(message) => {
            let (_, secret) = message::open_with(keyring, &message, options, kms)?;
            Ok(Secret::new(secret))
        }
        SecretValue::Direct(block) => {
            let mut opening = DirectOpening::new(keyring, block, &options)?;
            while let Some(request) = opening.request() {
                let answer = kms(request);
                opening.respond(answer)?;
            }
            opening.finish()
        }
    }
}
