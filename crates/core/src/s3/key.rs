//! Keys of objects, and how they stand in a URL.

use crate::error::{Error, Result};
use alloc::string::String;

/// Bytes of UTF-8 that a key may have.
pub(super) const MAX_KEY: usize = 1024;

/// An object's key as it stands in the path of a URL, behind the bucket's: each byte but those of
/// letters, digits and `-._~` as `%` and two upper-case hexadecimal digits; slashes stay. S3 writes
/// the path so before it checks a signature, and so does not find one over any other spelling.
///
/// # Errors
/// [`Error::Input`] for a key that is empty or longer than 1024 bytes, or of which a segment is `.`
/// or `..`: whatever reads a URL takes those away, even if they are written as `%2E`.
pub fn encode_key(key: &str) -> Result<String> {
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(Error::Input("an object's key has 1 to 1024 bytes"));
    }
    if key.split('/').any(|segment| segment == "." || segment == "..") {
        return Err(Error::Input(
            "an object's key with . or .. between slashes cannot stand in a URL",
        ));
    }
    let mut path = String::with_capacity(3 * key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.push(hexadecimal(byte >> 4));
            path.push(hexadecimal(byte & 15));
        }
    }
    Ok(path)
}

fn hexadecimal(digit: u8) -> char {
    char::from(if digit < 10 { b'0' + digit } else { b'A' - 10 + digit })
}

#[cfg(test)]
mod tests {
    use super::encode_key;
    use alloc::{borrow::ToOwned, format};

    #[test]
    fn as_s3_writes_keys() {
        for (key, path) in [
            ("Book(2013).pdf", "Book%282013%29.pdf"),
            ("it's.pdf", "it%27s.pdf"),
            ("a+b.pdf", "a%2Bb.pdf"),
            ("year=2026/x", "year%3D2026/x"),
            ("a b", "a%20b"),
            ("100%", "100%25"),
            ("%2E%2E/x", "%252E%252E/x"),
            ("a?b#c&d", "a%3Fb%23c%26d"),
            ("!*'()~", "%21%2A%27%28%29~"),
            ("\"\\|<>^`{}[]@:;,$", "%22%5C%7C%3C%3E%5E%60%7B%7D%5B%5D%40%3A%3B%2C%24"),
            ("-._~09azAZ", "-._~09azAZ"),
            ("/leading", "/leading"),
            ("trailing/", "trailing/"),
            ("a//b", "a//b"),
            (".hidden/..b/c.", ".hidden/..b/c."),
            ("...", "..."),
            ("\0\t\n\u{7f}", "%00%09%0A%7F"),
            // Korean, composed and decomposed, which are two keys.
            ("봉", "%EB%B4%89"),
            ("\u{1107}\u{1169}\u{11bc}", "%E1%84%87%E1%85%A9%E1%86%BC"),
            ("🔏", "%F0%9F%94%8F"),
        ] {
            assert_eq!(encode_key(key), Ok(path.to_owned()), "{key}");
        }
        let longest = "é".repeat(512);
        assert_eq!(encode_key(&longest), Ok("%C3%A9".repeat(512)));
    }

    #[test]
    fn keys_that_no_url_can_have() {
        let long = "x".repeat(1025);
        let wide = format!("{}x", "é".repeat(512));
        for key in ["", ".", "..", "a/..", "../a", "a/./b", "a/../b", "/.", &long, &wide] {
            assert_eq!(encode_key(key).unwrap_err().code(), "ERR_INPUT", "{key}");
        }
    }
}
