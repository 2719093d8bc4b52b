//! Metadata as S3 gives them back. It takes the bytes of a header for Latin-1 and returns what is
//! not ASCII in encoded words (RFC 2047) of UTF-8, so that text that was sent as UTF-8 comes back
//! encoded twice. Other storages and proxies encode it once, or leave the bytes as they are, which
//! HTTP clients take for Latin-1.
//!
//! The official client that decodes (Java) takes words between white space, and so does this: an
//! encoded word inside a JSON string is part of what was sealed. Broken ones stay as they are.

use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Encoding};

/// Returns `None` for what is not so encoded.
type Decoder = fn(&[u8]) -> Option<Vec<u8>>;

/// Encoded words may themselves have been encoded.
const DECODERS: [Decoder; 3] = [decode_words, decode_words, as_sent];
/// More than a header holds: no storage has encoded what is longer.
const MAX_LENGTH: usize = 16 * 1024;

/// `text` as it was before storages encoded it.
pub(super) fn decoded(text: &str) -> String {
    let mut text = String::from(text);
    if text.len() > MAX_LENGTH {
        return text;
    }
    for decode in DECODERS {
        if let Some(Ok(decoded)) = decode(text.as_bytes()).map(String::from_utf8) {
            text = decoded;
        }
    }
    text
}

/// Characters of Latin-1 as the bytes that they are.
fn as_sent(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            0xc2 => *bytes.next()?,
            0xc3 => bytes.next()? + 0x40,
            0..0x80 => *byte,
            _ => return None,
        });
    }
    Some(out)
}

fn decode_words(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut after_space = true;
    // The end of the last word, as long as only space has followed it.
    let mut end = None;
    while let Some(byte) = text.get(at) {
        if after_space && let Some((bytes, length)) = encoded_word(text.get(at..)?) {
            // The space between two words does not count: even a character may be cut there.
            out.truncate(end.unwrap_or(out.len()));
            out.extend_from_slice(&bytes);
            end = Some(out.len());
            at += length;
        } else {
            after_space = is_space(*byte);
            if !after_space {
                end = None;
            }
            out.push(*byte);
            at += 1;
        }
    }
    Some(out)
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Charsets in which ASCII is ASCII. Of all but the first nothing else is taken.
const CHARSETS: [&[u8]; 4] = [b"utf-8", b"us-ascii", b"iso-8859-1", b"windows-1252"];
/// More than any name of a charset and its language (RFC 2231) have.
const LONGEST_CHARSET: usize = 40;

/// The contents of the encoded word at the start of `text`, and the length of the word.
fn encoded_word(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let rest = text.strip_prefix(b"=?")?;
    let end = rest.iter().take(LONGEST_CHARSET).position(|byte| *byte == b'?')?;
    let name = rest.get(..end)?.split(|byte| *byte == b'*').next()?;
    let charset = CHARSETS.iter().position(|charset| name.eq_ignore_ascii_case(charset))?;
    let head = end + 3;
    let (encoding, rest) = rest.get(end + 1..)?.split_at_checked(2)?;
    // A space is wrong inside, but does no harm.
    let length = rest.windows(2).position(|two| two == b"?=")?;
    let (content, rest) = rest.split_at_checked(length)?;
    let follows = rest.get(2).is_none_or(|byte| is_space(*byte) || *byte == b'=');
    if !follows {
        return None;
    }
    let bytes = match encoding {
        b"B?" | b"b?" => Base64::decode_vec(core::str::from_utf8(content).ok()?).ok()?,
        b"Q?" | b"q?" => decode_q(content)?,
        _ => return None,
    };
    (charset == 0 || bytes.is_ascii()).then_some((bytes, head + 2 + length + 2))
}

fn decode_q(content: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
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
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' | b'A'..=b'F' => Some((byte & 0xf) + 9),
        _ => None,
    }
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
            ("underscores", "=?UTF-8?Q?a_b=5F=3F=3D?=", "a b_?="),
            ("a space that ought to be one", "=?UTF-8?Q?{\"a\": \"=C3=B6\"}?=", "{\"a\": \"ö\"}"),
            ("several words", "=?UTF-8?Q?a?= =?UTF-8?B?w7Y=?=", "aö"),
            ("folded", "=?UTF-8?Q?a?=\r\n  =?UTF-8?Q?b?=", "ab"),
            ("without a space", "=?UTF-8?Q?a?==?UTF-8?Q?b?=", "ab"),
            ("a character cut between words", "=?UTF-8?Q?=C3?= =?UTF-8?Q?=B6?=", "ö"),
            ("words among others", "a  =?UTF-8?Q?b?= =?UTF-8?Q?c?= d", "a  bc d"),
            ("words that were encoded", "=?UTF-8?B?PT9VVEYtOD9CP3c3WT0/PQ==?=", "ö"),
            ("an empty word", "=?UTF-8?Q??=", ""),
            ("another charset", "=?ISO-8859-1?B?MTE1?=", "115"),
            ("ASCII", "=?US-ASCII?Q?115?=", "115"),
            ("with a language", "=?UTF-8*en?B?MTE1?=", "115"),
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
            "=?ISO-8859-1?B?9g==?=",
            "=?US-ASCII?Q?=C3=B6?=",
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
