//! KMS key ARNs and how multi-Region keys match (docs/formats.md 1.3).
//!
//! Sealing never asks KMS, so nobody but this file notices an ARN that is wrong by one character,
//! and what was sealed cannot be told later which one was meant.

use crate::error::{Error, Result};
use crate::shown::shown;
use alloc::string::String;
use core::fmt;

/// The ARN of a KMS key, `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyArn(String);

impl KeyArn {
    /// White space around it is not part of it.
    ///
    /// # Errors
    /// [`Error::KeyArn`] for anything else: a bare key id, an alias, an alias ARN or a placeholder
    /// among it.
    pub fn parse(text: &str) -> Result<Self> {
        let arn = trimmed(text);
        match Parts::split(arn).and_then(Parts::key_id) {
            Ok(_) => Ok(Self(arn.into())),
            Err(why) => Err(Error::KeyArn { found: shown(text), why }),
        }
    }

    /// The name by which a message names its key. It is only compared with ARNs, and need not be one.
    pub(crate) fn found(text: &str) -> Self {
        Self(text.into())
    }

    /// The ARN as it was given, without white space around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both name the same key material: equal, or replicas of one multi-Region key.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self == other
            || self.replicated().is_some_and(|replicated| Some(replicated) == other.replicated())
    }

    /// The parts that the ARNs of a multi-Region key's replicas have in common: partition, account and id.
    fn replicated(&self) -> Option<[&str; 3]> {
        let parts = Parts::split(&self.0).ok()?;
        let id = parts.key_id().ok()?;
        id.starts_with(MULTI_REGION).then_some([parts.partition, parts.account, id])
    }
}

impl fmt::Display for KeyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const MULTI_REGION: &str = "mrk-";
const PLACEHOLDER: &str = "it holds a placeholder, which the real value must replace";

/// An ARN of KMS, checked but for its resource.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    partition: &'a str,
    account: &'a str,
    resource: &'a str,
}

impl<'a> Parts<'a> {
    pub(crate) fn split(text: &'a str) -> Result<Self, &'static str> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().unwrap_or_default();
        let (prefix, partition, service) = (next(), next(), next());
        let (region, account, resource) = (next(), next(), next());
        if prefix != "arn" {
            return Err(match text.strip_prefix("alias/") {
                Some(_) => ALIAS,
                None if is_key_id(text) => "a key's id alone names neither Region nor account",
                None => "it must begin with arn:",
            });
        }
        let in_partition = partition == "aws" || partition.starts_with("aws-");
        check(partition, in_partition && is_name(partition), "the partition must be aws or aws-…")?;
        check(service, service == "kms", "the service must be kms")?;
        check(
            region,
            is_name(region),
            "the Region must be lower-case letters, digits and hyphens",
        )?;
        let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        check(account, digits, "the account must be 12 digits")?;
        Ok(Self { partition, account, resource })
    }

    /// The id of a key; an alias has none.
    fn key_id(self) -> Result<&'a str, &'static str> {
        match self.resource.split_once('/') {
            Some(("alias", _)) => Err(ALIAS),
            Some(("key", id)) => {
                let why = "the id must be a UUID, or mrk- and 32 digits, hexadecimal in lower case";
                check(id, is_key_id(id), why).map(|()| id)
            }
            _ => Err("the resource must be key/ID"),
        }
    }

    /// Accepts an alias as well as a key.
    pub(crate) fn check_key_or_alias(self) -> Result<(), &'static str> {
        if is_alias(self.resource) { Ok(()) } else { self.key_id().map(|_| ()) }
    }
}

const ALIAS: &str = "an alias can be pointed at another key";

fn check(part: &str, good: bool, why: &'static str) -> Result<(), &'static str> {
    match good {
        true => Ok(()),
        false if is_placeholder(part) => Err(PLACEHOLDER),
        false => Err(why),
    }
}

/// A partition or a Region.
fn is_name(text: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text != "region" && text.bytes().all(part)
}

/// A UUID, or the id of a multi-Region key, as KMS writes them.
pub(crate) fn is_key_id(text: &str) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if let Some(id) = text.strip_prefix(MULTI_REGION) {
        return id.len() == 32 && id.bytes().all(digit);
    }
    let hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match hyphen(at) {
            true => byte == b'-',
            false => digit(byte),
        })
}

/// `alias/NAME`.
pub(crate) fn is_alias(text: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/');
    let named = |name: &str| !name.is_empty() && name.bytes().all(part);
    text.len() <= 256 && text.strip_prefix("alias/").is_some_and(named)
}

/// Whether a part that is wrong was meant to be replaced: `REGION`, `*`, `<id>`, `1234abcd-…`, `xxxx`.
fn is_placeholder(part: &str) -> bool {
    let sign =
        |byte: u8| matches!(byte, b'G'..=b'Z' | b'*' | b'?' | b'<' | b'{' | b'$' | b'[' | b'%');
    let run = |of: &[u8]| part.as_bytes().windows(of.len()).any(|found| found == of);
    part == "region"
        || part.bytes().any(sign)
        || ["...", "…", "xxx", "your", "example"].iter().any(|of| run(of.as_bytes()))
}

/// The text without white space or a byte order mark around it.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}
