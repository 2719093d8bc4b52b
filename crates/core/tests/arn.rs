//! Key ARNs, to the last character. `data/arn-cases.json` is the table that the package is tested
//! by, too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bongtu::s3::{BucketPolicy, KmsKeyId, bucket_policy};
use bongtu::{Error, KeyArn, Keyring, KmsPublicKey, KmsRsaKeyring, OpenOptions, SealOptions};
use serde_json::Value;
use support::{ARN, Kms, PRIVATE_2048, SHA_256, arn, code};

fn cases() -> Value {
    serde_json::from_str(include_str!("data/arn-cases.json")).unwrap()
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap())
}

/// Refused, in words that show what cannot be seen.
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, code: &str, case: &Value) {
    let error = result.expect_err(&case.to_string());
    let message = error.to_string();
    assert_eq!(error.code(), code, "{case}");
    assert!(message.contains(case["says"].as_str().unwrap_or_default()), "{case}: {message}");
    assert!(message.chars().all(|c| matches!(c, ' '..='~' | '…')), "{case}: {message}");
}

#[test]
fn arns_are_key_arns() {
    let cases = cases();
    for good in texts(&cases["good"]) {
        assert_eq!(KeyArn::parse(good).unwrap().as_str(), good);
        for space in texts(&cases["around"]) {
            assert_eq!(KeyArn::parse(&format!("{space}{good}{space}")).unwrap().as_str(), good);
        }
    }
    for bad in cases["bad"].as_array().unwrap() {
        refused(KeyArn::parse(bad["text"].as_str().unwrap()), "ERR_KEY_ARN", bad);
    }
}

#[test]
fn a_long_mistake_makes_no_long_message() {
    let error = KeyArn::parse(&"\u{200b}".repeat(100_000)).unwrap_err();
    assert!(error.to_string().len() < 500);
}

#[test]
fn keys_of_sse_kms() {
    let cases = &cases()["sse"];
    for good in texts(&cases["good"]) {
        assert_eq!(KmsKeyId::parse(good), KmsKeyId::parse(&format!("\u{a0}{good}\n")), "{good}");
        assert!(KmsKeyId::parse(good).is_ok(), "{good}");
    }
    for bad in cases["bad"].as_array().unwrap() {
        refused(KmsKeyId::parse(bad["text"].as_str().unwrap()), "ERR_SSE", bad);
    }
}

#[test]
fn a_bucket_policy_names_a_key_arn() {
    fn policy(arn: &str) -> bongtu::Result<String> {
        let rules = BucketPolicy { bucket: "inbox", kms_key_arn: Some(arn), ..Default::default() };
        bucket_policy(&rules).map(|policy| policy.to_text())
    }
    assert_eq!(policy(&format!(" {ARN}\n")), policy(ARN));
    for bad in cases()["bad"].as_array().unwrap() {
        refused(policy(bad["text"].as_str().unwrap()), "ERR_KEY_ARN", bad);
    }
}

#[test]
fn replicas_of_one_multi_region_key_match() {
    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const MULTI_REGION: &str = "mrk-0123456789abcdef0123456789abcdef";
    let arn = |region: &str, id: &str| {
        KeyArn::parse(&format!("arn:aws:kms:{region}:111122223333:key/{id}")).unwrap()
    };
    let multi = arn("eu-west-1", MULTI_REGION);
    assert!(multi.matches(&arn("us-east-1", MULTI_REGION)));
    assert!(!multi.matches(&arn("us-east-1", "mrk-1123456789abcdef0123456789abcdef")));
    assert!(!arn("eu-west-1", ID).matches(&arn("us-east-1", ID)));
    assert!(arn("eu-west-1", ID).matches(&arn("eu-west-1", ID)));
    let elsewhere = multi.as_str().replace("111122223333", "999922223333");
    assert!(!multi.matches(&KeyArn::parse(&elsewhere).unwrap()));
}

/// `data/mangled-arns.json`: messages from before, when ARNs were not checked.
#[test]
fn what_was_sealed_under_a_mangled_arn_is_opened_when_asked() {
    let messages: Value = serde_json::from_str(include_str!("data/mangled-arns.json")).unwrap();
    let kms = Kms::new(PRIVATE_2048, ARN);
    for sealed in messages.as_array().unwrap() {
        let message = support::base64(&sealed["message"]);
        let open = |keyring| {
            let keyring = Keyring::KmsRsa(keyring);
            bongtu::open_with(&keyring, &message, OpenOptions::default(), |r| kms.decrypt(r))
        };
        let keyring = KmsRsaKeyring::open_only(arn(), SHA_256);
        assert_eq!(code(open(keyring.clone())), "ERR_NO_MATCHING_KEY", "{}", sealed["what"]);
        // KMS is asked for the right ARN: this one knows no other.
        assert_eq!(*open(keyring.under_any_arn()).unwrap().1, b"sealed before");

        let any = Keyring::KmsRsa(KmsRsaKeyring::open_any_key(SHA_256));
        let named = Kms::new(PRIVATE_2048, sealed["keyArn"].as_str().unwrap());
        let opened =
            bongtu::open_with(&any, &message, OpenOptions::default(), |r| named.decrypt(r));
        assert_eq!(*opened.unwrap().1, b"sealed before");
    }
}

#[test]
fn under_any_arn_a_message_for_another_key_stays_closed() {
    let key = KmsPublicKey::parse(support::PUBLIC_3072).unwrap();
    let other = KmsRsaKeyring::new(key, KeyArn::parse(support::OTHER_ARN).unwrap(), SHA_256);
    let other = Keyring::KmsRsa(other.unwrap());
    let message = bongtu::seal(&other, b"x", SealOptions::default()).unwrap();
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), SHA_256).under_any_arn());
    let kms = Kms::new(PRIVATE_2048, ARN);
    let opened = bongtu::open_with(&keyring, &message, OpenOptions::default(), |r| kms.decrypt(r));
    assert_eq!(code(opened), "ERR_UNWRAP");
}
