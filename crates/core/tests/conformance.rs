//! Messages that other clients of AWS published, with the keys that they were sealed with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bongtu::message::Inspector;
use bongtu::{
    CommitmentPolicy, DecryptRequest, DecryptResponse, EncryptionContext, Error, Keyring,
    KmsFailure, MultiKeyring, OpenOptions, OpenReader, OpenSeekReader, RawAesKeyring,
    RawRsaKeyring, RsaPadding,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use support::{base64, published, read_published};

type Outcome = (Result<EncryptionContext, Error>, Vec<u8>);

#[test]
#[ignore = "needs ../shared/vectors"]
fn what_the_net_client_sealed_opens_in_every_suite() {
    let opened = open_all("v4-Net-4.0.1", |outcome, released, plaintext| {
        outcome.unwrap();
        assert!(released == plaintext);
    });
    assert_eq!(opened.values().sum::<usize>(), 99);
    assert_eq!(opened.len(), 11, "{opened:?}");
}

#[test]
#[ignore = "needs ../shared/vectors"]
fn what_its_version_with_a_mistake_sealed_opens_where_it_is_right() {
    let opened = open_all("valid-Net-4.0.0", |outcome, released, plaintext| {
        outcome.unwrap();
        assert!(released == plaintext);
    });
    assert_eq!(opened.values().sum::<usize>(), 5);
}

#[test]
#[ignore = "needs ../shared/vectors"]
fn what_its_version_with_a_mistake_sealed_is_refused_where_it_is_wrong() {
    let refused = open_all("invalid-Net-4.0.0", |outcome, released, _| {
        assert_eq!(outcome.unwrap_err(), Error::Authentication);
        assert!(released.is_empty());
    });
    assert_eq!(refused.values().sum::<usize>(), 28);
}

#[test]
#[ignore = "needs ../shared/vectors"]
fn what_the_python_client_sealed_to_raw_rsa_keys_opens_with_every_padding() {
    let key = published("own/kms_rsa_vectors.json")["private_key_pem"].as_str().unwrap().to_owned();
    let set = published("own/raw_rsa_vectors.json");
    let messages = set["messages"].as_array().unwrap();
    for test in messages {
        let text = |name: &str| test[name].as_str().unwrap();
        let padding = RsaPadding::from_name(text("padding")).unwrap();
        let keyring = RawRsaKeyring::new(text("provider_id"), text("provider_info"), padding);
        let keyring = keyring.and_then(|keyring| keyring.with_private_key(key.as_bytes())).unwrap();
        let message = base64(&test["ciphertext_b64"]);
        for open in [at_once, twice] {
            let keyring = Keyring::RawRsa(keyring.clone());
            let (outcome, released) = open(&keyring, OpenOptions::default(), &message);
            outcome.unwrap();
            assert_eq!(released, base64(&test["plaintext_b64"]));
        }
    }
    assert_eq!(messages.len(), 10);
}

/// Opens every message of a folder of which there is a key, in every way that takes it, and counts
/// them by suite.
fn open_all(
    folder: &str,
    check: impl Fn(Result<EncryptionContext, Error>, Vec<u8>, &[u8]),
) -> BTreeMap<String, usize> {
    let manifest = published(&format!("esdk/{folder}/manifest.json"));
    let keys = published(&format!("esdk/{folder}/keys.json"));
    let file = |name: &Value| {
        let name = name.as_str().unwrap().replace("file://", "");
        read_published(&format!("esdk/{folder}/{name}"))
    };
    let mut counts = BTreeMap::new();
    for test in manifest["tests"].as_object().unwrap().values() {
        let master_keys = test["master-keys"].as_array().unwrap();
        if master_keys.iter().any(|key| key["type"] == "aws-kms") {
            continue;
        }
        let keyring = keyring(master_keys, &keys["keys"]);
        let message = file(&test["ciphertext"]);
        let plaintext = file(&test["result"]["output"]["plaintext"]);
        let description = Inspector::parse(&message).unwrap().describe();
        for open in [at_once, twice] {
            let (outcome, released) =
                open(&keyring, options(test, &description.encryption_context), &message);
            check(outcome, released, &plaintext);
        }
        let (outcome, released) =
            in_one_pass(&keyring, options(test, &description.encryption_context), &message);
        if description.suite.signed || description.content_type == "nonframed" {
            assert!(outcome.is_err() && released.is_empty(), "it was not verified as a whole");
        } else {
            check(outcome, released, &plaintext);
        }
        *counts.entry(description.suite.id).or_default() += 1;
    }
    counts
}

fn keyring(master_keys: &[Value], keys: &Value) -> Keyring {
    let keyrings = master_keys.iter().map(|key| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (namespace, stored) = (text(&key["provider-id"]), &keys[text(&key["key"])]);
        let name = text(&stored["key-id"]);
        if key["encryption-algorithm"] == "aes" {
            let wrapping_key = base64(&stored["material"]).into();
            return Keyring::RawAes(RawAesKeyring::new(namespace, name, wrapping_key).unwrap());
        }
        let padding = match (text(&key["padding-algorithm"]).as_str(), key["padding-hash"].as_str())
        {
            ("pkcs1", _) => "PKCS1".to_owned(),
            (_, hash) => format!("OAEP_{}_MGF1", hash.unwrap().to_uppercase()),
        };
        let keyring =
            RawRsaKeyring::new(namespace, name, RsaPadding::from_name(&padding).unwrap()).unwrap();
        let material = text(&stored["material"]);
        Keyring::RawRsa(if stored["type"] == "private" {
            keyring.with_private_key(material.as_bytes()).unwrap()
        } else {
            keyring.with_public_key(material.as_bytes()).unwrap()
        })
    });
    Keyring::Multi(MultiKeyring::new(keyrings).unwrap())
}

