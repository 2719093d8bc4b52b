//! The envelope as S3 metadata, read once into an enum so that collisions and mixtures of versions
//! are errors of the parser (docs/formats.md 4.2, 4.3, 4.6 and 4.7).

use super::encoded_words::decoded;
use super::envelope::{Content, Envelope, Wrap};
use super::format::Format;
use crate::codec::widen;
use crate::description::{MaterialDescription, json_object};
use crate::error::{Error, Result};
use alloc::{string::String, vec, vec::Vec};
use base64ct::{Base64, Encoding};

/// What goes beside an object's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectHead {
    /// User metadata, names without `x-amz-meta-`.
    pub metadata: Vec<(&'static str, String)>,
    /// The body of the object `KEY.instruction`, to be stored before this one.
    pub instruction_file: Option<String>,
}

/// A value in a JSON object, as far as this format knows any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonValue {
    /// A string.
    Text(String),
    /// A whole number, in decimal.
    Integer(String),
    /// Anything else.
    Other,
}

/// Parses a JSON object into its members; `None` when the text is none.
pub type JsonParser = fn(&str) -> Option<Vec<(String, JsonValue)>>;

const HTTP_PREFIX: &str = "x-amz-meta-";
pub(crate) const UNENCRYPTED_LENGTH: &str = "x-amz-unencrypted-content-length";
/// S3 takes 2 KB of user metadata; the HTTP prefix is counted in, to be safe.
pub(crate) const MAX_METADATA: u64 = 2048;

/// Content keys of V1 and V2.
const V2_KEYS: [&str; 7] = [
    "x-amz-key",
    "x-amz-key-v2",
    "x-amz-iv",
    "x-amz-cek-alg",
    "x-amz-wrap-alg",
    "x-amz-tag-len",
    "x-amz-matdesc",
];
/// Content keys of V3 that stay on the object, instruction file or not.
const V3_OBJECT_KEYS: [&str; 3] = ["x-amz-c", "x-amz-d", "x-amz-i"];
/// Content keys of V3 that an instruction file takes.
const V3_FILE_KEYS: [&str; 4] = ["x-amz-3", "x-amz-w", "x-amz-m", "x-amz-t"];
/// What marks an instruction file among the objects of a bucket.
const INSTRUCTION_FILE: &str = "x-amz-crypto-instr-file";

/// Metadata by lower-case name without HTTP prefix, as they were sent, empty values left out (the
/// Go client writes them for what is not there).
struct Names(Vec<(String, String)>);

impl Names {
    fn new<'a, N: AsRef<str>>(pairs: impl IntoIterator<Item = (N, &'a str)>) -> Result<Self> {
        let mut names: Vec<(String, String)> = Vec::new();
        for (name, value) in pairs {
            let name = bare(name.as_ref());
            if !is_content_key(&name) {
                continue;
            }
            if names.iter().any(|(found, _)| *found == name) {
                return Err(Error::Metadata("a name stands twice"));
            }
            names.push((name, decoded(value)));
        }
        names.retain(|(_, value)| !value.is_empty());
        Ok(Self(names))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn required(&self, name: &str, missing: &'static str) -> Result<&str> {
        self.get(name).ok_or(Error::Metadata(missing))
    }

    fn any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.get(key).is_some())
    }
}

/// A name in lower case and without the HTTP prefix.
pub(super) fn bare(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    String::from(name.strip_prefix(HTTP_PREFIX).unwrap_or(&name))
}

/// What an object under this wrap (by version 2's name) may carry, without the HTTP prefix.
pub(crate) fn metadata_names(format: Format, wrap: &str) -> Vec<&'static str> {
    let mut names: Vec<&str> = match format {
        Format::V2 => V2_KEYS.into_iter().filter(|name| *name != "x-amz-key").collect(),
        Format::V3 if wrap == Wrap::RsaOaepSha1.v2_name() => vec!["x-amz-3", "x-amz-w", "x-amz-m"],
        Format::V3 => vec!["x-amz-3", "x-amz-w", "x-amz-t"],
    };
    match format {
        Format::V2 => names.push(UNENCRYPTED_LENGTH),
        Format::V3 => names.extend(V3_OBJECT_KEYS),
    }
    names
}

