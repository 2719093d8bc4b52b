//! Seals and opens files, one JSON command per line of standard input, one JSON answer per line of
//! standard output. It makes no network call: where opening needs KMS it prints the Decrypt
//! request as a line and reads the response as the next one.
//!
//! ```text
//! > {"op":"seal","publicKey":"-----BEGIN PUBLIC KEY-----…","keyArn":"arn:aws:kms:…","algorithm":"RSAES_OAEP_SHA_256","context":{},"frameLength":null,"in":"a","out":"b"}
//! < {"ok":true,"length":485}
//! > {"op":"open","keyArn":"arn:aws:kms:…","algorithm":"RSAES_OAEP_SHA_256","context":{},"in":"b","out":"c"}
//! < {"kms":{"KeyId":"arn:aws:kms:…","CiphertextBlob":"…","EncryptionAlgorithm":"RSAES_OAEP_SHA_256"}}
//! > {"KeyId":"arn:aws:kms:…","Plaintext":"…"}    or {"error":"AccessDeniedException"}
//! < {"ok":true,"length":5,"context":{}}
//! ```

use base64ct::{Base64, Encoding};
use bongtu::{
    DecryptRequest, DecryptResponse, EncryptionAlgorithm, EncryptionContext, Error, KeyArn,
    Keyring, KmsFailure, KmsPublicKey, KmsRsaKeyring, OpenOptions, OpenReader, SealOptions,
    SealWriter,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, Write};

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Command {
    Seal {
        public_key: String,
        key_arn: String,
        algorithm: String,
        context: BTreeMap<String, String>,
        frame_length: Option<u32>,
        r#in: String,
        out: String,
    },
    Open {
        key_arn: String,
        algorithm: String,
        context: BTreeMap<String, String>,
        r#in: String,
        out: String,
    },
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
        Command::Seal { public_key, key_arn, algorithm, context, frame_length, r#in, out } => {
            let key = KmsPublicKey::parse(public_key.as_bytes())?;
            let algorithm = EncryptionAlgorithm::from_name(&algorithm)?;
            let keyring = KmsRsaKeyring::new(key, KeyArn::parse(&key_arn)?, algorithm)?;
            let mut options = SealOptions {
                encryption_context: EncryptionContext::new(context)?,
                ..SealOptions::default()
            };
            options.frame_length = frame_length.unwrap_or(options.frame_length);
            let out = File::create(out)?;
            let mut writer = SealWriter::new(&Keyring::KmsRsa(keyring), options, out)?;
            io::copy(&mut File::open(r#in)?, &mut writer)?;
            let length = writer.finish()?.metadata()?.len();
            Ok(json!({ "ok": true, "length": length }))
        }
        Command::Open { key_arn, algorithm, context, r#in, out } => {
            let algorithm = EncryptionAlgorithm::from_name(&algorithm)?;
            let keyring = KmsRsaKeyring::open_only(KeyArn::parse(&key_arn)?, algorithm);
            let options = OpenOptions {
                encryption_context: EncryptionContext::new(context)?,
                ..OpenOptions::default()
            };
            let message = File::open(r#in)?;
            let mut reader = OpenReader::new(&Keyring::KmsRsa(keyring), options, message, ask)?;
            let length = io::copy(&mut reader, &mut File::create(out)?)?;
            let context: BTreeMap<_, _> = reader.header().encryption_context.iter().collect();
            Ok(json!({ "ok": true, "length": length, "context": context }))
        }
    }
}

/// Has the other side of the pipe call KMS Decrypt.
fn ask(request: &DecryptRequest) -> Result<DecryptResponse, KmsFailure> {
    let lost = |_| KmsFailure { name: "PipeClosed".into() };
    print(&json!({ "kms": {
        "KeyId": request.key_id.as_str(),
        "CiphertextBlob": Base64::encode_string(&request.ciphertext_blob),
        "EncryptionAlgorithm": request.encryption_algorithm.name(),
    }}))
    .map_err(lost)?;
    let line = read_line().map_err(lost)?.unwrap_or_default();
    let answer: Value = serde_json::from_str(&line).unwrap_or_default();
    let member = |name: &str| answer.get(name).and_then(Value::as_str);
    if let Some(name) = member("error") {
        return Err(KmsFailure { name: name.into() });
    }
    let plaintext = Base64::decode_vec(member("Plaintext").unwrap_or_default());
    Ok(DecryptResponse {
        key_id: member("KeyId").unwrap_or_default().into(),
        plaintext: plaintext.unwrap_or_default().into(),
    })
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
