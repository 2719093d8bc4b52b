//! Uploads of HTML forms: the policy that a server signs, and the form's fields (docs/formats.md
//! 5.4).

use super::checksum_header::ChecksumAlgorithm;
use super::customer_key::{AES256, ALGORITHM, KEY, KEY_MD5_FIELD};
use super::key::MAX_KEY;
use super::multipart::MAX_PART;
use super::operation::Operation;
use super::policy::checked_bucket;
use super::sealed_format::SealedFormat;
use super::sse::Mode;
use super::time::iso_time;
use super::upload::{OCTET_STREAM, checked_content_type};
use crate::error::{Error, Result};
use crate::json::Json;
use crate::object::Format;
use crate::object::metadata_rules::{self, META, Value};
use alloc::{format, string::String, vec, vec::Vec};

/// S3 replaces this by the name of the file that the page chose.
pub(super) const FILENAME: &str = "${filename}";
/// A signature with a key for a day holds for seven.
const LONGEST: u64 = 7 * 24 * 3600 * 1000;
/// The size around an empty plaintext: an object's tag, or a message's header (suite 0x0478, no
/// context, one encrypted data key of empty fields) and its final frame.
const LEAST_OBJECT: u64 = 16;
const LEAST_MESSAGE: u64 = (1 + 2 + 32 + 2 + 2 + 6 + 1 + 4 + 32 + 16) + (4 + 4 + 12 + 4 + 16);

/// The keys that a form's upload may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostKey<'a> {
    /// Only this key, which the server chose.
    Exact(&'a str),
    /// Any key that begins so: the page can overwrite every object whose key does.
    Prefix(&'a str),
}

/// The rules for what a form may upload.
#[derive(Clone, Copy, Debug)]
pub struct PostOptions<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// The key or prefix that the upload goes to.
    pub key: PostKey<'a>,
    /// Least and most bytes of ciphertext; what the format and S3 allow unless set.
    pub sizes: Option<(u64, u64)>,
    /// Milliseconds since 1970, as all times here.
    pub now: u64,
    /// After `now`, and at most seven days.
    pub expires: u64,
    /// The format of the upload.
    pub format: SealedFormat,
    /// Whether an object of version 3 has a material description; the policy admits exactly one of
    /// the two. Version 2 always has one.
    pub material_description: bool,
    /// Server-side encryption. A customer key is never fixed in a policy, which the page sees.
    pub mode: Mode<'a>,
    /// A checksum that the form must bring.
    pub checksum: Option<ChecksumAlgorithm>,
    /// [`OCTET_STREAM`] unless set.
    pub content_type: Option<&'a str>,
}

/// A policy that is not signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostPolicy {
    /// ISO 8601, UTC.
    pub expiration: String,
    /// All of them; a signer adds those of its own fields.
    pub conditions: Vec<Condition>,
    /// Fields of the form that have one value only. A prefix has `${filename}` behind it.
    pub fields: Vec<(String, String)>,
    /// Warnings for whoever asked for this.
    pub warnings: Vec<&'static str>,
}

/// The rule for a form's field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// This value.
    Equal(String, String),
    /// A value that begins so.
    StartsWith(String, String),
    /// The file's length in bytes.
    Length(u64, u64),
}

impl Condition {
    /// The condition as it stands in a policy.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Equal(name, value) => Json::object([(name.as_str(), Json::text(value.as_str()))]),
            Self::StartsWith(name, value) => {
                Json::list(["starts-with", &format!("${name}"), value.as_str()])
            }
            Self::Length(least, most) => Json::List(vec![
                Json::text("content-length-range"),
                Json::Number(format!("{least}")),
                Json::Number(format!("{most}")),
            ]),
        }
    }
}

impl PostPolicy {
    /// The policy as JSON, with conditions for `extra` fields; its base64 is what is signed.
    #[must_use]
    pub fn to_json(&self, extra: &[(&str, &str)]) -> Json {
        let extra = extra.iter().map(|(name, value)| Json::object([(*name, Json::text(*value))]));
        let conditions = self.conditions.iter().map(Condition::to_json).chain(extra).collect();
        Json::object([
            ("expiration", Json::text(self.expiration.as_str())),
            ("conditions", Json::List(conditions)),
        ])
    }
}