fn is_content_key(name: &str) -> bool {
    V2_KEYS.contains(&name) || V3_OBJECT_KEYS.contains(&name) || V3_FILE_KEYS.contains(&name)
}

impl Envelope {
    /// Reads the envelope of an object out of its metadata and, where there is one, the text of
    /// its instruction file.
    ///
    /// # Errors
    /// [`Error::NotSealed`] where there is no name of the format and no instruction file;
    /// [`Error::Metadata`] for what is missing, doubled, mixed or malformed;
    /// [`Error::Unsupported`], by name, for V1, CBC and wraps that are not read.
    pub(super) fn parse(
        metadata: &[(String, String)],
        instruction_file: Option<&str>,
        json: JsonParser,
    ) -> Result<Self> {
        let object = Names::new(metadata.iter().map(|(name, value)| (name, value.as_str())))?;
        let Some(text) = instruction_file else {
            check_sealed(metadata)?;
            return Self::from_names(&object, &object, json);
        };

        let members =
            json(text).ok_or(Error::Metadata("the instruction file is no JSON object"))?;
        let mut texts = Vec::new();
        for (name, value) in members {
            match value {
                JsonValue::Text(text) => texts.push((name, text)),
                // Old writers have a number here.
                JsonValue::Integer(text) if name == "x-amz-tag-len" => texts.push((name, text)),
                _ => return Err(Error::Metadata("the instruction file must hold strings only")),
            }
        }
        if texts.iter().any(|(name, _)| V3_OBJECT_KEYS.contains(&name.as_str())) {
            return Err(Error::Metadata(
                "the instruction file claims what only the object may say",
            ));
        }
        if texts.iter().any(|(name, _)| !is_content_key(name) && name != UNENCRYPTED_LENGTH) {
            return Err(Error::Metadata("the instruction file has an unknown member"));
        }
        if object.any(&V2_KEYS) || object.any(&V3_FILE_KEYS) {
            return Err(Error::Metadata("the object and its instruction file both hold a key"));
        }
        let file = Names::new(texts.iter().map(|(name, value)| (name, value.as_str())))?;
        Self::from_names(&object, &file, json)
    }

    /// `key` is where the wrapped key stands: the object's own metadata or its instruction file.
    fn from_names(object: &Names, key: &Names, json: JsonParser) -> Result<Self> {
        let v2 = key.any(&V2_KEYS);
        let v3 = object.any(&V3_OBJECT_KEYS) || key.any(&V3_FILE_KEYS);
        match (v2, v3) {
            // Known as an attack: V3 keys on a V2 object, to slip past the commitment policy.
            (true, true) => Err(Error::Metadata("keys of versions 2 and 3 are mixed")),
            (true, false) => Self::v2(key, json),
            (false, true) => Self::v3(object, key, json),
            (false, false) => Err(Error::Metadata(
                "no wrapped key; if the object has an instruction file (KEY.instruction), give it too",
            )),
        }
    }

