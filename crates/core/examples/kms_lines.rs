//! Seals and opens files, one JSON command per line of standard input, one JSON answer per line of
//! standard output. It makes no network call: where it needs KMS it prints the request as a line
//! and reads the response as the next one.
//!
//! ```text
//! > {"op":"seal","publicKey":"-----BEGIN PUBLIC KEY-----…","keyArn":"arn:aws:kms:…","algorithm":"RSAES_OAEP_SHA_256","context":{},"frameLength":null,"in":"a","out":"b"}
//! < {"ok":true,"length":485}
//! > {"op":"open","keyArn":"arn:aws:kms:…","algorithm":"RSAES_OAEP_SHA_256","context":{},"in":"b","out":"c"}
//! < {"kms":{"KeyId":"arn:aws:kms:…","CiphertextBlob":"…","EncryptionAlgorithm":"RSAES_OAEP_SHA_256"}}
//! > {"KeyId":"arn:aws:kms:…","Plaintext":"…"}    or {"error":"AccessDeniedException"}
//! < {"ok":true,"length":5,"context":{}}
//! ```
//!
//! `seal-secret` and `open-secret` do the same with small secrets; `seal-secret` has a `form`, which
//! is `armoured` or `direct`, in place of the frame length.
//!
//! `seal-object` and `open-object` do the same with S3 objects; without a `publicKey` their
//! key is a symmetric one, for which KMS is asked when sealing, too (GenerateDataKey: the request
//! that has a `KeySpec`):
//!
//! ```text
//! > {"op":"seal-object","publicKey":"-----BEGIN PUBLIC KEY-----…","keyArn":"arn:aws:kms:…","format":"v3","description":{},"instructionFile":false,"in":"a","out":"b"}
//! < {"ok":true,"metadata":{"x-amz-c":"115",…},"instructionFile":null}
//! > {"op":"open-object","keyArn":"arn:aws:kms:…","symmetric":false,"format":"v3","metadata":{"x-amz-c":"115",…},"instructionFile":null,"in":"b","out":"c"}
//! < {"kms":…}
//! > {"KeyId":…}
//! < {"ok":true,"format":"v3","description":{}}
//! ```

