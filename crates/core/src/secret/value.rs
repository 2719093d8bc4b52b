//! Which form a sealed secret has.

use super::Form;
use crate::error::{Error, Result};
use crate::keyring::KMS_RSA_PROVIDER;
use alloc::vec::Vec;
use base64ct::{Base64, Encoding};

/// Lengths of an RSA block.
const BLOCK_LENGTHS: [usize; 3] = [256, 384, 512];

/// A sealed secret, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretValue {
    /// A message, for [`crate::open_with`].
    Message(Vec<u8>),
    /// An RSA block, for [`super::DirectOpening`].
    Direct(Vec<u8>),
}

impl SecretValue {
    /// Decodes one line of base64 (RFC 4648 section 4, strictly; white space may surround it) and
    /// tells a message from an RSA block.
    ///
    /// Neither length nor first byte does that alone: a message may be as long as a block (that of
    /// a 32-byte key often has 512 bytes), and a block begins with any byte. But every message to
    /// a KMS RSA key names that kind of key in its header, in 11 bytes that no block has but by a
    /// chance of less than 2^-79. So what is as long as a block and does not name it is a block.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is neither; [`Error::Unsupported`] for a ciphertext of a
    /// symmetric KMS key.
    pub fn parse(value: &str) -> Result<Self> {
        let line = value.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        let bytes = Base64::decode_vec(line)
            .map_err(|_| Error::Malformed("a sealed secret is one line of standard base64"))?;
        match bytes.as_slice() {
            // What KMS Encrypt and GenerateDataKey begin their ciphertexts with.
            [1, 1 | 2, 2 | 3, 0, 0x78, ..] => {
                Err(Error::Unsupported("this is the ciphertext of a symmetric KMS key"))
            }
            block if BLOCK_LENGTHS.contains(&block.len()) && !names_kms_rsa(block) => {
                Ok(Self::Direct(bytes))
            }
            // Versions 2 and 1, as their bytes stand in FORMATS.md 2.2.
            [2, ..] | [1, 0x80, ..] => Ok(Self::Message(bytes)),
            _ => Err(Error::Malformed("neither a message nor an RSA block")),
        }
    }
}

impl SecretValue {
    /// Which form it has.
    #[must_use]
    pub const fn form(&self) -> Form {
        match self {
            Self::Message(_) => Form::Armoured,
            Self::Direct(_) => Form::Direct,
        }
    }

    /// # Errors
    /// [`Error::Malformed`] when it has another form than the one that is demanded.
    pub fn demand(&self, form: Option<Form>) -> Result<()> {
        match form {
            Some(Form::Armoured) if self.form() == Form::Direct => {
                Err(Error::Malformed("a direct secret where an armoured one is demanded"))
            }
            Some(Form::Direct) if self.form() == Form::Armoured => {
                Err(Error::Malformed("an armoured secret where a direct one is demanded"))
            }
            _ => Ok(()),
        }
    }
}

fn names_kms_rsa(bytes: &[u8]) -> bool {
    let name = KMS_RSA_PROVIDER.as_bytes();
    bytes.windows(name.len()).any(|found| found == name)
}
