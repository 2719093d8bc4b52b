//! The scenarios of `tests/vectors`: what must open, and what must be refused with which code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout
)]

mod support;

use bongtu::object::{OpenObjectOptions, open_object_with};
use bongtu::{
    CommitmentPolicy, DecryptRequest, DecryptResponse, EncryptionAlgorithm, EncryptionContext,
    Error, KeyArn, Keyring, KmsFailure, KmsKeyring, KmsRsaKeyring, OpenOptions, OpenReader,
    OpenSeekReader,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use support::{Kms, base64, hex, pattern};

#[test]
fn messages() {
    for_each("messages", |scenario| {
        let message = base64(&scenario["message"]);
        let whole = &natively(scenario);
        let readers: [(_, Reader); 3] =
            [(whole, open_at_once), (whole, open_twice), (scenario, open_frame_by_frame)];
        for (scenario, open) in readers {
            let (outcome, released) = open(scenario, &message);
            let context = outcome.map(|context| {
                let pairs = context.iter().map(|(name, value)| (name.into(), value.into()));
                Value::Object(pairs.collect())
            });
            let context = check(scenario, context, &released);
            assert_eq!(context.as_ref(), scenario["opens"].get("encryption_context"));
        }
    });
}

#[test]
fn objects() {
    for_each("objects", |scenario| {
        let metadata: Vec<_> = scenario["metadata"].as_object().unwrap().iter().collect();
        let metadata: Vec<_> =
            metadata.into_iter().map(|(name, value)| (name.clone(), text(value).into())).collect();
        let file = scenario.get("instruction_file").map(text);
        let options = OpenObjectOptions { commitment_policy: policy(scenario) };
        let (keyring, body) = (keyring(scenario), base64(&scenario["body"]));
        let opened = open_object_with(&keyring, &metadata, file, &body, options, kms(scenario));
        let (outcome, released) = match opened {
            Ok((_, text)) => (Ok(()), text.to_vec()),
            Err(error) => (Err(error), Vec::new()),
        };
        check(scenario, outcome, &released);
    });
}

/// Runs every scenario of a folder, and names all that fail.
fn for_each(kind: &str, check: impl Fn(&Value) + std::panic::RefUnwindSafe) {
    let mut files: Vec<PathBuf> =
        folder().join(kind).read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "no vectors of {kind}");
    files.sort();
    files.retain(|file| {
        println!("{}", file.display());
        let scenario = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        catch_unwind(|| check(&scenario)).is_err()
    });
    let names: Vec<_> = files.iter().map(|file| file.file_stem().unwrap()).collect();
    assert!(names.is_empty(), "{kind} that are not read as they must be: {names:?}");
}

/// Checks that a scenario ended as it must end.
fn check<T>(scenario: &Value, outcome: Result<T, Error>, released: &[u8]) -> Option<T> {
    if let Some(fails) = scenario.get("fails") {
        assert_eq!(outcome.err().expect("it must be refused").code(), text(&fails["code"]));
        let most = usize::try_from(fails["released"].as_u64().unwrap()).unwrap();
        assert!(released.len() <= most, "{} bytes were released", released.len());
        assert_eq!(released, pattern(released.len()));
        return None;
    }
    let outcome = outcome.unwrap_or_else(|error| panic!("{}: {error}", error.code()));
    let opens = &scenario["opens"];
    assert_eq!(opens["size"], released.len());
    assert_eq!(Sha256::digest(released).to_vec(), hex(&opens["sha256"]));
    Some(outcome)
}

type Reader = fn(&Value, &[u8]) -> Outcome;
type Outcome = (Result<EncryptionContext, Error>, Vec<u8>);

fn open_at_once(scenario: &Value, message: &[u8]) -> Outcome {
    match bongtu::open_with(&keyring(scenario), message, options(scenario), kms(scenario)) {
        Ok((header, text)) => (Ok(header.encryption_context), text.to_vec()),
        Err(error) => (Err(error), Vec::new()),
    }
}

fn open_frame_by_frame(scenario: &Value, message: &[u8]) -> Outcome {
    let mut released = Vec::new();
    let outcome = OpenReader::new(&keyring(scenario), options(scenario), message, kms(scenario))
        .and_then(|mut reader| {
            reader.read_to_end(&mut released)?;
            Ok(reader.header().encryption_context.clone())
        });
    (outcome.map_err(|error| error.downcast().unwrap()), released)
}

fn open_twice(scenario: &Value, message: &[u8]) -> Outcome {
    let mut released = Vec::new();
    let (keyring, options, message) = (keyring(scenario), options(scenario), Cursor::new(message));
    let outcome =
        OpenSeekReader::new(&keyring, options, message, kms(scenario)).and_then(|mut reader| {
            reader.read_to_end(&mut released)?;
            Ok(reader.header().encryption_context.clone())
        });
    (outcome.map_err(|error| error.downcast().unwrap()), released)
}

/// What comes of a scenario where all of the message is verified before anything is released.
fn natively(scenario: &Value) -> Value {
    let mut scenario = scenario.clone();
    let members = scenario.as_object_mut().unwrap();
    if let Some(opens) = members.remove("opens_natively") {
        members.remove("fails");
        members.insert("opens".into(), opens);
    }
    scenario
}

fn keyring(scenario: &Value) -> Keyring {
    let arn = KeyArn::parse(text(&scenario["key_arn"])).unwrap();
    if scenario.get("data_key").is_some() {
        return Keyring::Kms(KmsKeyring::new(arn));
    }
    let algorithm =
        scenario.get("algorithm").map(|name| EncryptionAlgorithm::from_name(text(name)).unwrap());
    Keyring::KmsRsa(KmsRsaKeyring::open_only(arn, algorithm))
}

/// Has the private key, or knows what the scenario's KMS would answer.
fn kms(
    scenario: &Value,
) -> impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure> + use<> {
    let arn = text(&scenario["key_arn"]).to_owned();
    let data_key = scenario.get("data_key").map(hex);
    let key = scenario.get("private_key").map(|name| {
        let file = folder().join("keys").join(text(name)).with_extension("pem");
        Kms::new(&std::fs::read_to_string(file).unwrap(), &arn)
    });
    move |request| match &key {
        Some(key) => key.decrypt(request),
        None => {
            Ok(DecryptResponse { key_id: arn.clone(), plaintext: data_key.clone().unwrap().into() })
        }
    }
}

fn options(scenario: &Value) -> OpenOptions {
    let asked = scenario["asked_context"].as_object().into_iter().flatten();
    let asked = asked.map(|(name, value)| (name.as_str(), text(value)));
    OpenOptions {
        encryption_context: EncryptionContext::new(asked).unwrap(),
        commitment_policy: policy(scenario),
        ..OpenOptions::default()
    }
}

fn policy(scenario: &Value) -> CommitmentPolicy {
    let name = scenario.get("commitment_policy").map(text);
    name.map_or_else(CommitmentPolicy::default, |name| CommitmentPolicy::from_name(name).unwrap())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}
