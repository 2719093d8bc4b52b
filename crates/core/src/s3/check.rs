//! Admits what a server may sign for a page: the headers that an upload of sealed data needs, and no
//! others.

use super::checksum_header::ChecksumAlgorithm;
use super::customer_key::{AES256, ALGORITHM, KEY, KEY_LENGTH, KEY_MD5};
use super::headers::Headers;
use super::multipart::MAX_PART;
use super::operation::Operation;
use super::sealed_format::SealedFormat;
use super::shape::{check_base64, check_envelope, number, refuse};
use super::sse::{Mode, Sse};
use super::upload::{
    CHECKSUM_ALGORITHM, CHECKSUM_TYPE, CONTENT_LENGTH, CONTENT_TYPE, IF_NONE_MATCH, OBJECT_SIZE,
    Step, UploadRequest,
};
use crate::error::{Error, Result};
use crate::json::JsonParser;
use crate::object::metadata_rules::META;
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use core::ops::RangeInclusive;
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Whether a checksum must, may or must not be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChecksumRule {
    /// It must.
    Required,
    /// It may.
    #[default]
    Allowed,
    /// It must not.
    Forbidden,
}

/// The rules that a server has for an upload.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// The request to be signed.
    pub operation: Operation,
    /// One of these is uploaded.
    pub formats: &'a [SealedFormat],
    /// Server-side encryption, exactly; [`Mode::AnyCustomerKey`] for a key that the page has.
    pub mode: Mode<'a>,
    /// Whether the upload must not replace an object; one that says so of itself is welcome.
    pub create_only: bool,
    /// Whether S3 is to verify a checksum.
    pub checksum: ChecksumRule,
    /// Exactly this type.
    pub content_type: &'a str,
    /// Bytes of the body: `content-length` must then be there, and be signed. For
    /// CompleteMultipartUpload those of the whole object, by `x-amz-mp-object-size`, which S3 checks.
    pub sizes: Option<RangeInclusive<u64>>,
    /// Parses material descriptions.
    pub json: JsonParser,
}

impl ChecksumRule {
    /// `required`, `allowed` or `forbidden`.
    ///
    /// # Errors
    /// [`Error::Input`] for another name.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "required" => Ok(Self::Required),
            "allowed" => Ok(Self::Allowed),
            "forbidden" => Ok(Self::Forbidden),
            _ => Err(Error::Input("checksum must be required, allowed or forbidden")),
        }
    }
}

/// Checks the headers that a page wants to have signed, and returns what to sign.
///
/// # Errors
/// [`Error::UploadHeaders`] for a header that is not needed, is missing or has another value or
/// shape, and for more than 64 or 8 KB of them; [`Error::Limit`] for more metadata than S3 takes;
/// [`Error::Input`] for an expectation that the operation cannot meet.
pub fn check_upload_headers(
    headers: &[(String, String)],
    expected: &Expected<'_>,
) -> Result<UploadRequest> {
    check_upload_headers_with(headers, &[], expected)
}

/// The same, with headers that the server fixes: `cache-control`, `content-disposition`,
/// `content-encoding`, `content-language` and `expires` of the object. S3 takes each of them from
/// whoever uploads, signed or not, unless it is signed with a value. What is fixed here is among
/// what is returned, whether the page has asked for it or not, and so must be sent.
///
/// # Errors
/// As of [`check_upload_headers`], and [`Error::Input`] for another name, for a value that is no
/// visible text, and for an operation that does not begin an object.
pub fn check_upload_headers_with(
    headers: &[(String, String)],
    fixed: &[(String, String)],
    expected: &Expected<'_>,
) -> Result<UploadRequest> {
    let step = Step::of(expected.operation)?;
    if expected.create_only && !step.creates {
        return Err(Error::Input("createOnly is for PutObject and CompleteMultipartUpload"));
    }
    let completes = expected.operation == Operation::CompleteMultipartUpload;
    if expected.sizes.is_some() && !step.body && !completes {
        return Err(Error::Input(
            "the size of an upload in parts is known only when it is completed: limit it there, or limit each part",
        ));
    }
    let mut given = Given::new(headers)?;
    if step.object {
        given.take_exactly(CONTENT_TYPE, expected.content_type)?;
        given.take_envelope(expected)?;
    } else if !fixed.is_empty() {
        return Err(Error::Input("fixed is for PutObject and CreateMultipartUpload"));
    }
    for (name, value) in fixed {
        given.fix(name, value)?;
    }
    given.take_encryption(expected)?;
    if step.creates {
        given.take_create_only(expected.create_only)?;
    }
    given.take_checksum(expected)?;
    let length = step.body && given.take_length(expected)?;
    if completes {
        given.take_object_size(expected)?;
    }
    given.finish(length)
}

