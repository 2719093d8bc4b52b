//! What bytes are that are no message: most often a message in another form, or something that was
//! never sealed. Only failures come here, and they look at the first bytes only.

use crate::error::Error;
use alloc::vec::Vec;

/// As many bytes tell one from another.
pub(super) const LOOK: usize = 128;
/// More than this many bytes at a message's start are never text by chance: its id is random.
const PROOF: usize = 35;

/// Whether bytes begin as a message does, however they go on.
const fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [] | [1 | 2, ..])
}

/// The error for bytes whose header is broken, or ends where it should not: `error`, unless they
/// tell more.
pub(super) fn explain(bytes: &[u8], error: Error) -> Error {
    let start = bytes.get(..LOOK).unwrap_or(bytes);
    match start {
        _ if is_symmetric(start) => SYMMETRIC,
        _ if begins(start) && went_through_text(start) => THROUGH_TEXT,
        _ if begins(start) => error,
        _ => name(start),
    }
}

/// What KMS Encrypt and GenerateDataKey begin the ciphertexts of symmetric keys with.
pub(crate) const fn is_symmetric(bytes: &[u8]) -> bool {
    matches!(bytes, [1, 1 | 2, 2 | 3, 0, 0x78, ..])
}

pub(crate) const SYMMETRIC: Error =
    Error::Unsupported("this is the ciphertext of a symmetric KMS key, which KMS opens by itself");
pub(super) const THROUGH_TEXT: Error = Error::Malformed(
    "these bytes went through text, which changed them for good: fetch or read them as bytes",
);
const WRITTEN_OUT: Error =
    Error::Malformed("this is a message written out in hexadecimal or decimal; decode it first");
const FIRST_BYTE: Error = Error::Malformed("the first byte of this message is damaged");

/// A decoder of text leaves valid UTF-8, be it with U+FFFD or question marks for what it did not
/// know, or with every byte a character of Latin-1.
fn went_through_text(start: &[u8]) -> bool {
    match start {
        // The second byte of version 1, 0x80, as each of these decoders writes it.
        [1, 0xc2, 0x80, ..] | [1, 0xef, 0xbf, 0xbd, ..] | [1, b'?', 0..=3, ..] => true,
        // UTF-16 without its mark.
        [1, 0, 0x80, 0, ..] | [2, 0, 4 | 5, ..] => true,
        _ => start.len() >= PROOF && is_text(start),
    }
}

/// UTF-8, of which the end may be cut off.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    match core::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// What begins with another byte than a message.
fn name(start: &[u8]) -> Error {
    if matches!(start, [_, 4 | 5, 0x78, ..] | [_, 0x80, 0..=3, ..]) && !is_text(start) {
        return FIRST_BYTE;
    }
    let narrow = narrow(start);
    let text = unquoted(&narrow);
    // A message that was written as UTF-16, or behind a byte order mark.
    if matches!(text, [2, 4 | 5, 0x78, ..] | [1, 0x80 | 0xc2 | 0xef | 0xfd, ..]) {
        return THROUGH_TEXT;
    }
    if is_base64(text) {
        return Error::Base64;
    }
    if is_written_out(text) {
        return WRITTEN_OUT;
    }
    Error::NotSealed(match text {
        [b'%', b'P', b'D', b'F', ..] => "this is a PDF file, and not sealed",
        [0x89, b'P', b'N', b'G', ..] => "this is a PNG picture, and not sealed",
        [0xff, 0xd8, 0xff, ..] => "this is a JPEG picture, and not sealed",
        [b'P', b'K', 3, 4, ..] => "this is a ZIP archive, and not sealed",
        [0x1f, 0x8b, ..] => "this is gzip, and not sealed, unless what it holds is",
        [b'<', b'!' | b'h' | b'H', ..] => "this is HTML, such as an error page, and not sealed",
        [b'<', ..] => "this is XML, such as an error of S3, and not sealed",
        [b'{' | b'[', ..] => "this is JSON, and not sealed; an object's metadata are JSON",
        _ if is_text(text) && !text.contains(&0) => "this is text, and not sealed",
        _ => {
            "this is no AWS Encryption SDK message; the body of an S3 Encryption Client object is opened together with its metadata"
        }
    })
}

/// Without a byte order mark; of UTF-16 the low bytes.
fn narrow(start: &[u8]) -> Vec<u8> {
    let low = |bytes: &[u8], first| bytes.iter().skip(first).step_by(2).copied().collect();
    match start {
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.to_vec(),
        [0xff, 0xfe, rest @ ..] => low(rest, 0),
        [0xfe, 0xff, rest @ ..] => low(rest, 1),
        [_, 0, _, 0, ..] => low(start, 0),
        [0, _, 0, _, ..] => low(start, 1),
        _ => start.to_vec(),
    }
}

/// Without what people and programs write before encoded bytes: white space, quotes, Python's `b'`,
/// a line of PEM, the head of a `data:` URL.
fn unquoted(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    let after = |end: u8| text.splitn(2, |byte| *byte == end).nth(1).unwrap_or_default();
    match text {
        [b'b', b'"' | b'\'', rest @ ..] => rest,
        [b'"' | b'\'' | b'`', rest @ ..] => unquoted(rest),
        [b'-', b'-', b'-', ..] => after(b'\n').trim_ascii_start(),
        [b'd' | b'D', b'a' | b'A', b't' | b'T', b'a' | b'A', b':', ..] => after(b','),
        _ => text,
    }
}

/// Of either alphabet, and be it of base64: `02 04 78`, `02 05 78`, `01 80 0n` (FORMATS.md 2.4).
fn is_base64(text: &[u8]) -> bool {
    let message = matches!(
        text,
        [b'A', b'g', b'R' | b'V', b'4', ..]
            | [b'A', b'Y', b'A', b'A'..=b'D', ..]
            | [b'Q', b'W', b'd', b'S' | b'W', b'N', ..]
            | [b'Q', b'V', b'l', b'B', ..]
    );
    message
        && text.iter().take(24).all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=' | b'%' | b'\\' | b'\r' | b'\n')
        })
}

/// Hexadecimal, or numbers as an array, an object or a Buffer has them in JSON.
fn is_written_out(text: &[u8]) -> bool {
    let hex = match text {
        [b'0' | b'\\', b'x' | b'X', rest @ ..] => rest,
        _ => text,
    };
    let digits: Vec<u8> =
        hex.iter().copied().filter(|byte| !matches!(byte, b' ' | b':' | b'-')).take(8).collect();
    let numbers: Vec<u32> = text
        .split(|byte| !byte.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(decimal)
        .take(8)
        .collect();
    let listed = matches!(text, [b'[' | b'{' | b'0'..=b'9', ..]);
    match &*digits {
        [b'0', b'2', b'0', b'4' | b'5', b'7', b'8', ..] => true,
        [b'0', b'1', b'8', b'0', b'0', b'0'..=b'3', low @ ..] => {
            matches!(low, b"14" | b"46" | b"78")
        }
        _ => {
            listed
                && matches!(
                    &*numbers,
                    [2, 4 | 5, 120, ..]
                        | [1, 128, 0..=3, 20 | 70 | 120, ..]
                        | [0, 2, 1, 4 | 5, 2, 120, ..]
                        | [0, 1, 1, 128, 2, 0..=3, 3, 20 | 70 | 120]
                )
        }
    }
}

fn decimal(digits: &[u8]) -> u32 {
    let add = |sum: u32, digit: &u8| sum.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
    digits.iter().fold(0, add)
}
