//! Which form a sealed secret has.

use super::Form;
use crate::error::{Error, Result};
use crate::keyring::KMS_RSA_PROVIDER;
use crate::message::{SYMMETRIC, is_symmetric};
use alloc::{string::String, vec::Vec};
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
    /// Decodes base64 (RFC 4648 section 4, strictly, but for line breaks and white space around
    /// lines) and tells a message from an RSA block.
    ///
    /// Neither length nor first byte does that alone: a message may be as long as a block (that of
    /// a 32-byte key often has 512 bytes), and a block begins with any byte. But every message to
    /// a KMS RSA key names that kind of key in its header, in 11 bytes that no block has but by a
    /// chance of less than 2^-79. So what is as long as a block and does not name it is a block.
    ///
    /// # Errors
    /// [`Error::NotSealed`] for text that nobody sealed, [`Error::Malformed`] for what is neither and
    /// might be broken; [`Error::Unsupported`] for a ciphertext of a symmetric KMS key.
    pub fn parse(value: &str) -> Result<Self> {
        let lines =
            value.split(['\r', '\n']).map(|line| line.trim_matches(['\u{feff}', ' ', '\t']));
        let bytes = Base64::decode_vec(&lines.collect::<String>()).map_err(|_| {
            refusal(value, "a sealed secret is standard base64, in lines or in one")
        })?;
        match bytes.as_slice() {
            symmetric if is_symmetric(symmetric) => Err(SYMMETRIC),
            block if BLOCK_LENGTHS.contains(&block.len()) && !names_kms_rsa(block) => {
                Ok(Self::Direct(bytes))
            }
            // Versions 2 and 1, as their bytes stand in docs/formats.md 2.2.
            [2, ..] | [1, 0x80, ..] => Ok(Self::Message(bytes)),
            _ => Err(refusal(value, "this is neither a message nor an RSA block")),
        }
    }

    /// Which form it has.
    #[must_use]
    pub const fn form(&self) -> Form {
        match self {
            Self::Message(_) => Form::Armoured,
            Self::Direct(_) => Form::Direct,
        }
    }

    /// Checks that it has this form, if one is demanded.
    ///
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

/// Characters, not in one line perhaps, that may be what is left of something sealed. Passwords and
/// tokens are shorter.
const LONG: usize = 136;
/// No line of such text is shorter, but the last.
const LINE: usize = 32;

/// Plain text, which nobody sealed, is told from something sealed that is broken or written in
/// another way: that is long, or has a word that begins as messages do (docs/formats.md 2.4).
fn refusal(value: &str, broken: &'static str) -> Error {
    // UTF-16 that was read byte by byte.
    let value: String = value.chars().filter(|letter| *letter != '\0').collect();
    let mut words = value.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let begins = words.any(|word| {
        matches!(
            word.as_bytes(),
            [b'A', b'g', b'R' | b'V', b'4', ..] | [b'A', b'Y', b'A', b'A'..=b'D', ..]
        )
    });
    let bare = value.trim_ascii().trim_matches(['"', '\'']);
    let lines: Vec<&str> = bare.split_ascii_whitespace().collect();
    let length: usize = lines.iter().map(|line| line.len()).sum();
    let (_, others) = lines.split_last().unwrap_or((&"", &[]));
    let is_encoded = lines.iter().flat_map(|line| line.bytes()).all(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
    });
    let long = length >= LONG && is_encoded && others.iter().all(|line| line.len() >= LINE);
    if begins || long {
        Error::Malformed(broken)
    } else {
        Error::NotSealed("this is not sealed: a sealed secret is long base64")
    }
}

fn names_kms_rsa(bytes: &[u8]) -> bool {
    let name = KMS_RSA_PROVIDER.as_bytes();
    bytes.windows(name.len()).any(|found| found == name)
}