use base64ct::{Base64, Encoding};
use bongtu::object::{
    Format, ObjectOptions, OpenObjectOptions, SealedObject, open_object_with, seal_object_with,
};
use bongtu::secret::{SecretOptions, open_secret_with, seal_secret, seal_secret_to};
use bongtu::{
    CommitmentPolicy, DecryptParameters, DecryptRequest, DecryptResponse, EncryptionAlgorithm,
    EncryptionContext, Error, GenerateDataKeyRequest, GenerateDataKeyResponse, KeyArn, Keyring,
    KmsFailure, KmsKeyring, KmsPublicKey, KmsRsaKeyring, MaterialDescription, OpenOptions,
    OpenReader, SealOptions, SealWriter,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, Write};

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
enum Command {
    Seal(Seal),
    Open(Open),
    SealSecret(SealSecret),
    OpenSecret(Open),
    SealObject(SealObject),
    OpenObject(OpenObject),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seal {
    public_key: String,
    key_arn: String,
    algorithm: String,
    context: BTreeMap<String, String>,
    frame_length: Option<u32>,
    r#in: String,
    out: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Open {
    key_arn: String,
    algorithm: String,
    context: BTreeMap<String, String>,
    r#in: String,
    out: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SealSecret {
    public_key: String,
    key_arn: String,
    algorithm: String,
    form: String,
    context: BTreeMap<String, String>,
    r#in: String,
    out: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SealObject {
    public_key: Option<String>,
    key_arn: String,
    format: String,
    description: BTreeMap<String, String>,
    instruction_file: bool,
    r#in: String,
    out: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenObject {
    key_arn: String,
    symmetric: bool,
    /// `v2` allows objects of version 2.
    format: String,
    metadata: BTreeMap<String, String>,
    instruction_file: Option<String>,
    r#in: String,
    out: String,
}

fn main() -> io::Result<()> {
    while let Some(line) = read_line()? {
        let answer = serde_json::from_str(&line).map_err(io::Error::from).and_then(run);
        print(&answer.unwrap_or_else(|error| {
            let code = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
            json!({ "error": code.map_or("ERR_IO", Error::code), "message": error.to_string() })
        }))?;
    }
    Ok(())
}

fn run(command: Command) -> io::Result<Value> {
    match command {
        Command::Seal(job) => seal_message(job),
        Command::Open(job) => open_message(job),
        Command::SealSecret(job) => seal_one_secret(job),
        Command::OpenSecret(job) => open_one_secret(job),
        Command::SealObject(job) => seal_one_object(job),
        Command::OpenObject(job) => open_one_object(&job),
    }
}

fn seal_message(job: Seal) -> io::Result<Value> {
    let key = KmsPublicKey::parse(job.public_key.as_bytes())?;
    let algorithm = EncryptionAlgorithm::from_name(&job.algorithm)?;
    let keyring = KmsRsaKeyring::new(key, KeyArn::parse(&job.key_arn)?, algorithm)?;
    let mut options = SealOptions {
        encryption_context: EncryptionContext::new(job.context)?,
        ..SealOptions::default()
    };
    options.frame_length = job.frame_length.unwrap_or(options.frame_length);
    let out = File::create(job.out)?;
    let mut writer = SealWriter::new(&Keyring::KmsRsa(keyring), options, out)?;
    io::copy(&mut File::open(job.r#in)?, &mut writer)?;
    let length = writer.finish()?.metadata()?.len();
    Ok(json!({ "ok": true, "length": length }))
}

fn open_message(job: Open) -> io::Result<Value> {
    let algorithm = EncryptionAlgorithm::from_name(&job.algorithm)?;
    let keyring = KmsRsaKeyring::open_only(KeyArn::parse(&job.key_arn)?, algorithm);
    let options = OpenOptions {
        encryption_context: EncryptionContext::new(job.context)?,
        ..OpenOptions::default()
    };
    let message = File::open(job.r#in)?;
    let mut reader = OpenReader::new(&Keyring::KmsRsa(keyring), options, message, decrypt)?;
    let length = io::copy(&mut reader, &mut File::create(job.out)?)?;
    let context: BTreeMap<_, _> = reader.header().encryption_context.iter().collect();
    Ok(json!({ "ok": true, "length": length, "context": context }))
}

fn seal_one_secret(job: SealSecret) -> io::Result<Value> {
    let key = KmsPublicKey::parse(job.public_key.as_bytes())?;
    let algorithm = EncryptionAlgorithm::from_name(&job.algorithm)?;
    let secret = fs::read(job.r#in)?;
    let value = if job.form == "direct" {
        seal_secret_to(&key, algorithm, &secret)?
    } else {
        let keyring = KmsRsaKeyring::new(key, KeyArn::parse(&job.key_arn)?, algorithm)?;
        let encryption_context = EncryptionContext::new(job.context)?;
        let options = SecretOptions { encryption_context, ..SecretOptions::default() };
        seal_secret(&Keyring::KmsRsa(keyring), &secret, options)?
    };
    fs::write(job.out, &value)?;
    Ok(json!({ "ok": true, "length": value.len() }))
}

fn open_one_secret(job: Open) -> io::Result<Value> {
    let algorithm = EncryptionAlgorithm::from_name(&job.algorithm)?;
    let keyring = KmsRsaKeyring::open_only(KeyArn::parse(&job.key_arn)?, algorithm);
    let options = OpenOptions {
        encryption_context: EncryptionContext::new(job.context)?,
        ..OpenOptions::default()
    };
    let value = fs::read_to_string(job.r#in)?;
    let secret = open_secret_with(&Keyring::KmsRsa(keyring), &value, options, decrypt)?;
    fs::write(job.out, secret.expose())?;
    Ok(json!({ "ok": true, "length": secret.expose().len() }))
}

fn seal_one_object(job: SealObject) -> io::Result<Value> {
    let key_arn = KeyArn::parse(&job.key_arn)?;
    let keyring = match job.public_key {
        None => Keyring::Kms(KmsKeyring::new(key_arn)),
        Some(pem) => {
            let key = KmsPublicKey::parse(pem.as_bytes())?;
            Keyring::KmsRsa(KmsRsaKeyring::new(key, key_arn, None)?)
        }
    };
    let options = ObjectOptions {
        format: Format::from_name(&job.format)?,
        description: MaterialDescription::new(job.description)?,
        instruction_file: job.instruction_file,
    };
    let plaintext = fs::read(job.r#in)?;
    let SealedObject { head, body } = seal_object_with(&keyring, &plaintext, options, generate)?;
    fs::write(job.out, body)?;
    let metadata: BTreeMap<_, _> = head.metadata.into_iter().collect();
    Ok(json!({ "ok": true, "metadata": metadata, "instructionFile": head.instruction_file }))
}

fn open_one_object(job: &OpenObject) -> io::Result<Value> {
    let key_arn = KeyArn::parse(&job.key_arn)?;
    let keyring = if job.symmetric {
        Keyring::Kms(KmsKeyring::new(key_arn))
    } else {
        Keyring::KmsRsa(KmsRsaKeyring::open_only(key_arn, None))
    };
    let metadata: Vec<_> =
        job.metadata.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let commitment_policy = match Format::from_name(&job.format)? {
        Format::V2 => CommitmentPolicy::RequireEncryptAllowDecrypt,
        Format::V3 => CommitmentPolicy::RequireEncryptRequireDecrypt,
    };
    let (opened, plaintext) = open_object_with(
        &keyring,
        &metadata,
        job.instruction_file.as_deref(),
        &fs::read(&job.r#in)?,
        OpenObjectOptions { commitment_policy },
        decrypt,
    )?;
    fs::write(&job.out, plaintext)?;
    let description: BTreeMap<_, _> = opened.unverified_description.iter().collect();
    Ok(json!({ "ok": true, "format": opened.format.name(), "description": description }))
}

/// Has the other side of the pipe call KMS Decrypt.
fn decrypt(request: &DecryptRequest) -> Result<DecryptResponse, KmsFailure> {
    let parameter = match &request.parameters {
        DecryptParameters::Rsa(algorithm) => ("EncryptionAlgorithm", algorithm.name().into()),
        DecryptParameters::Symmetric(context) => ("EncryptionContext", object(context)),
    };
    let ciphertext = Base64::encode_string(&request.ciphertext_blob);
    let asked: Value = [
        ("KeyId", request.key_id.as_ref().map(KeyArn::as_str).into()),
        ("CiphertextBlob", ciphertext.into()),
        parameter,
    ]
    .into_iter()
    .collect();
    let answer = ask(&asked)?;
    Ok(DecryptResponse {
        key_id: text(&answer, "KeyId").into(),
        plaintext: bytes(&answer, "Plaintext").into(),
    })
}

/// Has the other side of the pipe call KMS GenerateDataKey.
fn generate(request: &GenerateDataKeyRequest) -> Result<GenerateDataKeyResponse, KmsFailure> {
    let answer = ask(&json!({
        "KeyId": request.key_id.as_str(),
        "KeySpec": "AES_256",
        "EncryptionContext": object(&request.encryption_context),
    }))?;
    Ok(GenerateDataKeyResponse {
        key_id: text(&answer, "KeyId").into(),
        plaintext: bytes(&answer, "Plaintext").into(),
        ciphertext_blob: bytes(&answer, "CiphertextBlob"),
    })
}

fn ask(request: &Value) -> Result<Value, KmsFailure> {
    let lost = |_| KmsFailure { name: "PipeClosed".into() };
    print(&json!({ "kms": request })).map_err(lost)?;
    let line = read_line().map_err(lost)?.unwrap_or_default();
    let answer: Value = serde_json::from_str(&line).unwrap_or_default();
    match answer.get("error").and_then(Value::as_str) {
        Some(name) => Err(KmsFailure { name: name.into() }),
        None => Ok(answer),
    }
}

fn object(context: &MaterialDescription) -> Value {
    context.iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn bytes(answer: &Value, name: &str) -> Vec<u8> {
    Base64::decode_vec(text(answer, name)).unwrap_or_default()
}

fn read_line() -> io::Result<Option<String>> {
    let mut line = String::new();
    Ok((io::stdin().lock().read_line(&mut line)? > 0).then_some(line))
}

fn print(value: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{value}")?;
    out.flush()
}
