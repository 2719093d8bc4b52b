//! Vectors that others published. They are kept beside the repository, and these tests run where they are there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod support;

use bongtu::ContentKey;
use bongtu::hazmat::AesGcm;
use bongtu::message::{Description, HEAD_LENGTH, Inspector};
use support::{base64, hex, published};

/// All suites, framed and not, signed and not, of any provider: whole, and cut short by a byte.
#[test]
#[ignore = "needs ../shared/vectors"]
fn every_published_message_can_be_described() {
    let set = published("esdk/commitment-test-vectors.json");
    let mut messages: Vec<Vec<u8>> =
        set["tests"].as_array().unwrap().iter().map(|test| base64(&test["ciphertext"])).collect();
    let manifest = published("esdk/v4-Net-4.0.1/manifest.json");
    for test in manifest["tests"].as_object().unwrap().values() {
        let path = test["ciphertext"].as_str().unwrap().replace("file://", "esdk/v4-Net-4.0.1/");
        messages.push(support::read_published(&path));
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
#[ignore = "needs ../shared/vectors"]
fn aes_gcm_of_wycheproof() {
    let set = published("wycheproof/aes_gcm_test.json");
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
