//! PEM (RFC 7468) as people hold it: in lines of any width or in one, indented, with comments
//! around it. What it says is not taken any less strictly.

use super::der::{CERTIFICATE, CUT, REQUEST, SEVERAL};
use super::text::{base64, find};
use crate::error::{Error, Result};
use alloc::vec::Vec;

const DAMAGED: Error = Error::PublicKey("its PEM is damaged");

/// The DER of the only PEM in `text`; `None` if there is none. A private key is named even where
/// its PEM is broken or stands beside others.
pub(super) fn only_block(text: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((label, body)) = next_block(rest) {
        if find(label, b"PRIVATE KEY").is_some() {
            return Err(Error::PrivateKey);
        }
        blocks.push((label, body));
        rest = body;
    }
    match *blocks {
        [] => refuse_parts(text).map(|()| None),
        [(label, body)] => check_label(label).and_then(|()| decoded(label, body)).map(Some),
        _ => Err(SEVERAL),
    }
}

/// The label of the next BEGIN line, and what follows it.
fn next_block(mut text: &[u8]) -> Option<(&[u8], &[u8])> {
    loop {
        let at = find(text, b"BEGIN ")?;
        let (before, line) = text.split_at_checked(at)?;
        text = line.get(b"BEGIN ".len()..)?;
        // SSH2 keys have four dashes and a space.
        if before.trim_ascii_end().ends_with(b"-") {
            let end = find(text, b"-")?;
            let (label, body) = text.split_at_checked(end)?;
            return Some((label.trim_ascii(), body));
        }
    }
}

/// Half a PEM, or one whose dashes a word processor made prettier.
fn refuse_parts(text: &[u8]) -> Result<()> {
    let part = |label: &[u8]| {
        [&b"BEGIN "[..], b"END "]
            .into_iter()
            .filter_map(|word| Some((find(text, word)?, word.len())))
            .any(|(at, length)| text.get(at + length..).is_some_and(|line| near(line, label)))
    };
    if part(b"PRIVATE KEY") {
        Err(Error::PrivateKey)
    } else if part(b"PUBLIC KEY") {
        Err(Error::PublicKey(
            "its PEM is damaged: it must begin with -----BEGIN PUBLIC KEY----- and end with \
             -----END PUBLIC KEY-----",
        ))
    } else {
        Ok(())
    }
}

/// Whether a line that begins here has a label like this.
fn near(line: &[u8], label: &[u8]) -> bool {
    let line = line.get(..label.len() + b"ENCRYPTED ".len()).unwrap_or(line);
    find(line, label).is_some()
}

fn check_label(label: &[u8]) -> Result<()> {
    let has = |word: &[u8]| find(label, word).is_some();
    Err(match label {
        b"PUBLIC KEY" | b"RSA PUBLIC KEY" => return Ok(()),
        _ if has(b"CERTIFICATE REQUEST") => REQUEST,
        _ if has(b"CERTIFICATE") => CERTIFICATE,
        _ if has(b"SSH2") => super::names::SSH,
        _ if has(b"PGP") => Error::PublicKey("this is a PGP key, which KMS never exports"),
        _ => Error::PublicKey("a PEM of another kind than PUBLIC KEY"),
    })
}

/// The body, up to an END line that names the same.
fn decoded(label: &[u8], body: &[u8]) -> Result<Vec<u8>> {
    let dashes = |text: &[u8]| text.iter().take_while(|byte| **byte == b'-').count();
    let body = body.get(dashes(body)..).unwrap_or_default();
    let end = find(body, b"-").ok_or(CUT)?;
    let (body, line) = body.split_at_checked(end).ok_or(CUT)?;
    let line = line.get(dashes(line)..).unwrap_or_default();
    match line.strip_prefix(b"END ").map(|named| named.starts_with(label)) {
        Some(true) => {
            let body = core::str::from_utf8(body).map_err(|_| DAMAGED)?;
            base64(body).ok_or(DAMAGED)?
        }
        Some(false) => Err(DAMAGED),
        None => Err(CUT),
    }
}
