//! Known answers of key derivation, header tags, bodies and signatures, from published data keys.

use super::*;
use crate::message::whole::open_body;
use crate::vectors::{base64, published};
use alloc::vec::Vec;
use std::collections::BTreeSet;

fn opened(message: &[u8], data_key: Vec<u8>) -> Result<(Verified, Vec<u8>)> {
    let options = OpenOptions::default();
    let header = Header::parse(message, &options.limits)?;
    let body = &message[header.length()..];
    let verified = verify(header, &[], &options, &DataKey::new(data_key.into()))?;
    let (_, text) = open_body(&verified, body)?;
    Ok((verified, text.to_vec()))
}

/// Messages of five writers, framed and not, signed and not.
#[test]
#[ignore = "needs ../shared/vectors"]
fn commitment_vectors_of_the_encryption_sdk() {
    let set = published("esdk/commitment-test-vectors.json");
    let (mut right, mut wrong) = (0, 0);
    for test in set["tests"].as_array().unwrap() {
        let done = opened(&base64(&test["ciphertext"]), base64(&test["decrypted-dek"]));
        if test["status"] == false {
            assert_eq!(done.err(), Some(Error::Commitment), "{test}");
            wrong += 1;
            continue;
        }
        let (Verified { content_key, .. }, text) = done.unwrap();
        if !test["content-encryption-key"].is_null() {
            assert_eq!(content_key.expose(), base64(&test["content-encryption-key"]), "{test}");
        }
        let wanted = test["plaintext-frames"].as_array().unwrap();
        let wanted: Vec<&str> = wanted.iter().map(|frame| frame.as_str().unwrap()).collect();
        assert_eq!(text, wanted.concat().as_bytes(), "{test}");
        right += 1;
    }
    assert_eq!((right, wrong), (41, 5));
}

/// Messages of version 1, of every suite that it has.
#[test]
#[ignore = "needs ../shared/vectors"]
fn decrypt_oracle_vectors_of_the_encryption_sdk() {
    let set = published("esdk/decrypt_oracle_vectors.json");
    let mut suites = BTreeSet::new();
    let mut count = 0;
    for test in set.as_array().unwrap() {
        let message = base64(&test["ciphertext"]);
        let length = Header::parse(&message, &Limits::default()).unwrap().suite.key_length;
        let data_key = match test["key-type"].as_str().unwrap() {
            "null" => std::vec![0; length],
            "test_counting" => (1..=u8::try_from(length).unwrap()).collect(),
            // What KMS wrapped nobody has the key of.
            _ => continue,
        };
        let (verified, text) = opened(&message, data_key).unwrap();
        assert_eq!(text, base64(&test["plaintext"]), "{test}");
        suites.insert(verified.header.suite.id);
        count += 1;
    }
    assert_eq!((count, suites.len()), (18, 9));
}
