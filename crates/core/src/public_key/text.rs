//! Text as it comes out of editors, shells, terminals and programs: encodings, white space, escapes,
//! base64.

use super::der::CUT;
use crate::error::{Error, Result};
use alloc::{borrow::Cow, string::String, vec::Vec};
use base64ct::{Base64, Encoding};

/// UTF-8 of what may be UTF-16, which is what `>` of Windows PowerShell writes, and bear a byte
/// order mark. Without one UTF-16 is known by its first character, half of which is zero.
pub(super) fn utf8(input: &[u8]) -> Cow<'_, [u8]> {
    match input {
        [0xef, 0xbb, 0xbf, text @ ..] => Cow::Borrowed(text),
        [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes),
        [1..=255, 0, ..] => utf16(input, u16::from_le_bytes),
        [0, 1..=255, ..] => utf16(input, u16::from_be_bytes),
        _ => Cow::Borrowed(input),
    }
}

fn utf16(text: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, [u8]> {
    let (pairs, _) = text.as_chunks();
    let units = pairs.iter().copied().map(unit);
    let letters = char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}'));
    Cow::Owned(letters.collect::<String>().into_bytes())
}

/// Whether it is space, as people's tools put it around text and between its characters.
pub(super) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Puts line breaks for `\n`, `\r\n` and `\\n`, as configuration and environment variables have
/// them, and `/` for `\/`.
pub(super) fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        while let [b'\\', after @ ..] = rest {
            rest = after;
        }
        match rest {
            [b'n' | b'r' | b't', after @ ..] => {
                out.push(b'\n');
                rest = after;
            }
            [b'/' | b'\r' | b'\n', ..] => {}
            _ => out.push(b'\\'),
        }
    }
    out
}

/// Whether `part` stands in `text`. (Among bytes, because searching a string for another costs
/// 2 KB of download.)
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|found| found == part)
}

/// Base64 (RFC 4648, sections 4 and 5) with whatever white space and quotes stand in it, with or
/// without padding; `None` where another character does.
pub(super) fn base64(text: &str) -> Option<Result<Vec<u8>>> {
    let mut digits = String::with_capacity(text.len() + 3);
    let mut padded = false;
    for letter in text.chars() {
        match letter {
            '=' => padded = true,
            '"' | '\'' | '`' => {}
            _ if is_space(letter) => {}
            // Something follows the end.
            _ if padded => return None,
            '-' => digits.push('+'),
            '_' => digits.push('/'),
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' => digits.push(letter),
            _ => return None,
        }
    }
    Some(match digits.len() % 4 {
        1 => Err(CUT),
        _ => {
            while !digits.len().is_multiple_of(4) {
                digits.push('=');
            }
            Base64::decode_vec(&digits).map_err(|_| Error::PublicKey("its base64 is damaged"))
        }
    })
}

/// Whether these are digits of base 16, as programs print bytes: `3082…`, `30:82:…`, `0x3082…`.
pub(super) fn is_hexadecimal(text: &str) -> bool {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let part = |byte: u8| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace() || byte == b':';
    digits.len() >= 16 && digits.bytes().all(part)
}