    fn v2(key: &Names, json: JsonParser) -> Result<Self> {
        match (key.get("x-amz-key"), key.get("x-amz-key-v2")) {
            (Some(_), Some(_)) => {
                return Err(Error::Metadata("keys of versions 1 and 2 are mixed"));
            }
            (Some(_), None) => {
                return Err(Error::Unsupported("objects of version 1 (x-amz-key) are not read"));
            }
            _ => {}
        }
        let wrapped = key.required("x-amz-key-v2", "x-amz-key-v2 is missing")?;
        let iv = key.required("x-amz-iv", "x-amz-iv is missing")?;
        match key.required("x-amz-cek-alg", "x-amz-cek-alg is missing")? {
            "AES/GCM/NoPadding" => {}
            "AES/CBC/PKCS5Padding" => {
                return Err(Error::Unsupported("content under AES/CBC is not read"));
            }
            _ => return Err(Error::Unsupported("this x-amz-cek-alg is not read")),
        }
        if key.required("x-amz-tag-len", "x-amz-tag-len is missing")? != "128" {
            return Err(Error::Metadata("x-amz-tag-len is not 128"));
        }
        let iv: [u8; 12] = sized(iv, "x-amz-iv is not base64 of 12 bytes")?;
        if iv == [0; 12] {
            return Err(Error::Metadata("x-amz-iv is all zeros"));
        }
        let text = key.get("x-amz-matdesc");
        let wrap = match key.required("x-amz-wrap-alg", "x-amz-wrap-alg is missing")? {
            "RSA-OAEP-SHA1" => Wrap::RsaOaepSha1,
            "kms+context" => Wrap::kms_context(description(text, json)?, Format::V2)?,
            "kms" => Wrap::Kms(description(text, json)?),
            _ => return Err(Error::Unsupported("this x-amz-wrap-alg is not read")),
        };
        let wrapped_key = base64(wrapped, "x-amz-key-v2 is not base64")?;
        let content = Content::V2 { iv };
        Ok(Self::read(wrapped_key, wrap, content, unauthenticated(text, json)))
    }

    fn v3(object: &Names, key: &Names, json: JsonParser) -> Result<Self> {
        if object.required("x-amz-c", "x-amz-c is missing")? != "115" {
            return Err(Error::Unsupported("this x-amz-c is not read"));
        }
        let commitment = object.required("x-amz-d", "x-amz-d is missing")?;
        let message_id = object.required("x-amz-i", "x-amz-i is missing")?;
        let wrapped = key.required(
            "x-amz-3",
            "x-amz-3 is missing; if the object has an instruction file (KEY.instruction), give it too",
        )?;
        let commitment = sized(commitment, "x-amz-d is not base64 of 28 bytes")?;
        let message_id = sized(message_id, "x-amz-i is not base64 of 28 bytes")?;
        if message_id == [0; 28] {
            return Err(Error::Metadata("x-amz-i is all zeros"));
        }
        let wrap = match key.required("x-amz-w", "x-amz-w is missing")? {
            "22" => Wrap::RsaOaepSha1,
            "12" => Wrap::kms_context(description(key.get("x-amz-t"), json)?, Format::V3)?,
            _ => return Err(Error::Unsupported("this x-amz-w is not read")),
        };
        let wrapped_key = base64(wrapped, "x-amz-3 is not base64")?;
        let content = Content::V3 { commitment, message_id };
        Ok(Self::read(wrapped_key, wrap, content, unauthenticated(key.get("x-amz-m"), json)))
    }

    /// `material` is what stands beside an RSA wrap; under the others the context is described.
    fn read(
        wrapped_key: Vec<u8>,
        wrap: Wrap,
        content: Content,
        material: Result<MaterialDescription, String>,
    ) -> Self {
        let (description, unreadable) = match (&wrap, material) {
            (Wrap::KmsContext(context) | Wrap::Kms(context), _) => (context.clone(), None),
            (Wrap::RsaOaepSha1, Ok(description)) => (description, None),
            (Wrap::RsaOaepSha1, Err(text)) => (MaterialDescription::EMPTY, Some(text)),
        };
        Self { wrapped_key, wrap, description, unreadable, content }
    }