/// The most that S3 takes of a request's headers, in bytes of names and values, and more headers than
/// any upload has. A page may send as many as it likes, and each is compared with all others.
const MAX_LENGTH: usize = 8 * 1024;
const MAX_COUNT: usize = 64;

/// The headers that S3 stores with an object and returns with it, beside its type.
const FIXABLE: [&str; 5] =
    ["cache-control", "content-disposition", "content-encoding", "content-language", "expires"];

/// Whether it holds nothing that could end a header and begin another, or that signers and S3 trim.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && value.trim() == value
}

/// The given headers, which are taken away one by one; what is left over in the end is refused.
struct Given {
    left: Vec<(String, Zeroizing<String>)>,
    accepted: Headers,
}

impl Given {
    fn new(headers: &[(String, String)]) -> Result<Self> {
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

    fn take_exactly(&mut self, name: &str, expected: &str) -> Result<()> {
        if self.required(name)?.as_str() == expected {
            return Ok(());
        }
        refuse(&format!("{name} must be {expected}"))
    }

    fn fix(&mut self, name: &str, value: &str) -> Result<()> {
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

    fn take_envelope(&mut self, expected: &Expected<'_>) -> Result<()> {
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

    fn take_encryption(&mut self, expected: &Expected<'_>) -> Result<()> {
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
        if !bool::from(Md5::digest(&*key).ct_eq(&md5)) {
            return refuse(&format!("{KEY_MD5} is not that of the key"));
        }
        Ok(())
    }

    fn take_create_only(&mut self, required: bool) -> Result<()> {
        match self.take(IF_NONE_MATCH) {
            Some(value) if value.as_str() == "*" => Ok(()),
            None if !required => Ok(()),
            _ => refuse(&format!("{IF_NONE_MATCH} must be *")),
        }
    }

    fn take_checksum(&mut self, expected: &Expected<'_>) -> Result<()> {
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
        match self.take(CHECKSUM_TYPE) {
            Some(given) if given.as_str() != kind => {
                refuse(&format!("{CHECKSUM_TYPE} must be {kind}"))
            }
            _ => Ok(true),
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
            let kind = algorithm.multipart_type().ok().filter(|_| complete);
            if let Some(kind) = kind
                && self.take(CHECKSUM_TYPE).is_some_and(|given| given.as_str() != kind)
            {
                return refuse(&format!("{CHECKSUM_TYPE} must be {kind}"));
            }
        }
        if count > 1 {
            return refuse("S3 takes one checksum");
        }
        Ok(count == 1)
    }

    fn take_object_size(&mut self, expected: &Expected<'_>) -> Result<()> {
        let Some(size) = self.take(OBJECT_SIZE) else {
            return match expected.sizes {
                Some(_) => refuse(&format!("{OBJECT_SIZE} is missing")),
                None => Ok(()),
            };
        };
        let size = number(OBJECT_SIZE, &size)?;
        match &expected.sizes {
            Some(sizes) if !sizes.contains(&size) => {
                refuse(&format!("{OBJECT_SIZE} {size} is not within the sizes that are allowed"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the length is there, and so is signed.
    fn take_length(&mut self, expected: &Expected<'_>) -> Result<bool> {
        let sizes = expected.sizes.clone();
        let Some(length) = self.take(CONTENT_LENGTH) else {
            return match sizes {
                Some(_) => refuse("content-length is missing"),
                None => Ok(false),
            };
        };
        let length = number(CONTENT_LENGTH, &length)?;
        if !sizes.unwrap_or(0..=MAX_PART).contains(&length) || length > MAX_PART {
            return refuse(&format!(
                "content-length {length} is not within the sizes that are allowed"
            ));
        }
        Ok(true)
    }

    fn finish(self, length: bool) -> Result<UploadRequest> {
        match self.left.first() {
            None => Ok(UploadRequest::new(self.accepted, length)),
            Some((name, _)) => {
                refuse(&format!("{name} is not what an upload of something sealed needs here"))
            }
        }
    }
}
