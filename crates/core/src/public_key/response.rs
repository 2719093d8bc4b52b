//! Reads the answer of KMS GetPublicKey as the CLI, the SDKs and Terraform write it down: one rule for
//! native programs and WebAssembly, whoever parsed the JSON.

use super::GetPublicKeyResponse;
use crate::arn::KeyArn;
use crate::error::{Error, Result};
use crate::json::Json;
use alloc::{string::String, string::ToString, vec::Vec};

/// The members that hold the key itself. Names are compared without case and underscores: `PublicKey`,
/// `publicKey` and `public_key` are one.
const KEYS: [&str; 2] = ["publickey", "publickeypem"];

/// Members of other operations' answers, whose public keys nobody could decrypt for.
const OTHERS: [(&str, &str); 14] = [
    ("privatekeyciphertextblob", "GenerateDataKeyPair"),
    ("keypairspec", "GenerateDataKeyPair"),
    ("importtoken", "GetParametersForImport"),
    ("parametersvalidto", "GetParametersForImport"),
    ("plaintext", "Decrypt or GenerateDataKey"),
    ("ciphertextblob", "Encrypt or GenerateDataKey"),
    ("ciphertextforrecipient", "to a Nitro enclave"),
    ("sharedsecret", "DeriveSharedSecret"),
    ("keymetadata", "DescribeKey or CreateKey"),
    ("replicakeymetadata", "ReplicateKey"),
    ("signature", "Sign"),
    ("signaturevalid", "Verify"),
    ("mac", "GenerateMac"),
    ("macalgorithm", "GenerateMac or VerifyMac"),
];

/// Members of keys that do not encrypt.
const OTHER_USES: [&str; 2] = ["signingalgorithms", "keyagreementalgorithms"];

/// Refuses what GetPublicKey never answers.
pub(super) fn check_operation(answer: &Json) -> Result<()> {
    for (name, value) in answer.members() {
        let private = rest_after(name, "privatekey").is_some();
        if private && !is(name, "privatekeyciphertextblob") && is_present(value) {
            return Err(Error::PrivateKey);
        }
    }
    match OTHERS.iter().find(|(name, _)| member(answer, name).is_some()) {
        Some((_, operation)) => Err(Error::OtherAnswer(operation)),
        None => Ok(()),
    }
}

/// The members that may hold the key, mostly one.
pub(super) fn keys(answer: &Json) -> impl Iterator<Item = &Json> {
    let named = |name: &String| KEYS.iter().any(|wanted| is(name, wanted));
    let members = answer.members().iter();
    members.filter(move |(name, value)| named(name) && is_present(value)).map(|(_, value)| value)
}

/// The claims of an answer about its key, without the key itself.
pub(super) fn read(answer: &Json) -> Result<GetPublicKeyResponse> {
    if let Some(name) = OTHER_USES.iter().find(|name| member(answer, name).is_some()) {
        return Err(Error::KeyUsage(match *name {
            "signingalgorithms" => "SigningAlgorithms".into(),
            _ => "KeyAgreementAlgorithms".into(),
        }));
    }
    let key_spec = text(answer, "keyspec")?;
    let old_spec = text(answer, "customermasterkeyspec")?;
    if key_spec.is_some() && old_spec.is_some() && key_spec != old_spec {
        return Err(TWICE);
    }
    let response = GetPublicKeyResponse {
        public_key: Vec::new(),
        key_id: key_arn(answer)?,
        key_usage: text(answer, "keyusage")?,
        key_spec: key_spec.or(old_spec),
        encryption_algorithms: algorithms(answer)?,
    };
    response.check_usage().map(|()| response)
}

/// `KeyId`, or `arn` where Terraform has it beside the `key_id` that was asked for.
fn key_arn(answer: &Json) -> Result<Option<String>> {
    let id = text(answer, "keyid")?;
    let Some(arn) = text(answer, "arn")?.or(text(answer, "keyarn")?) else { return Ok(id) };
    if let (Ok(asked), Ok(found)) =
        (KeyArn::parse(id.as_deref().unwrap_or("")), KeyArn::parse(&arn))
        && !asked.matches(&found)
    {
        return Err(Error::KeyMismatch { found: found.to_string(), wanted: asked.to_string() });
    }
    Ok(Some(arn))
}

fn algorithms(answer: &Json) -> Result<Option<Vec<String>>> {
    let wrong = Error::Input("EncryptionAlgorithms must be an array of strings");
    match member(answer, "encryptionalgorithms") {
        None => Ok(None),
        Some(Json::List(values)) => {
            let mut names = Vec::new();
            for value in values {
                let Some(name) = value_of(value).as_text() else { return Err(wrong) };
                names.push(name.into());
            }
            Ok(Some(names))
        }
        Some(_) => Err(wrong),
    }
}

const TWICE: Error = Error::PublicKey("its members contradict each other");

fn text(answer: &Json, wanted: &str) -> Result<Option<String>> {
    let mut found = None;
    for (name, value) in answer.members() {
        if !is(name, wanted) || !is_present(value) {
            continue;
        }
        let wrong = Error::Input("KeyId, KeyUsage and KeySpec must be strings");
        let value = value_of(value).as_text().ok_or(wrong)?;
        if found.is_some_and(|found| found != value) {
            return Err(TWICE);
        }
        found = Some(value);
    }
    Ok(found.map(String::from))
}

/// The first member of this name that says something.
pub(super) fn member<'a>(object: &'a Json, wanted: &str) -> Option<&'a Json> {
    let members = object.members().iter();
    members.filter(|(name, _)| is(name, wanted)).map(|(_, value)| value).find(|it| is_present(it))
}

/// Outputs of Terraform, and names in .NET, stand in an object of their own.
pub(super) fn value_of(value: &Json) -> &Json {
    match value {
        Json::Object(_) => member(value, "value").unwrap_or(value),
        _ => value,
    }
}

/// Some SDKs write down what is absent as null, some as an empty list or text.
fn is_present(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Text(text) => !text.is_empty(),
        Json::List(values) => !values.is_empty(),
        Json::Object(members) => !members.is_empty(),
        Json::Bool(_) | Json::Number(_) => true,
    }
}

/// Compared without case and underscores.
fn is(name: &str, wanted: &str) -> bool {
    rest_after(name, wanted) == Some(0)
}

/// The number of characters after `start`, if `name` begins with it.
fn rest_after(name: &str, start: &str) -> Option<usize> {
    let mut wanted = start.bytes();
    let mut rest = 0;
    for byte in name.bytes().filter(|byte| *byte != b'_') {
        match wanted.next() {
            Some(wanted) if wanted == byte.to_ascii_lowercase() => {}
            Some(_) => return None,
            None => rest += 1,
        }
    }
    (wanted.len() == 0).then_some(rest)
}
