//! Recognises the form of a sealed secret.

use super::Form;
use crate::error::{Error, Result};
use crate::keyring::KMS_RSA_PROVIDER;
use crate::message::{SYMMETRIC, is_symmetric};
use alloc::{vec, vec::Vec};
use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

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
    /// Decodes base64 in UTF-8 (RFC 4648 section 4, strictly, but for line breaks and white space around
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
    pub fn parse(value: impl AsRef<[u8]>) -> Result<Self> {
        let value = value.as_ref();
        let mut line = Zeroizing::new(Vec::with_capacity(value.len()));
        for part in value.split(|byte| matches!(byte, b'\r' | b'\n')) {
            line.extend_from_slice(trimmed(part));
        }
        let mut room = Zeroizing::new(vec![0; line.len()]);
        let line = str::from_utf8(&line).ok();
        let Some(bytes) = line.and_then(|line| Base64::decode(line, &mut room).ok()) else {
            return Err(refusal(value, "this is not standard base64, as a sealed secret must be"));
        };
        match bytes {
            symmetric if is_symmetric(symmetric) => Err(SYMMETRIC),
            block if BLOCK_LENGTHS.contains(&block.len()) && !names_kms_rsa(block) => {
                Ok(Self::Direct(block.to_vec()))
            }
            // Versions 2 and 1, as their bytes stand in docs/formats.md 2.2.
            [2, ..] | [1, 0x80, ..] => Ok(Self::Message(bytes.to_vec())),
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

/// The line without white space around it, and without byte order marks, which pasting leaves in a text.
fn trimmed(mut line: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..]
    | [rest @ .., b' ' | b'\t']
    | [0xef, 0xbb, 0xbf, rest @ ..]
    | [rest @ .., 0xef, 0xbb, 0xbf] = line
    {
        line = rest;
    }
    line
}

/// Plain text, which nobody sealed, is told from something sealed that is broken or written in
/// another way: that is long, or has a word that begins as messages do (docs/formats.md 2.4).
fn refusal(value: &[u8], broken: &'static str) -> Error {
    let mut text = Zeroizing::new(value.to_vec());
    // UTF-16 that was read byte by byte.
    text.retain(|byte| *byte != 0);
    let mut words = text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    let begins = words.any(|word| {
        matches!(word, [b'A', b'g', b'R' | b'V', b'4', ..] | [b'A', b'Y', b'A', b'A'..=b'D', ..])
    });
    if begins || is_long(&text) {
        Error::Malformed(broken)
    } else {
        Error::NotSealed("this is not sealed: a sealed secret is long base64")
    }
}

/// Whether it is long base64 of any alphabet, in one line or in long ones, in quotes or in none.
fn is_long(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else { return false };
    let blank = |letter: char| letter.is_whitespace() || matches!(letter, '\u{feff}' | '"' | '\'');
    let is_encoded =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    let (mut length, mut last) = (0, LINE);
    for line in text.split(blank) {
        if line.is_empty() {
            continue;
        }
        if last < LINE || !line.bytes().all(is_encoded) {
            return false;
        }
        last = line.len();
        length += last;
    }
    length >= LONG
}

fn names_kms_rsa(bytes: &[u8]) -> bool {
    let name = KMS_RSA_PROVIDER.as_bytes();
    bytes.windows(name.len()).any(|found| found == name)
}
