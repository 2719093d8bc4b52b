//! What others published or wrote, read from beside the repository.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod support;

use bongtu::hazmat::AesGcm;
use bongtu::message::{Description, HEAD_LENGTH, Inspector};
use bongtu::{ContentKey, EncryptionAlgorithm, KeyArn, Keyring, KmsRsaKeyring, OpenOptions};
use serde_json::Value;
use std::collections::BTreeMap;
use support::{Kms, base64, hex, json_vector};

fn opens(
    message: &[u8],
    arn: &str,
    algorithm: &str,
    private_pem: &str,
    context: &Value,
    text: &[u8],
) {
    let kms = Kms::new(private_pem, arn);
    let algorithm = EncryptionAlgorithm::from_name(algorithm).unwrap();
    let keyring = KmsRsaKeyring::open_only(KeyArn::parse(arn).unwrap(), algorithm);
    let ask = |request: &_| kms.decrypt(request);
    let (header, opened) =
        bongtu::open_with(&Keyring::KmsRsa(keyring), message, OpenOptions::default(), ask).unwrap();
    assert_eq!(*opened, text);
    let found: BTreeMap<_, _> = header.encryption_context.iter().collect();
    let wanted: BTreeMap<_, _> = context.as_object().unwrap().iter().collect();
    let wanted: BTreeMap<_, _> =
        wanted.into_iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    assert_eq!(found, wanted);
}

#[test]
fn python_wrote_these() {
    let Some(set) = json_vector("own/kms_rsa_vectors.json") else { return };
    let (arn, pem) =
        (set["kms_key_id"].as_str().unwrap(), set["private_key_pem"].as_str().unwrap());
    for message in set["messages"].as_array().unwrap() {
        opens(
            &base64(&message["ciphertext_b64"]),
            arn,
            message["algorithm"].as_str().unwrap(),
            pem,
            &message["encryption_context"],
            &base64(&message["plaintext_b64"]),
        );
    }
}

#[test]
fn java_and_go_wrote_these() {
    let Some(set) = json_vector("samples/esdk-kms-rsa/messages.json") else { return };
    for message in set["messages"].as_array().unwrap() {
        let pem = &set["keys"][message["key"].as_str().unwrap()];
        opens(
            &base64(&message["message_b64"]),
            message["kms_key_id"].as_str().unwrap(),
            message["algorithm"].as_str().unwrap(),
            pem.as_str().unwrap(),
            &message["encryption_context"],
            &base64(&message["plaintext_b64"]),
        );
    }
}

/// All suites, framed and not, signed and not, of any provider: whole, and cut short by a byte.
#[test]
fn every_published_message_can_be_described() {
    let Some(set) = json_vector("esdk/commitment-test-vectors.json") else { return };
    let mut messages: Vec<Vec<u8>> =
        set["tests"].as_array().unwrap().iter().map(|test| base64(&test["ciphertext"])).collect();
    let manifest = json_vector("esdk/v4-Net-4.0.1/manifest.json").unwrap();
    for test in manifest["tests"].as_object().unwrap().values() {
        let path = test["ciphertext"].as_str().unwrap().replace("file://", "esdk/v4-Net-4.0.1/");
        messages.push(support::vector(&path).unwrap());
    }
    for message in &messages {
        let whole = describe(message);
        assert!(whole.body.complete, "{whole:?}");
        assert_eq!(whole.header_length as u64 + whole.body.length, message.len() as u64);
        // Nothing is known of a footer's bytes, so only unsigned messages show that one is missing.
        if !whole.suite.signed {
            assert!(!describe(&message[..message.len() - 1]).body.complete);
        }
    }
    assert!(messages.len() > 170, "{} messages", messages.len());
}

fn describe(message: &[u8]) -> Description {
    let mut inspector = Inspector::parse(message).unwrap();
    let body = &message[inspector.header_length()..];
    let frames = body.chunks(inspector.stride());
    let heads: Vec<u8> = frames.flat_map(|frame| frame.iter().take(HEAD_LENGTH)).copied().collect();
    inspector.walk(&heads, body.len(), true).unwrap();
    inspector.describe()
}

#[test]
fn aes_gcm_of_wycheproof() {
    let Some(set) = json_vector("wycheproof/aes_gcm_test.json") else { return };
    let mut count = 0;
    for group in set["testGroups"].as_array().unwrap() {
        if group["ivSize"] != 96 || group["tagSize"] != 128 {
            continue;
        }
        for test in group["tests"].as_array().unwrap() {
            let executor = AesGcm::new(&ContentKey::new(hex(&test["key"]).into())).unwrap();
            let nonce: [u8; 12] = hex(&test["iv"]).try_into().unwrap();
            let (aad, text) = (hex(&test["aad"]), hex(&test["msg"]));
            let sealed = [hex(&test["ct"]), hex(&test["tag"])].concat();
            let mut out = Vec::new();
            if test["result"] == "valid" {
                executor.encrypt(&nonce, &aad, &text, &mut out).unwrap();
                assert_eq!(out, sealed, "{test}");
                out.clear();
                executor.decrypt(&nonce, &aad, &sealed, &mut out).unwrap();
                assert_eq!(out, text, "{test}");
            } else {
                assert!(executor.decrypt(&nonce, &aad, &sealed, &mut out).is_err(), "{test}");
                assert!(out.is_empty());
            }
            count += 1;
        }
    }
    assert!(count > 100, "{count} tests");
}
