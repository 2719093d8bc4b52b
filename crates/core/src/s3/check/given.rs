//! The headers of an upload as a page gives them, taken one by one.

use super::{ChecksumRule, Expected};
use crate::error::{Error, Result};
use crate::object::metadata_rules::META;
use crate::s3::checksum_header::ChecksumAlgorithm;
use crate::s3::customer_key::{AES256, ALGORITHM, KEY, KEY_LENGTH, KEY_MD5};
use crate::s3::headers::Headers;
use crate::s3::operation::Operation;
use crate::s3::shape::{check_base64, check_envelope, number, refuse};
use crate::s3::sse::{Mode, Sse};
use crate::s3::upload::{CHECKSUM_ALGORITHM, CHECKSUM_TYPE, IF_NONE_MATCH, UploadRequest};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// As much as S3 takes of a request's headers, in bytes of names and values, and more headers than
/// any upload has. A page may send as many as it likes, and each is compared with all others.
const MAX_LENGTH: usize = 8 * 1024;
const MAX_COUNT: usize = 64;

/// What S3 stores with an object and answers with it, beside its type.
const FIXABLE: [&str; 5] =
    ["cache-control", "content-disposition", "content-encoding", "content-language", "expires"];

/// Nothing that could end a header and begin another, or that signers and S3 trim.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && value.trim() == value
}

/// The given headers, which are taken away one by one; what is left over in the end is refused.
pub(super) struct Given {
    left: Vec<(String, Zeroizing<String>)>,
    accepted: Headers,
}