/// Plans a policy that admits a sealed upload and as little else as a policy can tell.
///
/// A form can replace an object, at an exact key too and as often as it likes until it expires: no
/// field of a form is `If-None-Match`. Only a bucket policy that demands the header denies that, and
/// with it every form.
///
/// It cannot tell whether the body is sealed: a server finds that out by inspecting what was stored.
///
/// # Errors
/// [`Error::Policy`] for a bucket or key that there cannot be, an empty range of sizes, an expiry in
/// the past or after more than seven days; [`Error::Input`] for a checksum that a form cannot bring.
pub fn post_policy(options: &PostOptions<'_>) -> Result<PostPolicy> {
    let mut policy = Draft::default();
    policy.equal("bucket", checked_bucket(options.bucket)?);
    let mut warnings = Vec::new();
    match options.key {
        PostKey::Exact(key) => policy.fixed("key", checked_key(key)?),
        PostKey::Prefix(prefix) => {
            policy.starts_with("key", checked_key(prefix)?);
            policy.fields.push(("key".into(), format!("{prefix}{FILENAME}")));
            warnings.push(
                "the page may overwrite every object whose key begins with keyPrefix; choose the \
                 key on the server instead, or forbid replacing in the bucket's policy (createOnly)",
            );
        }
    }
    let (least, most) = checked_sizes(options)?;
    policy.conditions.push(Condition::Length(least, most));
    policy
        .fixed("Content-Type", checked_content_type(options.content_type.unwrap_or(OCTET_STREAM))?);
    policy.envelope(options.format, options.material_description);
    policy.encryption(options.mode);
    if let Some(algorithm) = options.checksum {
        let name =
            if algorithm == ChecksumAlgorithm::Md5 { "Content-MD5" } else { algorithm.header() };
        policy.starts_with(name, "");
    }
    let expiration = iso_time(checked_expiry(options.now, options.expires)?);
    let Draft { conditions, fields } = policy;
    Ok(PostPolicy { expiration, conditions, fields, warnings })
}

#[derive(Default)]
struct Draft {
    conditions: Vec<Condition>,
    fields: Vec<(String, String)>,
}

impl Draft {
    fn equal(&mut self, name: &str, value: &str) {
        self.conditions.push(Condition::Equal(name.into(), value.into()));
    }

    /// The same, of a field that is the page's to send.
    fn fixed(&mut self, name: &str, value: &str) {
        self.equal(name, value);
        self.fields.push((name.into(), value.into()));
    }

    fn starts_with(&mut self, name: &str, value: &str) {
        self.conditions.push(Condition::StartsWith(name.into(), value.into()));
    }

    fn envelope(&mut self, format: SealedFormat, described: bool) {
        let SealedFormat::Object(format) = format else { return };
        for (name, value) in metadata_rules::envelope(format) {
            let name = format!("{META}{name}");
            match value {
                Value::Fixed(value) => self.fixed(&name, value),
                Value::Begins(start) => self.starts_with(&name, start),
            }
        }
        if described && format == Format::V3 {
            let name = metadata_rules::description_name(format, true);
            self.starts_with(&format!("{META}{name}"), "{");
        }
    }

    fn encryption(&mut self, mode: Mode<'_>) {
        match mode {
            Mode::BucketDefault => {}
            Mode::Sse(sse) => {
                for (name, value) in sse.headers(Operation::PostObject).iter() {
                    self.fixed(name, value);
                }
            }
            Mode::CustomerKey(_) | Mode::AnyCustomerKey => {
                self.fixed(ALGORITHM, AES256);
                self.starts_with(KEY, "");
                self.starts_with(KEY_MD5_FIELD, "");
            }
        }
    }
}

fn checked_key(key: &str) -> Result<&str> {
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(Error::Policy("a key, or the prefix of keys, has 1 to 1024 bytes".into()));
    }
    // A search for text would be the only one here, and costs some KB of WebAssembly.
    if key.split('$').skip(1).any(|rest| rest.starts_with("{filename}")) {
        return Err(Error::Policy("${filename} in a key would let the page choose the key".into()));
    }
    Ok(key)
}

fn checked_sizes(options: &PostOptions<'_>) -> Result<(u64, u64)> {
    let floor = match options.format {
        SealedFormat::Message => LEAST_MESSAGE,
        SealedFormat::Object(_) => LEAST_OBJECT,
    };
    let (least, most) = options.sizes.unwrap_or((floor, MAX_PART));
    if most > MAX_PART {
        return Err(Error::Policy("a form uploads at most 5 GiB".into()));
    }
    let least = least.max(floor);
    if least > most {
        return Err(Error::Policy("sizeRange allows no size that sealed data can have".into()));
    }
    Ok((least, most))
}

fn checked_expiry(now: u64, expires: u64) -> Result<u64> {
    if expires <= now {
        return Err(Error::Policy(
            "it expires in the past, or this machine's clock is wrong".into(),
        ));
    }
    if expires - now > LONGEST {
        return Err(Error::Policy("S3 takes no signature that is older than seven days".into()));
    }
    Ok(expires)
}
