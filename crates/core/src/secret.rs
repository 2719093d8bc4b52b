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
use crate::plan::WrapOp;
use crate::public_key::KmsPublicKey;
use crate::wrap::EncryptionAlgorithm;
use alloc::string::String;
use base64ct::{Base64, Encoding};

/// The form of a sealed secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Base64 of an AWS Encryption SDK message.
    #[default]
    Armoured,
    /// Base64 of a bare RSA block. Its KMS key should open direct secrets and nothing else: see
    /// [`is_wrapped_key`].
    Direct,
}

impl Form {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Armoured, Self::Direct];

    /// `armoured` or `direct`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Armoured => "armoured",
            Self::Direct => "direct",
        }
    }

    /// # Errors
    /// [`Error::Input`] for any other name.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|form| form.name() == name)
            .ok_or(Error::Input("form must be armoured or direct"))
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

impl SecretOptions {
    /// Checks that they go together.
    ///
    /// # Errors
    /// [`Error::Context`] for an encryption context with the direct form.
    pub fn check(&self) -> Result<()> {
        if self.form == Form::Direct && self.encryption_context.iter().next().is_some() {
            return Err(Error::Context(
                "a direct secret has no encryption context; use the armoured form",
            ));
        }
        Ok(())
    }

    /// Checks that `keyring` seals a secret of `length` bytes, and that the target takes what comes of
    /// it. A direct one, of at most 684 characters, fits everywhere.
    ///
    /// # Errors
    /// [`Error::Limit`] when it does not fit; as [`sealed_size`] and [`direct_wrap`] for the keyring.
    pub fn check_for(&self, keyring: &Keyring, length: u64) -> Result<()> {
        if self.form == Form::Direct {
            return keyring.direct_key().map(|_| ());
        }
        let options = SealOptions {
            encryption_context: self.encryption_context.clone(),
            ..SealOptions::default()
        };
        let size = sealed_size(keyring, length, &options)?;
        // Base64 makes four characters of three bytes, and of what is left.
        let characters = size.div_ceil(3).saturating_mul(4);
        match self.target {
            Some(target) => target.check(characters),
            None if characters <= MAX_CHARACTERS => Ok(()),
            None => Err(Error::Limit {
                what: "characters of a sealed secret",
                found: characters,
                limit: MAX_CHARACTERS,
            }),
        }
    }
}

/// Seals `secret` to one line of base64. No KMS call is made.
///
/// # Errors
/// As [`crate::seal`] or [`direct_wrap`]; [`Error::Limit`] when the target does not take the value,
/// [`Error::Context`] for an encryption context with the direct form.
pub fn seal_secret(keyring: &Keyring, secret: &[u8], options: SecretOptions) -> Result<String> {
    options.check()?;
    match options.form {
        Form::Armoured => {
            options.check_for(keyring, widen(secret.len()))?;
            let SecretOptions { encryption_context, .. } = options;
            let options = SealOptions { encryption_context, ..SealOptions::default() };
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
    /// Those of an armoured secret's message.
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
