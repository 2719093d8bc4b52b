//! The envelope as S3 metadata, read once into an enum so that collisions and mixtures of versions
//! are errors of the parser (docs/formats.md 4.2, 4.3, 4.6 and 4.7).

use super::encoded_words::decoded;
use super::envelope::{Content, Envelope, Wrap};
use super::format::Format;
use super::metadata_rules::*;
use crate::description::MaterialDescription;
use crate::error::{Error, Result};
use crate::json::{self, Json, JsonParser};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Encoding};

/// The parts that are stored beside an object's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectHead {
    /// User metadata, names without `x-amz-meta-`.
    pub metadata: Vec<(&'static str, String)>,
    /// The body of the object `KEY.instruction`, to be stored before this one.
    pub instruction_file: Option<String>,
}

/// Metadata by lower-case name without HTTP prefix, as they were sent.
struct Names(Vec<(String, String)>);

impl Names {
    fn new(metadata: &[(String, String)]) -> Result<Self> {
        let mut names: Vec<(String, String)> = Vec::new();
        for (name, value) in metadata {
            let name = bare(name);
            if !is_content_key(&name) {
                continue;
            }
            if names.iter().any(|(found, _)| *found == name) {
                return Err(Error::Metadata("a name stands twice"));
            }
            names.push((name, decoded(value)));
        }
        Ok(Self(names))
    }

    /// Nothing for empty values, which the Go client writes for what is not there.
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &str, missing: &'static str) -> Result<&str> {
        self.get(name).ok_or(Error::Metadata(missing))
    }

    fn any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.get(key).is_some())
    }
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
        let object = Names::new(metadata)?;
        let Some(text) = instruction_file else {
            check_sealed(metadata)?;
            return Self::from_names(&object, &object, json);
        };

        let no_object = Error::Metadata("the instruction file must be a JSON object");
        let Some(Json::Object(members)) = json(text) else { return Err(no_object) };
        let mut texts = Vec::new();
        for (name, value) in members {
            match value {
                Json::Text(text) => texts.push((name, text)),
                // Old writers have a number here.
                Json::Number(text) if name == V2_TAG_BITS => texts.push((name, text)),
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
        Self::from_names(&object, &Names::new(&texts)?, json)
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
        match (key.get(V1_KEY), key.get(V2_KEY)) {
            (Some(_), Some(_)) => {
                return Err(Error::Metadata("keys of versions 1 and 2 are mixed"));
            }
            (Some(_), None) => {
                return Err(Error::Unsupported(
                    "objects of version 1 (x-amz-key) are not supported",
                ));
            }
            _ => {}
        }
        let wrapped = key.required(V2_KEY, "x-amz-key-v2 is missing")?;
        let iv = key.required(V2_IV, "x-amz-iv is missing")?;
        match key.required(V2_CONTENT_ALGORITHM, "x-amz-cek-alg is missing")? {
            V2_CONTENT => {}
            "AES/CBC/PKCS5Padding" => {
                return Err(Error::Unsupported("content under AES/CBC is not supported"));
            }
            _ => return Err(Error::Unsupported("this value of x-amz-cek-alg is not supported")),
        }
        if key.required(V2_TAG_BITS, "x-amz-tag-len is missing")? != TAG_BITS {
            return Err(Error::Metadata("x-amz-tag-len is not 128"));
        }
        let iv: [u8; 12] = sized(iv, "x-amz-iv is not base64 of 12 bytes")?;
        if iv == [0; 12] {
            return Err(Error::Metadata("x-amz-iv is all zeros"));
        }
        let text = key.get(V2_DESCRIPTION);
        let wrap = match key.required(V2_WRAP_ALGORITHM, "x-amz-wrap-alg is missing")? {
            V2_RSA => Wrap::RsaOaepSha1,
            V2_KMS_CONTEXT => Wrap::kms_context(description(text, json)?, Format::V2)?,
            V2_KMS => Wrap::Kms(description(text, json)?),
            _ => return Err(Error::Unsupported("this value of x-amz-wrap-alg is not supported")),
        };
        let wrapped_key = base64(wrapped, "x-amz-key-v2 is not base64")?;
        let content = Content::V2 { iv };
        Ok(Self::read(wrapped_key, wrap, content, text, json))
    }

    fn v3(object: &Names, key: &Names, json: JsonParser) -> Result<Self> {
        if object.required(V3_CONTENT_ALGORITHM, "x-amz-c is missing")? != V3_CONTENT {
            return Err(Error::Unsupported("this value of x-amz-c is not supported"));
        }
        let commitment = object.required(V3_COMMITMENT, "x-amz-d is missing")?;
        let message_id = object.required(V3_MESSAGE_ID, "x-amz-i is missing")?;
        let wrapped = key.required(
            V3_KEY,
            "x-amz-3 is missing; if the object has an instruction file (KEY.instruction), give it too",
        )?;
        let commitment = sized(commitment, "x-amz-d is not base64 of 28 bytes")?;
        let message_id = sized(message_id, "x-amz-i is not base64 of 28 bytes")?;
        if message_id == [0; 28] {
            return Err(Error::Metadata("x-amz-i is all zeros"));
        }
        let wrap = match key.required(V3_WRAP_ALGORITHM, "x-amz-w is missing")? {
            V3_RSA => Wrap::RsaOaepSha1,
            V3_KMS_CONTEXT => {
                Wrap::kms_context(description(key.get(V3_CONTEXT), json)?, Format::V3)?
            }
            _ => return Err(Error::Unsupported("this value of x-amz-w is not supported")),
        };
        let wrapped_key = base64(wrapped, "x-amz-3 is not base64")?;
        let content = Content::V3 { commitment, message_id };
        Ok(Self::read(wrapped_key, wrap, content, key.get(V3_DESCRIPTION), json))
    }

    /// `material` is what stands beside an RSA wrap, where nothing authenticates it: who could not read
    /// one would be kept from the object by whoever may write there. Under the others the context is
    /// described.
    fn read(
        wrapped_key: Vec<u8>,
        wrap: Wrap,
        content: Content,
        material: Option<&str>,
        json: JsonParser,
    ) -> Self {
        let (description, unreadable) = match &wrap {
            Wrap::KmsContext(context) | Wrap::Kms(context) => (context.clone(), None),
            Wrap::RsaOaepSha1 => match description(material, json) {
                Ok(description) => (description, None),
                Err(_) => (MaterialDescription::EMPTY, material.map(String::from)),
            },
        };
        Self { wrapped_key, wrap, description, unreadable, content }
    }

    /// The metadata of the object, and those of its instruction file if there is to be one.
    /// `length` is the plaintext's, where it is known.
    ///
    /// # Errors
    /// [`Error::Limit`] for more than S3 takes.
    pub(super) fn encode(&self, instruction_file: bool, length: Option<u64>) -> Result<ObjectHead> {
        let mut object = Vec::new();
        let mut key = Vec::new();
        let wrapped = Base64::encode_string(&self.wrapped_key);
        let description =
            description_name(self.content.format(), matches!(self.wrap, Wrap::RsaOaepSha1));
        match &self.content {
            Content::V2 { iv } => {
                key.push((V2_KEY, wrapped));
                key.push((V2_IV, Base64::encode_string(iv)));
                key.push((V2_CONTENT_ALGORITHM, V2_CONTENT.into()));
                key.push((V2_WRAP_ALGORITHM, self.wrap.v2_name().into()));
                key.push((V2_TAG_BITS, TAG_BITS.into()));
                key.push((description, self.description.to_json()));
                if let Some(length) = length {
                    object.push((UNENCRYPTED_LENGTH, alloc::format!("{length}")));
                }
            }
            Content::V3 { commitment, message_id } => {
                object.push((V3_CONTENT_ALGORITHM, V3_CONTENT.into()));
                object.push((V3_COMMITMENT, Base64::encode_string(commitment)));
                object.push((V3_MESSAGE_ID, Base64::encode_string(message_id)));
                key.push((V3_KEY, wrapped));
                key.push((V3_WRAP_ALGORITHM, self.wrap.v3_name().into()));
                if !self.description.is_empty() {
                    key.push((description, self.description.to_json()));
                }
            }
        }
        let file = if instruction_file {
            Some(json::object_of_texts(key.iter().map(|(name, value)| (*name, value.as_str()))))
        } else {
            object.extend(key);
            None
        };
        check_size(object.iter().map(|(name, value)| (*name, value.as_str())))?;
        Ok(ObjectHead { metadata: object, instruction_file: file })
    }
}

