//! Text from outside as an error message may show it.

use alloc::string::String;

/// More of it says nothing more.
const MOST: usize = 200;

/// Characters that cannot be seen, or that look like others, are written as `\u{200b}`.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if out.len() >= MOST {
            out.push('…');
            break;
        }
        match letter {
            ' '..='~' | '…' => out.push(letter),
            _ => out.extend(letter.escape_unicode()),
        }
    }
    out
}