    /// What the object carries, and what its instruction file does where there is to be one.
    /// `length` is the plaintext's, where it is known.
    ///
    /// # Errors
    /// [`Error::Limit`] for more than S3 takes.
    pub(super) fn encode(&self, instruction_file: bool, length: Option<u64>) -> Result<ObjectHead> {
        let mut object = Vec::new();
        let mut key = Vec::new();
        let wrapped = Base64::encode_string(&self.wrapped_key);
        match &self.content {
            Content::V2 { iv } => {
                key.push(("x-amz-key-v2", wrapped));
                key.push(("x-amz-iv", Base64::encode_string(iv)));
                key.push(("x-amz-cek-alg", Format::V2.content_algorithm().into()));
                key.push(("x-amz-wrap-alg", self.wrap.v2_name().into()));
                key.push(("x-amz-tag-len", "128".into()));
                key.push(("x-amz-matdesc", self.description.to_json()));
                if let Some(length) = length {
                    object.push((UNENCRYPTED_LENGTH, alloc::format!("{length}")));
                }
            }
            Content::V3 { commitment, message_id } => {
                object.push(("x-amz-c", Format::V3.content_algorithm().into()));
                object.push(("x-amz-d", Base64::encode_string(commitment)));
                object.push(("x-amz-i", Base64::encode_string(message_id)));
                key.push(("x-amz-3", wrapped));
                key.push(("x-amz-w", self.wrap.v3_name().into()));
                if !self.description.is_empty() {
                    key.push((self.wrap.v3_description_key(), self.description.to_json()));
                }
            }
        }
        let file = if instruction_file {
            Some(json_object(key.iter().map(|(name, value)| (*name, value.as_str()))))
        } else {
            object.extend(key);
            None
        };
        check_size(&object)?;
        Ok(ObjectHead { metadata: object, instruction_file: file })
    }
}

fn check_size(metadata: &[(&str, String)]) -> Result<()> {
    let sizes = metadata.iter().map(|(name, value)| HTTP_PREFIX.len() + name.len() + value.len());
    let found = widen(sizes.sum::<usize>());
    if found > MAX_METADATA {
        return Err(Error::Limit { what: "bytes of metadata", found, limit: MAX_METADATA });
    }
    Ok(())
}

/// Without any name of the format, be its value empty, nobody sealed this, or its metadata were
/// lost, as copies in parts lose them.
fn check_sealed(metadata: &[(String, String)]) -> Result<()> {
    let mut names = metadata.iter().map(|(name, _)| bare(name));
    if names.clone().any(|name| is_content_key(&name) || name == UNENCRYPTED_LENGTH) {
        return Ok(());
    }
    if names.any(|name| name == INSTRUCTION_FILE) {
        return Err(Error::NotSealed("this is an instruction file, which another object needs"));
    }
    Err(Error::NotSealed(
        "the metadata have no name of the S3 Encryption Client: this was not sealed as an object, or they were lost; if there is an instruction file (KEY.instruction), give it too",
    ))
}

/// Under an RSA wrap nothing authenticates a description: who could not read one would be kept from
/// the object by whoever may write there. The text of one that cannot be read is the error.
fn unauthenticated(text: Option<&str>, json: JsonParser) -> Result<MaterialDescription, String> {
    description(text, json).map_err(|_| text.unwrap_or_default().into())
}

fn description(text: Option<&str>, json: JsonParser) -> Result<MaterialDescription> {
    let text = text.unwrap_or_default().trim_ascii();
    let list = text.strip_prefix('[').and_then(|inside| inside.strip_suffix(']'));
    // Of PHP an empty description is a list, of .NET it is null.
    if matches!(text, "" | "null") || list.is_some_and(|inside| inside.trim_ascii().is_empty()) {
        return Ok(MaterialDescription::EMPTY);
    }
    let members = json(text).ok_or(Error::Metadata("a description is no JSON object"))?;
    let mut pairs = Vec::new();
    for (name, value) in members {
        let JsonValue::Text(text) = value else {
            return Err(Error::Metadata("a description must hold strings only"));
        };
        pairs.push((name, text));
    }
    MaterialDescription::new(pairs).map_err(|_| Error::Metadata("a description has a bad name"))
}

fn base64(text: &str, wrong: &'static str) -> Result<Vec<u8>> {
    Base64::decode_vec(text).map_err(|_| Error::Metadata(wrong))
}

fn sized<const N: usize>(text: &str, wrong: &'static str) -> Result<[u8; N]> {
    base64(text, wrong)?.try_into().map_err(|_| Error::Metadata(wrong))
}