/// What a manifest says was sealed, of which a message of the other manager does not store all.
fn options(test: &Value, stored: &[(String, String)]) -> OpenOptions {
    let pairs = test["encryption-context"].as_object().into_iter().flatten();
    let pairs: Vec<_> =
        pairs.map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let is_stored = |name: &str| stored.iter().any(|(found, _)| found == name);
    let required = pairs.iter().filter(|(name, _)| !is_stored(name));
    let required: Vec<String> = required.map(|(name, _)| (*name).into()).collect();
    assert_eq!(!required.is_empty(), test["cmm"] == "RequiredEncryptionContext");
    OpenOptions {
        encryption_context: EncryptionContext::new(pairs).unwrap(),
        required_encryption_context_keys: required,
        commitment_policy: CommitmentPolicy::ForbidEncryptAllowDecrypt,
        ..OpenOptions::default()
    }
}

fn no_kms(_: &DecryptRequest) -> Result<DecryptResponse, KmsFailure> {
    panic!("nobody is to be asked")
}

fn at_once(keyring: &Keyring, options: OpenOptions, message: &[u8]) -> Outcome {
    match bongtu::open_with(keyring, message, options, no_kms) {
        Ok((header, text)) => (Ok(header.encryption_context), text.to_vec()),
        Err(error) => (Err(error), Vec::new()),
    }
}

fn twice(keyring: &Keyring, options: OpenOptions, message: &[u8]) -> Outcome {
    let mut released = Vec::new();
    let reader = OpenSeekReader::new(keyring, options, Cursor::new(message), no_kms);
    let outcome = reader.and_then(|mut reader| {
        reader.read_to_end(&mut released)?;
        Ok(reader.header().encryption_context.clone())
    });
    (outcome.map_err(|error| error.downcast().unwrap()), released)
}

fn in_one_pass(keyring: &Keyring, options: OpenOptions, message: &[u8]) -> Outcome {
    let mut released = Vec::new();
    let outcome = OpenReader::new(keyring, options, message, no_kms).and_then(|mut reader| {
        reader.read_to_end(&mut released)?;
        Ok(reader.header().encryption_context.clone())
    });
    (outcome.map_err(|error| error.downcast().unwrap()), released)
}
