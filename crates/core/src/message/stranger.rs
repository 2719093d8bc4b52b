//! Names bytes that are not a message: most often a message in another form, or something that was
//! never sealed. Only failures come here, and they look at the first bytes only.

use crate::error::Error;
use alloc::vec::Vec;

/// So many bytes are enough to tell one from another.
pub(super) const LOOK: usize = 128;
/// So many bytes at a message's start are never text by chance: its id is random.
const PROOF: usize = 35;

pub(crate) const SYMMETRIC: Error =
    Error::Unsupported("this is the ciphertext of a symmetric KMS key, which KMS opens by itself");
pub(super) const THROUGH_TEXT: Error = Error::Malformed(
    "these bytes went through text, which changed them for good: fetch or read them as bytes",
);
const WRITTEN_OUT: Error =
    Error::Malformed("this is a message written out in hexadecimal or decimal; decode it first");
const FIRST_BYTE: Error = Error::Malformed("the first byte of this message is damaged");

/// The error for bytes whose header is broken, or ends where it should not: `error`, unless they
/// tell more.
pub(super) fn explain(bytes: &[u8], error: Error) -> Error {
    let start = bytes.get(..LOOK).unwrap_or(bytes);
    let begins = matches!(start, [] | [1 | 2, ..]);
    if is_symmetric(start) {
        SYMMETRIC
    } else if begins && went_through_text(start) {
        THROUGH_TEXT
    } else if begins {
        error
    } else {
        name(start)
    }
}

/// Whether this begins as KMS Encrypt and GenerateDataKey begin ciphertexts of symmetric keys.
pub(crate) const fn is_symmetric(bytes: &[u8]) -> bool {
    matches!(bytes, [1, 1 | 2, 2 | 3, 0, 0x78, ..])
}

/// The start of a message after a decoder of text: 0x80 became a character of Latin-1, U+FFFD or
/// a question mark, or two bytes of every one.
const CHANGED: [&[u8]; 6] = [
    &[1, 0xc2, 0x80],
    &[1, 0xef, 0xbf, 0xbd],
    &[1, b'?', 0],
    &[1, b'?', 3],
    &[1, 0, 0x80, 0],
    &[2, 0, 4],
];

/// A decoder of text leaves valid UTF-8, be it with U+FFFD or question marks for what it did not
/// know, or with every byte a character of Latin-1.
fn went_through_text(start: &[u8]) -> bool {
    starts_with(start, &CHANGED) || start.len() >= PROOF && is_text(start)
}

fn starts_with(bytes: &[u8], starts: &[&[u8]]) -> bool {
    starts.iter().any(|start| bytes.starts_with(start))
}

/// UTF-8, of which the end may be cut off.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Starts of what nobody sealed, once white space is left out, and what it is.
const NAMES: [(&[u8], &str); 10] = [
    (b"%PDF", "this is a PDF file, and not sealed"),
    (b"\x89PNG", "this is a PNG picture, and not sealed"),
    (b"\xff\xd8\xff", "this is a JPEG picture, and not sealed"),
    (b"PK\x03\x04", "this is a ZIP archive, and not sealed"),
    (b"\x1f\x8b", "this is gzip, and not sealed; perhaps the file inside is sealed"),
    (b"<!", "this is HTML, such as an error page, and not sealed"),
    (b"<h", "this is HTML, such as an error page, and not sealed"),
    (b"<", "this is XML, such as an error of S3, and not sealed"),
    (b"{", "this is JSON, such as an object's metadata, and not sealed"),
    (b"[", "this is JSON, and not sealed"),
];

/// Names input that begins with another byte than a message.
fn name(start: &[u8]) -> Error {
    let is_utf8 = is_text(start);
    if !is_utf8 && matches!(start, [_, 4 | 5, 0x78, ..] | [_, 0x80, 0..=3, ..]) {
        return FIRST_BYTE;
    }
    let text = narrow(start);
    // A message that was written as UTF-16, or behind a byte order mark.
    if matches!(&*text, [2, 4 | 5, 0x78, ..] | [1, 0x80 | 0xc2 | 0xef | 0xfd, ..]) {
        return THROUGH_TEXT;
    }
    if let Some(error) = written_out(&text) {
        return error;
    }
    let trimmed = text.trim_ascii_start();
    let known = NAMES.iter().find(|(start, _)| trimmed.starts_with(start));
    Error::NotSealed(match known {
        Some((_, name)) => name,
        None if is_text(&text) && !text.contains(&0) => "this is text, and not sealed",
        None => {
            "this is not an AWS Encryption SDK message; the body of an S3 Encryption Client object is opened together with its metadata"
        }
    })
}

/// The text without a byte order mark, and only the low bytes of UTF-16.
fn narrow(start: &[u8]) -> Vec<u8> {
    let (skipped, step) = match start {
        [0xef, 0xbb, 0xbf, ..] => (3, 1),
        [0xff, 0xfe, ..] => (2, 2),
        [0xfe, 0xff, ..] => (3, 2),
        [_, 0, _, 0, ..] => (0, 2),
        [0, _, 0, _, ..] => (1, 2),
        _ => (0, 1),
    };
    start.iter().skip(skipped).step_by(step).copied().collect()
}

/// How encoded messages begin (docs/formats.md 2.4), without the characters that [`is_between`]
/// names; `?` is any digit or letter. First base64, and base64 of that.
const BASE64: [&[u8]; 9] =
    [b"AgR4", b"AgV4", b"AYAA", b"AYAB", b"AYAC", b"AYAD", b"QWdSN", b"QWdWN", b"QVlB"];
/// Then hexadecimal; numbers, and numbers behind their indexes, as JSON has typed arrays.
const WRITTEN: [&[u8]; 13] = [
    b"020478",
    b"020578",
    b"01800?14",
    b"01800?46",
    b"01800?78",
    b"2,4,120,",
    b"2,5,120,",
    b"1,128,?,20,",
    b"1,128,?,70,",
    b"1,128,?,120,",
    b"02,14,2120,",
    b"02,15,2120,",
    b"01,1128,2?,3",
];

/// Text in which, behind whatever quotes, names or heads of a `data:` URL, a message begins that is
/// encoded.
fn written_out(text: &[u8]) -> Option<Error> {
    let mut before = b' ';
    for (at, byte) in text.iter().enumerate() {
        let rest = text.get(at..)?;
        if before == b'x' || !before.is_ascii_alphanumeric() {
            if BASE64.iter().any(|pattern| matches(rest, pattern) && is_base64(rest)) {
                return Some(Error::Base64);
            }
            if WRITTEN.iter().any(|pattern| matches(rest, pattern)) {
                return Some(WRITTEN_OUT);
            }
        }
        before = *byte;
    }
    None
}

fn matches(text: &[u8], pattern: &[u8]) -> bool {
    let mut pattern = pattern.iter();
    let mut wanted = pattern.next();
    for byte in text {
        match wanted {
            None => break,
            Some(b'?') if byte.is_ascii_alphanumeric() => wanted = pattern.next(),
            Some(other) if other == byte => wanted = pattern.next(),
            _ if is_between(*byte) => {}
            _ => return false,
        }
    }
    wanted.is_none()
}

const fn is_between(byte: u8) -> bool {
    matches!(byte, b' ' | b':' | b'-' | b'"' | b'\r' | b'\n')
}

/// Whether it is base64 of either alphabet, perhaps in lines or as JSON and URLs escape it.
fn is_base64(text: &[u8]) -> bool {
    text.iter().take(16).all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=%\\\r\n".contains(byte))
}
