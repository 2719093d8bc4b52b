//! Metadata as S3 gives them back. It takes the bytes of a header for Latin-1 and returns what is
//! not ASCII in encoded words (RFC 2047) of UTF-8, so that text that was sent as UTF-8 comes back
//! encoded twice. Other storages and proxies encode it once, or leave the bytes as they are, which
//! HTTP clients take for Latin-1.
//!
//! The official client that decodes (Java) takes words between white space, and so does this: an
//! encoded word inside a JSON string is part of what was sealed. Broken ones stay as they are.

use alloc::{borrow::Cow, string::String, vec::Vec};
use base64ct::{Base64, Encoding};

/// Encoded words may themselves have been encoded.
const PASSES: usize = 2;
/// More than a header holds: no storage has encoded what is longer.
const MAX_LENGTH: usize = 16 * 1024;

/// `text` as it was before storages encoded it.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.len() > MAX_LENGTH {
        return text;
    }
    for _ in 0..PASSES {
        match decode_words(text.as_bytes()) {
            Some(decoded) => text = Cow::Owned(decoded),
            None => break,
        }
    }
    match as_sent(&text) {
        Some(sent) => Cow::Owned(sent),
        None => text,
    }
}

/// Characters that are the bytes of UTF-8; `None` for any other text.
fn as_sent(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

/// `None` when there is no encoded word.
fn decode_words(text: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut words = 0;
    let mut after_word = false;
    while !rest.is_empty() {
        let space = rest.iter().take_while(|byte| is_space(**byte)).count();
        let word = rest.get(space..)?;
        let length = if let Some((bytes, length)) = encoded_word(word) {
            // A character may be cut between two words: the space between them is none.
            if !after_word {
                out.extend_from_slice(rest.get(..space)?);
            }
            out.extend_from_slice(&bytes);
            words += 1;
            after_word = true;
            space + length
        } else {
            let length = space + word.iter().take_while(|byte| !is_space(**byte)).count();
            out.extend_from_slice(rest.get(..length)?);
            after_word = false;
            length
        };
        rest = rest.get(length..)?;
    }
    if words == 0 { None } else { String::from_utf8(out).ok() }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The bytes, as UTF-8, of the encoded word at the start of `text`, and how long it is.
fn encoded_word(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let inside = text.strip_prefix(b"=?")?;
    let (charset, inside) = cut(inside)?;
    let (encoding, inside) = cut(inside)?;
    // A space is wrong in there, but does no harm.
    let end = inside.windows(2).position(|two| two == b"?=")?;
    let content = inside.get(..end)?;
    let rest = inside.get(end + 2..)?;
    if !(rest.first().is_none_or(|byte| is_space(*byte)) || rest.starts_with(b"=?")) {
        return None;
    }
    let bytes = match encoding {
        b"B" | b"b" => Base64::decode_vec(core::str::from_utf8(content).ok()?).ok()?,
        b"Q" | b"q" => decode_q(content)?,
        _ => return None,
    };
    let known = |names: &[&[u8]]| names.iter().any(|name| charset.eq_ignore_ascii_case(name));
    let bytes = if known(&[b"utf-8", b"utf8", b"us-ascii"]) {
        bytes
    } else if known(&[b"iso-8859-1"]) {
        bytes.into_iter().map(char::from).collect::<String>().into_bytes()
    } else {
        return None;
    };
    Some((bytes, text.len() - rest.len()))
}

/// What stands before the next question mark, and what after it.
fn cut(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b'?')?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

fn decode_q(content: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(content.len());
    let mut bytes = content.iter();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'_' => b' ',
            b'=' => digit(*bytes.next()?)? << 4 | digit(*bytes.next()?)?,
            other => *other,
        });
    }
    Some(out)
}

fn digit(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    const JSON: &str = r#"{"부서":"회계 ö"}"#;

    #[test]
    fn what_storages_make_of_text_is_undone() {
        for (what, text, wanted) in [
            ("plain", "AAAA+/==", "AAAA+/=="),
            ("nothing", "", ""),
            ("text that nobody encoded", JSON, JSON),
            ("Latin-1 that is no UTF-8", "\u{f6}", "\u{f6}"),
            ("UTF-8 taken for Latin-1", "{\u{c3}\u{b6}}", "{ö}"),
            ("S3, as seen", "=?UTF-8?B?w4PCtg==?=", "ö"),
            ("the same in Q", "=?UTF-8?Q?Mini=C3=83=C2=B6?=", "Miniö"),
            ("encoded once", "=?UTF-8?B?w7Y=?=", "ö"),
            ("once, in Q", "=?UTF-8?Q?=C3=B6?=", "ö"),
            ("small letters", "=?utf-8?q?=c3=b6?=", "ö"),
            ("Latin-1 words", "=?ISO-8859-1?Q?=F6_x?=", "ö x"),
            ("ASCII words", "=?US-ASCII?Q?a=5Fb?=", "a_b"),
            ("underscores", "=?UTF-8?Q?a_b=5F=3F=3D?=", "a b_?="),
            ("a space that ought to be one", "=?UTF-8?Q?{\"a\": \"=C3=B6\"}?=", "{\"a\": \"ö\"}"),
            ("several words", "=?UTF-8?Q?a?= =?UTF-8?B?w7Y=?=", "aö"),
            ("folded", "=?UTF-8?Q?a?=\r\n  =?UTF-8?Q?b?=", "ab"),
            ("without a space", "=?UTF-8?Q?a?==?UTF-8?Q?b?=", "ab"),
            ("a character cut between words", "=?UTF-8?Q?=C3?= =?UTF-8?Q?=B6?=", "ö"),
            ("words among others", "a  =?UTF-8?Q?b?= =?UTF-8?Q?c?= d", "a  bc d"),
            ("words that were encoded", "=?UTF-8?B?PT9VVEYtOD9CP3c3WT0/PQ==?=", "ö"),
            ("an empty word", "=?UTF-8?Q??=", ""),
        ] {
            assert_eq!(decoded(text), wanted, "{what}");
        }
    }

    #[test]
    fn what_is_broken_stays_as_it_is() {
        for text in [
            "=?",
            "=?=",
            "=??",
            "=?UTF-8",
            "=?UTF-8?",
            "=?UTF-8?B",
            "=?UTF-8?B?",
            "=?UTF-8?B?w7Y=",
            "=?UTF-8?B?w7Y=?",
            "=?UTF-8?B?w7Y?=",
            "=?UTF-8?B?!?=",
            "=?UTF-8?X?w7Y=?=",
            "=?UTF-16?B?w7Y=?=",
            "=??B?w7Y=?=",
            "=?UTF-8??w7Y=?=",
            "=?UTF-8?Q?=C?=",
            "=?UTF-8?Q?=XY?=",
            "=?UTF-8?Q?=C3?=",
            "=?UTF-8?Q?a?=b",
            "x=?UTF-8?Q?a?=",
            r#"{"a":"=?UTF-8?Q?b?="}"#,
        ] {
            assert_eq!(decoded(text), text);
        }
    }

    #[test]
    fn what_no_header_holds_is_not_looked_at() {
        let word = "=?UTF-8?Q?a?= ";
        assert_eq!(decoded(&word.repeat(1_000)).trim_end().len(), 1_000);
        let long = word.repeat(10_000);
        assert_eq!(decoded(&long), long);
    }
}