impl Given {
    pub(super) fn new(headers: &[(String, String)]) -> Result<Self> {
        if headers.len() > MAX_COUNT {
            return refuse("there are more than 64");
        }
        if headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_LENGTH
        {
            return refuse("they are longer than the 8 KB that S3 takes");
        }
        let mut left: Vec<(String, Zeroizing<String>)> = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            let token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            if name.is_empty() || name.len() > 128 || !name.bytes().all(token) {
                return refuse("invalid header name");
            }
            if !is_plain(value) {
                return refuse(&format!(
                    "the value of {name} has characters that it must not have"
                ));
            }
            if left.iter().any(|(found, _)| *found == name) {
                return refuse(&format!("{name} stands twice"));
            }
            left.push((name, Zeroizing::new(value.clone())));
        }
        Ok(Self { left, accepted: Headers::default() })
    }

    /// Accepts a header, for its taker to check.
    fn take(&mut self, name: &str) -> Option<Zeroizing<String>> {
        let index = self.left.iter().position(|(found, _)| found == name)?;
        let (name, value) = self.left.remove(index);
        self.accepted.push(name, value.as_str());
        Some(value)
    }

    fn required(&mut self, name: &str) -> Result<Zeroizing<String>> {
        self.take(name).ok_or_else(|| Error::UploadHeaders(format!("{name} is missing")))
    }

    pub(super) fn take_exactly(&mut self, name: &str, expected: &str) -> Result<()> {
        if self.required(name)?.as_str() == expected {
            return Ok(());
        }
        refuse(&format!("{name} must be {expected}"))
    }

    pub(super) fn fix(&mut self, name: &str, value: &str) -> Result<()> {
        let name = name.to_ascii_lowercase();
        if !FIXABLE.contains(&name.as_str()) || self.accepted.get(&name).is_some() {
            return Err(Error::Input(
                "fixed has cache-control, content-disposition, content-encoding, content-language \
                 and expires, each once",
            ));
        }
        if value.is_empty() || !is_plain(value) {
            return Err(Error::Input("a value of fixed must be visible ASCII"));
        }
        match self.take(&name) {
            None => self.accepted.push(name, value),
            Some(asked) if asked.as_str() == value => {}
            Some(_) => return refuse(&format!("{name} must be {value}")),
        }
        Ok(())
    }

    pub(super) fn take_envelope(&mut self, expected: &Expected<'_>) -> Result<()> {
        let names = self.left.iter().filter_map(|(name, _)| name.strip_prefix(META));
        let names: Vec<String> = names.map(ToOwned::to_owned).collect();
        let pairs: Vec<(String, String)> = names
            .into_iter()
            .filter_map(|name| {
                let value = self.take(&format!("{META}{name}"))?;
                Some((name, value.as_str().to_owned()))
            })
            .collect();
        check_envelope(&pairs, expected.formats, expected.json)
    }

    pub(super) fn take_encryption(&mut self, expected: &Expected<'_>) -> Result<()> {
        match expected.mode {
            Mode::BucketDefault => Ok(()),
            Mode::Sse(sse) => self.take_sse(sse, expected.operation),
            Mode::CustomerKey(key) => {
                for (name, value) in key.headers(expected.operation, None)?.iter() {
                    let found = self.required(name)?;
                    if !bool::from(found.as_bytes().ct_eq(value.as_bytes())) {
                        return refuse(&format!("{name} is not that of the customer key"));
                    }
                }
                Ok(())
            }
            Mode::AnyCustomerKey => self.take_customer_key(),
        }
    }

    fn take_sse(&mut self, sse: &Sse, operation: Operation) -> Result<()> {
        for (name, value) in sse.headers(operation).iter() {
            self.take_exactly(name, value)?;
        }
        Ok(())
    }

    fn take_customer_key(&mut self) -> Result<()> {
        self.take_exactly(ALGORITHM, AES256)?;
        let key = check_base64(KEY, &self.required(KEY)?, KEY_LENGTH)?;
        let md5 = check_base64(KEY_MD5, &self.required(KEY_MD5)?, 16)?;
        if !bool::from(Md5::digest(&*key).as_slice().ct_eq(&md5)) {
            return refuse(&format!("{KEY_MD5} is not that of the key"));
        }
        Ok(())
    }

    pub(super) fn take_create_only(&mut self, required: bool) -> Result<()> {
        match self.take(IF_NONE_MATCH) {
            Some(value) if value.as_str() == "*" => Ok(()),
            None if !required => Ok(()),
            _ => refuse(&format!("{IF_NONE_MATCH} must be *")),
        }
    }

    pub(super) fn take_checksum(&mut self, expected: &Expected<'_>) -> Result<()> {
        let found = if expected.operation == Operation::CreateMultipartUpload {
            self.take_checksum_algorithm()?
        } else {
            self.take_checksum_value(expected.operation)?
        };
        match (expected.checksum, found) {
            (ChecksumRule::Required, false) => refuse("a checksum is missing"),
            (ChecksumRule::Forbidden, true) => refuse("there must be no checksum"),
            _ => Ok(()),
        }
    }

    fn take_checksum_algorithm(&mut self) -> Result<bool> {
        let Some(name) = self.take(CHECKSUM_ALGORITHM) else { return Ok(false) };
        let kind = ChecksumAlgorithm::from_name(&name)
            .and_then(ChecksumAlgorithm::multipart_type)
            .map_err(|_| Error::UploadHeaders(format!("{CHECKSUM_ALGORITHM} is unknown")))?;
        self.take_checksum_type(kind).map(|()| true)
    }

    /// It may be left out.
    fn take_checksum_type(&mut self, kind: &str) -> Result<()> {
        match self.take(CHECKSUM_TYPE) {
            Some(given) if given.as_str() != kind => {
                refuse(&format!("{CHECKSUM_TYPE} must be {kind}"))
            }
            _ => Ok(()),
        }
    }

    fn take_checksum_value(&mut self, operation: Operation) -> Result<bool> {
        let complete = operation == Operation::CompleteMultipartUpload;
        let mut count = 0;
        for algorithm in ChecksumAlgorithm::ALL {
            let Some(value) = self.take(algorithm.header()) else { continue };
            count += 1;
            let parts = value.rsplit_once('-').filter(|_| complete);
            let raw = parts.map_or(value.as_str(), |(raw, _)| raw);
            check_base64(algorithm.header(), raw, algorithm.length())?;
            if let Some((_, parts)) = parts {
                number(algorithm.header(), parts)?;
            }
            if complete && let Ok(kind) = algorithm.multipart_type() {
                self.take_checksum_type(kind)?;
            }
        }
        if count > 1 {
            return refuse("S3 takes one checksum");
        }
        Ok(count == 1)
    }

    /// Whether a number of bytes is there, and so is signed. It must be where sizes are expected.
    pub(super) fn take_size(
        &mut self,
        name: &str,
        expected: &Expected<'_>,
        most: u64,
    ) -> Result<bool> {
        let sizes = expected.sizes.as_ref();
        let Some(size) = self.take(name) else {
            return if sizes.is_some() { refuse(&format!("{name} is missing")) } else { Ok(false) };
        };
        let size = number(name, &size)?;
        if size > most || sizes.is_some_and(|sizes| !sizes.contains(&size)) {
            return refuse(&format!("{name} {size} is not within the sizes that are allowed"));
        }
        Ok(true)
    }

    pub(super) fn finish(self, length: bool) -> Result<UploadRequest> {
        match self.left.first() {
            None => Ok(UploadRequest::new(self.accepted, length)),
            Some((name, _)) => {
                refuse(&format!("{name} is not what an upload of something sealed needs here"))
            }
        }
    }
}
