//! KMS key ARNs and how multi-Region keys match (FORMATS.md 1.3).

use crate::error::{Error, Result};
use alloc::string::String;
use core::fmt;

/// The ARN of a KMS key, `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyArn(String);

impl KeyArn {
    /// # Errors
    /// [`Error::KeyArn`] for anything else: a bare key id, an alias or an alias ARN among it.
    pub fn parse(text: &str) -> Result<Self> {
        match Parts::split(text) {
            Ok(_) => Ok(Self(text.into())),
            Err(why) => Err(Error::KeyArn { found: text.into(), why }),
        }
    }

    /// The ARN as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both name the same key material: equal, or replicas of one multi-Region key.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        match (Parts::split(&self.0), Parts::split(&other.0)) {
            (Ok(a), Ok(b)) => {
                a.id.starts_with("mrk-")
                    && (a.partition, a.account, a.id) == (b.partition, b.account, b.id)
            }
            _ => false,
        }
    }
}

impl fmt::Display for KeyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

struct Parts<'a> {
    partition: &'a str,
    account: &'a str,
    id: &'a str,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, &'static str> {
        let mut parts = text.split(':');
        let mut next = || parts.next().unwrap_or_default();
        let (prefix, partition, service) = (next(), next(), next());
        let (region, account, resource) = (next(), next(), next());
        if prefix != "arn" {
            return Err("it must begin with arn:");
        }
        if service != "kms" {
            return Err("the service must be kms");
        }
        if partition.is_empty() || region.is_empty() || account.is_empty() {
            return Err("partition, Region and account must not be empty");
        }
        if parts.next().is_some() {
            return Err("it has too many parts");
        }
        match resource.split_once('/') {
            Some(("alias", _)) => Err("an alias can be pointed at another key"),
            Some(("key", id)) if !id.is_empty() => Ok(Self { partition, account, id }),
            _ => Err("the resource must be key/ID"),
        }
    }
}
