//! What a DER structure is, by its first fields, and the one that KMS exports of an RSA key.

use crate::error::{Error, Result};
use alloc::{borrow::Cow, vec, vec::Vec};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// The version of a certificate.
const CONTEXT_0: u8 = 0xa0;

/// rsaEncryption with the parameters NULL (RFC 8017, appendix C).
const RSA_ALGORITHM: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

pub(super) const CERTIFICATE: Error = Error::PublicKey(
    "this is a certificate. Give the key that KMS exports: aws kms get-public-key --output json",
);
pub(super) const REQUEST: Error =
    Error::PublicKey("this is a certificate request. Give the key that KMS exports");
pub(super) const CUT: Error = Error::PublicKey("it is cut: its end is missing");
pub(super) const SEVERAL: Error =
    Error::PublicKey("there is more than one key or PEM. Give exactly one key");

/// The SubjectPublicKeyInfo that `der` is, or that KMS exports of the RSAPublicKey that it is.
pub(super) fn spki(der: &[u8]) -> Result<Cow<'_, [u8]>> {
    let (content, rest) = sequence(der).ok_or(Error::PublicKey("no DER of a key"))?;
    let pkcs1 = match *content {
        // Private keys of PKCS#1, PKCS#8 and SEC 1 begin with their version.
        [INTEGER, 1, 0 | 1, ..] => return Err(Error::PrivateKey),
        [INTEGER, 1, 3, ..] => {
            return Err(Error::PublicKey("this is a PKCS#12 container, which holds a private key"));
        }
        [INTEGER, ..] => true,
        [OBJECT_IDENTIFIER, ..] => {
            return Err(Error::PublicKey("this is a PKCS#7 container. Give the key alone"));
        }
        _ => check_algorithm(content).map(|()| false)?,
    };
    match rest {
        None => Err(CUT),
        Some([]) if pkcs1 => Ok(Cow::Owned(of_pkcs1(der))),
        Some([]) => Ok(Cow::Borrowed(der)),
        Some([SEQUENCE, ..]) => Err(SEVERAL),
        Some(_) => Err(Error::PublicKey("something follows the key")),
    }
}

/// What a structure is that begins with another one, which is an algorithm only in keys.
fn check_algorithm(content: &[u8]) -> Result<()> {
    match sequence(content) {
        Some(([CONTEXT_0, ..], _)) => Err(CERTIFICATE),
        Some(([INTEGER, 1, 0, SEQUENCE, ..], _)) => Err(REQUEST),
        Some(([INTEGER, ..], _)) => Err(CERTIFICATE),
        // A private key under a passphrase.
        Some((_, Some([OCTET_STRING, ..]))) => Err(Error::PrivateKey),
        _ => Ok(()),
    }
}

/// The content of the SEQUENCE at the beginning, as far as it is there, and what follows it;
/// `None` for the latter when the SEQUENCE is cut.
fn sequence(der: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let (length, content) = match der {
        [SEQUENCE, length @ 0..=0x7f, content @ ..] => (usize::from(*length), content),
        [SEQUENCE, 0x81, length, content @ ..] => (usize::from(*length), content),
        [SEQUENCE, 0x82, high, low, content @ ..] => {
            (usize::from(u16::from_be_bytes([*high, *low])), content)
        }
        _ => return None,
    };
    match content.split_at_checked(length) {
        Some((content, rest)) => Some((content, Some(rest))),
        None => Some((content, None)),
    }
}

/// The SubjectPublicKeyInfo of an RSAPublicKey.
fn of_pkcs1(pkcs1: &[u8]) -> Vec<u8> {
    let bits = [&[0], pkcs1].concat();
    field(SEQUENCE, &[&RSA_ALGORITHM[..], &field(BIT_STRING, &bits)].concat())
}

/// The SubjectPublicKeyInfo of an RSA key whose numbers are known.
pub(super) fn of_numbers(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    of_pkcs1(&field(SEQUENCE, &[integer(modulus), integer(exponent)].concat()))
}

fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    // The first bit is the sign.
    match digits.first() {
        Some(1..=0x7f) => field(INTEGER, digits),
        _ => field(INTEGER, &[&[0], digits].concat()),
    }
}

/// Of up to 65,535 bytes, which is more than any input has.
fn field(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut out = match (high, low) {
        (0, 0..=0x7f) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    out.extend_from_slice(content);
    out
}
