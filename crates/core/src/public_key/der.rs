//! DER of public keys: what a structure is, by its first fields, and the numbers of an RSA key. What
//! is read is written anew and must be the same, so that there is one DER of each key.

use crate::error::{Error, Result};
use alloc::{vec, vec::Vec};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// The version of a certificate.
const CONTEXT_0: u8 = 0xa0;

/// 1.2.840.113549.1.1.1
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const NULL: &[u8] = &[0x05, 0x00];

/// Kinds of keys that people confuse with RSA encryption keys.
const OTHER_KINDS: [(&[u8], &str); 6] = [
    // 1.2.840.10045.2.1
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01], "an elliptic-curve (EC) key"),
    // 1.2.840.113549.1.1.10
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a], "an RSASSA-PSS key"),
    // 1.2.840.113549.1.1.7
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07],
        "an id-RSAES-OAEP key, which KMS never exports,",
    ),
    // 1.3.101.112 and 110
    (&[0x2b, 0x65, 0x70], "an Ed25519 key"),
    (&[0x2b, 0x65, 0x6e], "an X25519 key"),
    // 1.2.840.10040.4.1
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01], "a DSA key"),
];

pub(super) const CERTIFICATE: Error = Error::PublicKey(
    "this is a certificate. Give the key that KMS exports: aws kms get-public-key --output json",
);
pub(super) const REQUEST: Error =
    Error::PublicKey("this is a certificate request. Give the key that KMS exports");
pub(super) const CUT: Error = Error::PublicKey("it is cut: its end is missing");
pub(super) const SEVERAL: Error =
    Error::PublicKey("there is more than one key or PEM. Give exactly one key");
const DAMAGED: Error = Error::PublicKey("its DER is damaged");

/// An RSA key.
pub(super) struct Key<'a> {
    /// The key as KMS exports it.
    pub(super) spki: Vec<u8>,
    /// Both big-endian, without zeros before them.
    pub(super) modulus: &'a [u8],
    pub(super) exponent: &'a [u8],
}

/// Reads a SubjectPublicKeyInfo (RFC 5280) or an RSAPublicKey (RFC 8017).
pub(super) fn read(der: &[u8]) -> Result<Key<'_>> {
    let (content, rest) =
        element(SEQUENCE, der).ok_or(Error::PublicKey("this DER does not hold a key"))?;
    refuse_by_name(content)?;
    let line_end = match rest {
        None => return Err(CUT),
        // An editor's or a shell's.
        Some(end @ ([] | b"\n" | b"\r\n")) => end.len(),
        Some([SEQUENCE, ..]) => return Err(SEVERAL),
        Some(_) => return Err(Error::PublicKey("something follows the key")),
    };
    let der = der.get(..der.len() - line_end).unwrap_or(der);
    let bare = content.first() == Some(&INTEGER);
    let pkcs1 = if bare { der } else { rsa_public_key(content)? };
    let (modulus, exponent) = numbers(pkcs1).ok_or(DAMAGED)?;
    let written = of_numbers(modulus, exponent);
    let spki = spki(&written);
    if der == if bare { &written } else { &spki } {
        Ok(Key { spki, modulus, exponent })
    } else {
        Err(DAMAGED)
    }
}

/// Structures that hold keys, but not so; private keys begin with their version.
fn refuse_by_name(content: &[u8]) -> Result<()> {
    Err(match *content {
        // These are private keys of PKCS#1, PKCS#8 and SEC 1, and PKCS#12, a container that holds one.
        [INTEGER, 1, 0 | 1 | 3, ..] => Error::PrivateKey,
        [OBJECT_IDENTIFIER, ..] => {
            Error::PublicKey("this is a PKCS#7 container. Give the key alone")
        }
        _ => match element(SEQUENCE, content) {
            Some(([INTEGER, 1, 0, SEQUENCE, ..], _)) => REQUEST,
            Some(([CONTEXT_0 | INTEGER, ..], _)) => CERTIFICATE,
            // Under a passphrase.
            Some((_, Some([OCTET_STRING, ..]))) => Error::PrivateKey,
            _ => return Ok(()),
        },
    })
}

/// The RSAPublicKey within a SubjectPublicKeyInfo.
fn rsa_public_key(spki: &[u8]) -> Result<&[u8]> {
    let (algorithm, key) = whole(SEQUENCE, spki).ok_or(DAMAGED)?;
    let (kind, parameters) = whole(OBJECT_IDENTIFIER, algorithm).ok_or(DAMAGED)?;
    if kind != RSA_ENCRYPTION {
        let known = OTHER_KINDS.iter().find(|(other, _)| *other == kind);
        return Err(Error::KeyType(known.map_or("a key that is not RSA", |(_, name)| name)));
    }
    if parameters != NULL {
        return Err(Error::PublicKey("the algorithm's parameters are not NULL"));
    }
    match whole(BIT_STRING, key) {
        Some(([0, key @ ..], _)) => Ok(key),
        Some(_) => Err(Error::PublicKey("the bit string has unused bits")),
        None => Err(DAMAGED),
    }
}

/// Modulus and exponent of an RSAPublicKey.
fn numbers(pkcs1: &[u8]) -> Option<(&[u8], &[u8])> {
    let (content, _) = whole(SEQUENCE, pkcs1)?;
    let (modulus, rest) = whole(INTEGER, content)?;
    let (exponent, _) = whole(INTEGER, rest)?;
    Some((without_zeros(modulus), without_zeros(exponent)))
}

/// The element at the beginning, which must be there to its end, and what follows it.
fn whole(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (content, rest) = element(tag, der)?;
    Some((content, rest?))
}

/// The content of the element at the beginning, as far as it is there, and what follows it; `None`
/// for the latter when the element is cut.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let (length, content) = match der.strip_prefix(&[tag])? {
        [length @ 0..=0x7f, content @ ..] => (usize::from(*length), content),
        [0x81, length, content @ ..] => (usize::from(*length), content),
        [0x82, high, low, content @ ..] => {
            (usize::from(u16::from_be_bytes([*high, *low])), content)
        }
        _ => return None,
    };
    match content.split_at_checked(length) {
        Some((content, rest)) => Some((content, Some(rest))),
        None => Some((content, None)),
    }
}

/// The RSAPublicKey of these numbers.
pub(super) fn of_numbers(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    field(SEQUENCE, &[&integer(modulus), &integer(exponent)])
}

/// The SubjectPublicKeyInfo that KMS exports of an RSAPublicKey.
fn spki(pkcs1: &[u8]) -> Vec<u8> {
    let algorithm = field(SEQUENCE, &[&field(OBJECT_IDENTIFIER, &[RSA_ENCRYPTION]), NULL]);
    field(SEQUENCE, &[&algorithm, &field(BIT_STRING, &[&[0], pkcs1])])
}

fn integer(number: &[u8]) -> Vec<u8> {
    let digits = without_zeros(number);
    match digits.first() {
        Some(1..=0x7f) => field(INTEGER, &[digits]),
        // The first bit is the sign.
        _ => field(INTEGER, &[&[0], digits]),
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// Encodes a field of up to 65,535 bytes, which is more than any input has.
fn field(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut out = match (high, low) {
        (0, 0..=0x7f) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    out.extend(content);
    out
}
