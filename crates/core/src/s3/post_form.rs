//! The fields of a form that uploads something sealed under a signed policy (docs/formats.md 5.4).

use super::checksum_header::{Checksum, ChecksumAlgorithm};
use super::headers::Headers;
use super::operation::Operation;
use super::post::FILENAME;
use super::shape::{check_base64, object_metadata};
use super::sse::Mode;
use super::upload::encryption;
use crate::error::{Error, Result};
use crate::object::metadata_rules::{CONTENT_ALGORITHMS, META};
use alloc::{format, string::String};

/// Bytes of all fields before the file, about as many as S3 takes with what is around them.
const MAX_LENGTH: usize = 20 * 1024;

/// The values that the page adds to the fields that the server signed.
#[derive(Clone, Debug)]
pub struct PostForm<'a> {
    /// The fields from the server: policy, signature, and everything that can have one value only.
    pub signed: &'a [(String, String)],
    /// Metadata of a sealed object, with or without `x-amz-meta-`.
    pub metadata: &'a [(String, String)],
    /// The customer key, where the policy asks for one.
    pub mode: Mode<'a>,
    /// The checksum of the upload.
    pub checksum: Option<Checksum>,
    /// The key, if the policy leaves it to the page.
    pub key: Option<&'a str>,
    /// The URL that the form goes to; checked if a customer key travels with it.
    pub endpoint: Option<&'a str>,
}

/// All fields in the order in which S3 reads them; the file comes after them, as the last.
///
/// # Errors
/// [`Error::Policy`] for signed fields that are of no policy, or of one for another format or key;
/// [`Error::Sse`] for a customer key that may not go to `endpoint`.
pub fn post_form(form: &PostForm<'_>) -> Result<Headers> {
    // Each is looked for among all others: what S3 would refuse anyway is not begun with.
    if form.signed.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_LENGTH
    {
        return Err(Error::Policy(
            "the signed fields are longer than the 20 KB that S3 takes".into(),
        ));
    }
    let mut fields = Fields { form, done: Headers::default() };
    for name in ["policy", "x-amz-signature"] {
        if fields.signed(name).is_none() {
            return Err(Error::Policy(format!("the signed fields have no {name}")));
        }
    }
    fields.done.push("key", fields.key()?);
    for (name, value) in form.signed {
        if !name.eq_ignore_ascii_case("key") {
            fields.done.push(name.as_str(), value.as_str());
        }
    }
    if form.metadata.is_empty() && form.signed.iter().any(|(name, _)| starts_with_meta(name)) {
        return Err(Error::Policy(
            "the policy is for a sealed object, and a message is given".into(),
        ));
    }
    let names_content = |(name, _): &(String, String)| {
        CONTENT_ALGORITHMS
            .iter()
            .any(|content| name.eq_ignore_ascii_case(&format!("{META}{content}")))
    };
    if !form.metadata.is_empty() && !form.signed.iter().any(names_content) {
        return Err(Error::Policy(
            "the policy is for a message, and a sealed object is given".into(),
        ));
    }
    for (name, value) in object_metadata(form.metadata)? {
        fields.add(&format!("{META}{name}"), value)?;
    }
    for (name, value) in encryption(form.mode, Operation::PostObject, form.endpoint)?.iter() {
        fields.add(name, value)?;
    }
    if let Some(Checksum { algorithm, value }) = &form.checksum {
        let value = value.as_deref().ok_or(Error::Input("checksum.value is missing"))?;
        check_base64(algorithm.header(), value, algorithm.length())?;
        let md5 = *algorithm == ChecksumAlgorithm::Md5;
        fields.add(if md5 { "Content-MD5" } else { algorithm.header() }, value)?;
    }
    Ok(fields.done)
}

struct Fields<'a> {
    form: &'a PostForm<'a>,
    done: Headers,
}

impl<'a> Fields<'a> {
    fn signed(&self, name: &str) -> Option<&'a str> {
        let found = self.form.signed.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The server's, or within its prefix the page's.
    fn key(&self) -> Result<String> {
        let signed = self.signed("key");
        let Some(chosen) = self.form.key else {
            return signed
                .map(String::from)
                .ok_or_else(|| Error::Policy("the signed fields have no key".into()));
        };
        let admitted = match signed {
            None => true,
            Some(signed) => match signed.strip_suffix(FILENAME) {
                Some(prefix) => chosen.starts_with(prefix),
                None => chosen == signed,
            },
        };
        if admitted {
            return Ok(chosen.into());
        }
        Err(Error::Policy("the policy is for another key".into()))
    }

    /// A field that may stand among the signed ones, with the same value then.
    fn add(&mut self, name: &str, value: &str) -> Result<()> {
        match self.signed(name) {
            None => self.done.push(name, value),
            Some(signed) if signed == value => {}
            Some(_) => {
                return Err(Error::Policy(format!("the policy fixes {name} to another value")));
            }
        }
        Ok(())
    }
}

fn starts_with_meta(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with(META)
}
