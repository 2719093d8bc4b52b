//! Public keys in every form that people hold, and everything that must be refused.
//! `data/public-key-cases.json` is the table that the package is tested by, too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod support;

use base64ct::{Base64, Encoding};
use bongtu::{Error, KeyArn, KeySpec, KmsPublicKey, KmsRsaKeyring};
use serde_json::Value;
use support::{ARN, OTHER_ARN, PRIVATE_2048, PUBLIC_2048, PUBLIC_4096, SHA_1, SHA_256, code};

fn der() -> Vec<u8> {
    KmsPublicKey::parse(PUBLIC_2048).unwrap().spki().to_vec()
}

fn response(members: &str) -> String {
    format!(r#"{{"PublicKey":"{}"{members}}}"#, Base64::encode_string(&der()))
}

#[test]
fn every_form_is_the_same_key() {
    let pem = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    assert_eq!(pem.key_spec(), KeySpec::Rsa2048);
    assert_eq!(pem.spki().len(), 294);
    assert_eq!(pem, KmsPublicKey::parse(&der()).unwrap());
    let base64 = Base64::encode_string(&der()) + "\n";
    assert_eq!(pem, KmsPublicKey::parse(base64.as_bytes()).unwrap());
    let json = KmsPublicKey::parse(response("").as_bytes()).unwrap();
    assert_eq!(pem, json);
    let crlf = String::from_utf8(PUBLIC_2048.into()).unwrap().replace('\n', "\r\n");
    assert_eq!(pem, KmsPublicKey::parse(crlf.as_bytes()).unwrap());
}

fn cases() -> Value {
    serde_json::from_str(include_str!("data/public-key-cases.json")).unwrap()
}

/// The bytes of a case: `text` with its `{{pieces}}`, changed by `replace`, in its `encoding`.
fn input(case: &Value, pieces: &Value) -> Vec<u8> {
    let mut text = case["text"].as_str().unwrap().to_owned();
    for (name, piece) in pieces.as_object().unwrap() {
        text = text.replace(&format!("{{{{{name}}}}}"), piece.as_str().unwrap());
    }
    if let [from, to] = case["replace"].as_array().map_or(&[][..], Vec::as_slice) {
        text = text.replace(from.as_str().unwrap(), to.as_str().unwrap());
    }
    match case["encoding"].as_str() {
        None => text.into_bytes(),
        Some("base64") => Base64::decode_vec(&text).unwrap(),
        Some("utf-16le") => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Some("utf-16be") => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Some(other) => panic!("{other}"),
    }
}

#[test]
fn what_people_hold() {
    let cases = cases();
    let wanted = der();
    let mut failures = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        let found = match KmsPublicKey::parse(&input(case, &cases["pieces"])) {
            Ok(key) => {
                assert_eq!(key.spki(), wanted, "{}", case["what"]);
                let arn = case["arn"].as_bool().is_some().then_some(ARN);
                assert_eq!(key.key_arn().map(KeyArn::as_str), arn, "{}", case["what"]);
                ("key", String::new())
            }
            Err(error) => (error.code(), error.to_string()),
        };
        let says = case["says"].as_str().unwrap_or_default();
        if found.0 != case["is"] || !found.1.contains(says) {
            failures.push(format!("{}: {} {}", case["what"], found.0, found.1));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_no_key_is_as_long_as() {
    let long = [PUBLIC_2048, &[b' '; 64 * 1024]].concat();
    assert_eq!(code(KmsPublicKey::parse(&long)), "ERR_PUBLIC_KEY");
}

#[test]
fn limits_are_those_of_oaep() {
    let limits = |pem: &[u8]| {
        let key = KmsPublicKey::parse(pem).unwrap();
        (key.max_direct_bytes(SHA_1), key.max_direct_bytes(SHA_256))
    };
    assert_eq!(limits(PUBLIC_2048), (214, 190));
    assert_eq!(limits(support::PUBLIC_3072), (342, 318));
    assert_eq!(limits(PUBLIC_4096), (470, 446));
}

#[test]
fn keys_of_every_size_parse() {
    let keys = support::known_answers("spki.json");
    for key in keys.as_array().unwrap() {
        let parsed = KmsPublicKey::parse(&support::base64(&key["der_b64"])).unwrap();
        assert_eq!(parsed.key_spec().modulus_length() as u64 * 8, key["bits"].as_u64().unwrap());
        assert_eq!(parsed.spki().len() as u64, key["len"].as_u64().unwrap());
    }
}

#[test]
fn a_response_tells_what_the_key_is() {
    let members = format!(
        r#","KeyId":"{ARN}","KeyUsage":"ENCRYPT_DECRYPT","KeySpec":"RSA_2048","EncryptionAlgorithms":["RSAES_OAEP_SHA_1"]"#
    );
    let key = KmsPublicKey::parse(response(&members).as_bytes()).unwrap();
    let arn = KeyArn::parse(ARN).unwrap();
    assert_eq!(key.key_arn(), Some(&arn));
    assert!(key.offers(SHA_1) && !key.offers(SHA_256));
    assert_eq!(code(KmsRsaKeyring::new(key.clone(), arn, SHA_256)), "ERR_KEY_ALGORITHM");
    let other = KeyArn::parse(OTHER_ARN).unwrap();
    assert_eq!(code(KmsRsaKeyring::new(key, other, SHA_1)), "ERR_KEY_MISMATCH");
}

#[test]
fn a_response_for_another_purpose_is_refused() {
    for (members, wanted) in [
        (r#","KeyUsage":"SIGN_VERIFY""#, "ERR_KEY_USAGE"),
        (r#","KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab""#, "ERR_KEY_USAGE"),
        (r#","KeyUsage":"KEY_AGREEMENT""#, "ERR_KEY_USAGE"),
        (r#","KeySpec":"RSA_4096""#, "ERR_PUBLIC_KEY"),
        (r#","KeyId":"alias/mine","KeyUsage":"ENCRYPT_DECRYPT""#, "ERR_KEY_ARN"),
    ] {
        assert_eq!(code(KmsPublicKey::parse(response(members).as_bytes())), wanted, "{members}");
    }
    assert_eq!(code(KmsPublicKey::parse(br#"{"KeyId":"x"}"#)), "ERR_PUBLIC_KEY");
    assert_eq!(code(KmsPublicKey::parse(br#"{"PublicKey":"!"}"#)), "ERR_PUBLIC_KEY");
}

#[test]
fn a_pin_refuses_every_other_key() {
    let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    let pin = key.spki_sha256();
    assert_eq!(pin.len(), 64);
    assert!(key.clone().pinned(&pin).is_ok());
    let other = KmsPublicKey::parse(PUBLIC_4096).unwrap();
    let found = other.spki_sha256();
    assert_eq!(other.pinned(&pin), Err(Error::KeyPin { found }));
    for bad in ["", &pin[1..], &pin.to_uppercase(), &format!("{pin}00")] {
        assert_eq!(code(key.clone().pinned(bad)), "ERR_INPUT");
    }
}

#[test]
fn other_keys_are_refused_by_name() {
    for (pem, wanted) in [
        (&include_bytes!("data/ec-public.pem")[..], "ERR_KEY_TYPE"),
        (include_bytes!("data/rsa-pss-public.pem"), "ERR_KEY_TYPE"),
        (include_bytes!("data/rsa1024-public.pem"), "ERR_KEY_SIZE"),
        (include_bytes!("data/rsa2048-exponent3-public.pem"), "ERR_KEY_EXPONENT"),
        (PRIVATE_2048.as_bytes(), "ERR_PRIVATE_KEY"),
        (
            b"-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n",
            "ERR_PRIVATE_KEY",
        ),
        (b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", "ERR_PUBLIC_KEY"),
        (b"-----BEGIN RSA PUBLIC KEY-----\nAA==\n-----END RSA PUBLIC KEY-----\n", "ERR_PUBLIC_KEY"),
        (b"-----BEGIN PUBLIC KEY-----\n", "ERR_PUBLIC_KEY"),
        (ARN.as_bytes(), "ERR_PUBLIC_KEY"),
        (b"alias/mine", "ERR_PUBLIC_KEY"),
        (b"", "ERR_PUBLIC_KEY"),
        (b"\xff\xfe", "ERR_PUBLIC_KEY"),
    ] {
        let text = String::from_utf8_lossy(pem);
        assert_eq!(code(KmsPublicKey::parse(pem)), wanted, "{text}");
    }
    let private_der = {
        let body: String = PRIVATE_2048.lines().filter(|line| !line.contains("KEY")).collect();
        Base64::decode_vec(&body).unwrap()
    };
    assert_eq!(code(KmsPublicKey::parse(&private_der)), "ERR_PRIVATE_KEY");
}

#[test]
fn only_strict_der_of_a_sound_key_is_taken() {
    let der = der();
    // The exponent is the last three bytes, the modulus ends before its five-byte INTEGER.
    let last = der.len() - 1;
    for (at, byte, wanted) in [
        (last, 0x00, "ERR_KEY_EXPONENT"),                // even
        (last - 2, 0x81, "ERR_PUBLIC_KEY"),              // negative
        (last - 5, der[last - 5] ^ 1, "ERR_PUBLIC_KEY"), // an even modulus
        (17, 0x04, "ERR_PUBLIC_KEY"),                    // parameters that are not NULL
        (23, 0x01, "ERR_PUBLIC_KEY"),                    // unused bits
    ] {
        let mut broken = der.clone();
        broken[at] = byte;
        assert_eq!(code(KmsPublicKey::parse(&broken)), wanted, "byte {at} = {byte:02x}");
    }
    let mut longer = der.clone();
    longer.push(0);
    assert_eq!(code(KmsPublicKey::parse(&longer)), "ERR_PUBLIC_KEY");
    for length in 0..der.len() {
        assert!(KmsPublicKey::parse(&der[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_line_end_behind_der_is_an_editors() {
    let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    for end in ["\n", "\r\n"] {
        let der = [key.spki(), end.as_bytes()].concat();
        assert_eq!(KmsPublicKey::parse(&der).unwrap().spki(), key.spki());
    }
    for end in ["\n\n", "\r", " ", "\0"] {
        let der = [key.spki(), end.as_bytes()].concat();
        assert!(KmsPublicKey::parse(&der).is_err(), "{end:?}");
    }
}