/// If no name of the format is there, not even with an empty value, nobody sealed this, or its metadata were
/// lost, as copies in parts lose them.
fn check_sealed(metadata: &[(String, String)]) -> Result<()> {
    let mut names = metadata.iter().map(|(name, _)| bare(name));
    if names.clone().any(|name| is_content_key(&name) || name == UNENCRYPTED_LENGTH) {
        return Ok(());
    }
    if names.any(|name| name == INSTRUCTION_FILE) {
        return Err(Error::NotSealed(
            "this is an instruction file; give its text together with the object that it belongs to",
        ));
    }
    Err(Error::NotSealed(
        "the metadata have no name of the S3 Encryption Client: this was not sealed as an object, or they were lost; if there is an instruction file (KEY.instruction), give it too",
    ))
}

fn description(text: Option<&str>, json: JsonParser) -> Result<MaterialDescription> {
    let text = text.unwrap_or_default().trim_ascii();
    let list = text.strip_prefix('[').and_then(|inside| inside.strip_suffix(']'));
    // PHP writes an empty description as a list, and .NET writes null.
    if matches!(text, "" | "null") || list.is_some_and(|inside| inside.trim_ascii().is_empty()) {
        return Ok(MaterialDescription::EMPTY);
    }
    let no_object = Error::Metadata("a material description must be a JSON object");
    let Some(Json::Object(members)) = json(text) else { return Err(no_object) };
    let mut pairs = Vec::new();
    for (name, value) in members {
        let Json::Text(text) = value else {
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
