//! Messages under keys outside KMS, under symmetric KMS keys and under several keys at once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bongtu::{
    DecryptRequest, DecryptResponse, EncryptResponse, GenerateDataKeyResponse, Keyring, KmsFailure,
    KmsRsaKeyring, OpenOptions, OpenSeekReader, RawAesKeyring, RawRsaKeyring, RsaPadding,
    SealOptions, SealRequest, SealResponse, SealWriter, suite,
};
use std::io::{Cursor, Read, Write};
use support::keyrings::*;
use support::*;

const PADDINGS: [&str; 5] =
    ["PKCS1", "OAEP_SHA1_MGF1", "OAEP_SHA256_MGF1", "OAEP_SHA384_MGF1", "OAEP_SHA512_MGF1"];
const MRK: &str = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
const REPLICA: &str = "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";

fn options(suite: &'static suite::Suite) -> SealOptions {
    SealOptions { encryption_context: context(&[("a", "1")]), suite, ..framed(16) }
}

fn no_kms(_: &DecryptRequest) -> Result<DecryptResponse, KmsFailure> {
    panic!("nobody is to be asked")
}

fn open_with(
    keyring: &Keyring,
    message: &[u8],
    kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
) -> bongtu::Result<Vec<u8>> {
    bongtu::open_with(keyring, message, expecting(&[("a", "1")]), kms).map(|(_, t)| t.to_vec())
}

fn paddings() -> impl Iterator<Item = RsaPadding> {
    PADDINGS.into_iter().map(|name| RsaPadding::from_name(name).unwrap())
}

/// What KMS answers, as this key.
fn wrapped_by(request: SealRequest<'_>, key_id: &str, ciphertext_blob: Vec<u8>) -> SealResponse {
    let key_id = key_id.into();
    match request {
        SealRequest::GenerateDataKey(_) => {
            let plaintext = vec![1; 32].into();
            SealResponse::GenerateDataKey(GenerateDataKeyResponse {
                key_id,
                plaintext,
                ciphertext_blob,
            })
        }
        SealRequest::Encrypt(_) => {
            SealResponse::Encrypt(EncryptResponse { key_id, ciphertext_blob })
        }
    }
}

#[test]
fn raw_keys_seal_and_open_signed_and_not() {
    let aes = [16, 24, 32].map(|length| raw_aes("key", length));
    for keyring in aes.into_iter().chain(paddings().map(|padding| raw_rsa("key", padding))) {
        for suite in [suite::DEFAULT, suite::SIGNED] {
            for length in [0, 15, 16, 100] {
                let text = pattern(length);
                let message = bongtu::seal(&keyring, &text, options(suite)).unwrap();
                let length = u64::try_from(length).unwrap();
                let size = bongtu::sealed_size(&keyring, length, &options(suite)).unwrap();
                assert_eq!(u64::try_from(message.len()), Ok(size));
                assert_eq!(open_with(&keyring, &message, no_kms), Ok(text));
            }
        }
    }
}

/// One in about a hundred signatures cannot be made as long as the others, and one in two is not.
#[test]
fn a_signed_message_is_always_as_long_as_was_said() {
    let keyring = raw_aes("key", 32);
    let size = bongtu::sealed_size(&keyring, 3, &options(suite::SIGNED)).unwrap();
    for _ in 0..60 {
        let mut writer = SealWriter::new(&keyring, options(suite::SIGNED), Vec::new()).unwrap();
        writer.write_all(b"abc").unwrap();
        let message = writer.finish().unwrap();
        assert_eq!(u64::try_from(message.len()), Ok(size));
        let options = OpenOptions::default();
        let mut reader =
            OpenSeekReader::new(&keyring, options, Cursor::new(&message), no_kms).unwrap();
        let mut text = Vec::new();
        reader.read_to_end(&mut text).unwrap();
        assert_eq!(text, b"abc");
    }
}

#[test]
fn another_key_is_not_this_one() {
    let message = bongtu::seal(&raw_aes("key", 32), b"x", options(suite::DEFAULT)).unwrap();
    for keyring in [raw_aes("ke", 32), raw_aes("key2", 32), raw_rsa("key", RsaPadding::Pkcs1)] {
        assert_eq!(code(open_with(&keyring, &message, no_kms)), "ERR_NO_MATCHING_KEY");
    }
    let elsewhere = RawAesKeyring::new("other space", "key", vec![7; 32].into()).unwrap();
    let elsewhere = Keyring::RawAes(elsewhere);
    assert_eq!(code(open_with(&elsewhere, &message, no_kms)), "ERR_NO_MATCHING_KEY");
    // Of the same name, and still another.
    assert_eq!(code(open_with(&raw_aes("key", 16), &message, no_kms)), "ERR_UNWRAP");
}

/// Whatever is wrong with a block under PKCS#1, nobody may learn whether its padding was right.
#[test]
fn a_wrong_padding_and_a_wrong_key_are_told_alike() {
    for padding in paddings() {
        let keyring = raw_rsa("key", padding);
        for suite in [suite::DEFAULT, suite::SIGNED] {
            let message = bongtu::seal(&keyring, b"x", options(suite)).unwrap();
            let other = bongtu::seal(&keyring, b"x", options(suite)).unwrap();
            let block = message.windows(10).position(|w| w == b"\x00\x05space\x00\x03k").unwrap();
            let block = block + 14..block + 14 + 256;
            for at in [block.start, block.start + 100, block.end - 1] {
                let mut message = message.clone();
                message[at] ^= 1;
                assert_eq!(code(open_with(&keyring, &message, no_kms)), "ERR_UNWRAP");
            }
            // A block of the right padding that holds another data key.
            let found = other.windows(10).position(|w| w == b"\x00\x05space\x00\x03k").unwrap();
            let mut swapped = message;
            swapped[block].copy_from_slice(&other[found + 14..found + 14 + 256]);
            let refused = code(open_with(&keyring, &swapped, no_kms));
            let wanted = if padding == RsaPadding::Pkcs1 { "ERR_UNWRAP" } else { "ERR_COMMITMENT" };
            assert_eq!(refused, wanted);
        }
    }
}

#[test]
fn namespaces_of_aws_are_read_and_not_written() {
    for namespace in ["aws-kms", "aws-kms-rsa"] {
        let aes = RawAesKeyring::new(namespace, "key", vec![7; 32].into()).unwrap();
        let rsa = RawRsaKeyring::new(namespace, "key", RsaPadding::Pkcs1).unwrap();
        let rsa = rsa.with_public_key(PUBLIC_2048).unwrap();
        for keyring in [Keyring::RawAes(aes), Keyring::RawRsa(rsa)] {
            let sealed = bongtu::seal(&keyring, b"x", options(suite::DEFAULT));
            assert_eq!(code(sealed), "ERR_INPUT");
        }
    }
}

#[test]
fn half_a_key_does_half_the_work() {
    let whole = raw_rsa("key", RsaPadding::OaepSha256Mgf1);
    let message = bongtu::seal(&whole, b"x", options(suite::DEFAULT)).unwrap();
    let none = RawRsaKeyring::new("space", "key", RsaPadding::OaepSha256Mgf1).unwrap();
    let none = Keyring::RawRsa(none);
    assert_eq!(code(bongtu::seal(&none, b"x", options(suite::DEFAULT))), "ERR_NO_PUBLIC_KEY");
    assert_eq!(code(open_with(&none, &message, no_kms)), "ERR_INPUT");
    let keyring = multi([none, whole]);
    assert_eq!(open_with(&keyring, &message, no_kms), Ok(b"x".to_vec()));
}

#[test]
fn a_symmetric_kms_key_is_asked_for_the_data_key() {
    let kms = SymmetricKms::default();
    for suite in [suite::DEFAULT, suite::SIGNED] {
        let ask = |request: SealRequest<'_>| kms.seal(request);
        let message = bongtu::seal_with(&symmetric(MRK), b"x", options(suite), ask).unwrap();
        for arn in [MRK, REPLICA] {
            let opened = open_with(&symmetric(arn), &message, |request| {
                assert_eq!(request.key_id.as_ref().unwrap().as_str(), arn);
                kms.decrypt(request)
            });
            assert_eq!(opened, Ok(b"x".to_vec()));
        }
        assert_eq!(code(open_with(&symmetric(ARN), &message, no_kms)), "ERR_NO_MATCHING_KEY");
        // What answers for another key, or with a key of another length, is no answer.
        for (key_id, length) in [(REPLICA, 32), (MRK, 31), (MRK, 0)] {
            let answer = |_: &DecryptRequest| {
                let plaintext = vec![0x42; length].into();
                Ok(DecryptResponse { key_id: key_id.into(), plaintext })
            };
            assert_eq!(code(open_with(&symmetric(MRK), &message, answer)), "ERR_UNWRAP");
        }
    }
    assert_eq!(code(bongtu::seal(&symmetric(MRK), b"x", options(suite::DEFAULT))), "ERR_NO_KMS");
    let size = bongtu::sealed_size(&symmetric(MRK), 1, &options(suite::DEFAULT));
    assert_eq!(code(size), "ERR_UNSUPPORTED");
}

#[test]
fn what_kms_answers_for_another_key_is_not_sealed_under() {
    let seal = |keyring: &Keyring, key_id: &str, length: usize, blob: &[u8]| {
        bongtu::seal_with(keyring, b"x", options(suite::DEFAULT), |request| {
            let (key_id, ciphertext_blob) = (key_id.into(), blob.to_vec());
            Ok(match request {
                SealRequest::GenerateDataKey(_) => {
                    let plaintext = vec![1; length].into();
                    SealResponse::GenerateDataKey(GenerateDataKeyResponse {
                        key_id,
                        plaintext,
                        ciphertext_blob,
                    })
                }
                SealRequest::Encrypt(_) => {
                    SealResponse::Encrypt(EncryptResponse { key_id, ciphertext_blob })
                }
            })
        })
    };
    let generator = symmetric(ARN);
    assert!(seal(&generator, ARN, 32, b"blob").is_ok());
    assert_eq!(code(seal(&generator, OTHER_ARN, 32, b"blob")), "ERR_UNWRAP");
    assert_eq!(code(seal(&generator, ARN, 16, b"blob")), "ERR_UNWRAP");
    assert_eq!(code(seal(&generator, ARN, 32, b"")), "ERR_UNWRAP");
    let further = multi([raw_aes("key", 32), symmetric(ARN)]);
    assert!(seal(&further, ARN, 32, b"blob").is_ok());
    assert_eq!(code(seal(&further, OTHER_ARN, 32, b"blob")), "ERR_UNWRAP");
    assert_eq!(code(seal(&further, ARN, 32, b"")), "ERR_UNWRAP");
}

#[test]
fn a_symmetric_kms_key_seals_what_is_written() {
    let kms = SymmetricKms::default();
    let text = vec![0x5a; 10_000];
    for suite in [suite::DEFAULT, suite::SIGNED] {
        let options = || SealOptions { frame_length: 4096, ..options(suite) };
        let ask = |request: SealRequest<'_>| kms.seal(request);
        let mut writer = SealWriter::with_kms(&symmetric(ARN), options(), Vec::new(), ask).unwrap();
        writer.write_all(&text).unwrap();
        let message = writer.finish().unwrap();
        let opened = open_with(&symmetric(ARN), &message, |request| kms.decrypt(request));
        assert_eq!(opened, Ok(text.clone()));
        let refuse = |_: SealRequest<'_>| Err(KmsFailure { name: "AccessDeniedException".into() });
        let mut written = Vec::new();
        assert!(SealWriter::with_kms(&symmetric(ARN), options(), &mut written, refuse).is_err());
        assert!(written.is_empty());
    }
}

/// Whoever goes on after a refused answer gets no message that this keyring could not open.
#[test]
fn a_refused_answer_does_no_keyrings_part() {
    for keyring in [symmetric(ARN), multi([raw_aes("key", 32), symmetric(ARN)])] {
        let mut wrapping =
            bongtu::message::Wrapping::new(&keyring, options(suite::DEFAULT)).unwrap();
        let answer = wrapped_by(wrapping.request().unwrap(), OTHER_ARN, b"blob".to_vec());
        assert_eq!(code(wrapping.respond(answer)), "ERR_UNWRAP");
        assert!(wrapping.request().is_none());
        assert_eq!(code(wrapping.finish().map(|_| ())), "ERR_STATE");
    }
}

#[test]
fn any_of_several_keys_opens() {
    let (symmetric_kms, rsa_kms) = (SymmetricKms::default(), kms());
    let each = || {
        [
            symmetric(ARN),
            symmetric(MRK),
            raw_aes("key", 32),
            raw_rsa("key", RsaPadding::OaepSha1Mgf1),
            keyring(PUBLIC_2048, SHA_256),
        ]
    };
    for rotation in 0..5 {
        let mut keyrings = each();
        keyrings.rotate_left(rotation);
        let ask = |request: SealRequest<'_>| symmetric_kms.seal(request);
        let all = multi([multi(keyrings)]);
        let message = bongtu::seal_with(&all, b"x", options(suite::DEFAULT), ask).unwrap();
        for keyring in each().into_iter().chain([all]) {
            let opened = open_with(&keyring, &message, |request| match keyring {
                Keyring::KmsRsa(_) => rsa_kms.decrypt(request),
                _ => symmetric_kms.decrypt(request).or_else(|_| rsa_kms.decrypt(request)),
            });
            assert_eq!(opened, Ok(b"x".to_vec()), "{keyring:?}");
        }
    }
}

#[test]
fn sealing_needs_every_keyring() {
    let opens_only = Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), SHA_256));
    let keyring = multi([raw_aes("key", 32), opens_only]);
    assert_eq!(code(bongtu::seal(&keyring, b"x", options(suite::DEFAULT))), "ERR_NO_PUBLIC_KEY");
    let refuse = |_: SealRequest<'_>| Err(KmsFailure { name: "AccessDeniedException".into() });
    let keyring = multi([raw_aes("key", 32), symmetric(ARN)]);
    let sealed = bongtu::seal_with(&keyring, b"x", options(suite::DEFAULT), refuse);
    assert_eq!(code(sealed), "ERR_KMS");
    // A signature would prove nothing where anybody may seal.
    let keyring = multi([raw_aes("key", 32), support::keyring(PUBLIC_2048, SHA_256)]);
    let sealed = bongtu::seal(&keyring, b"x", options(suite::SIGNED));
    assert_eq!(code(sealed), "ERR_UNSUPPORTED");
    assert_eq!(code(bongtu::MultiKeyring::new([])), "ERR_INPUT");
}

/// What one keyring's key failed at is no reason not to try the others, and is not forgotten.
#[test]
fn every_key_is_tried_and_every_failure_kept() {
    let kms = SymmetricKms::default();
    let (first, second) = (symmetric(ARN), symmetric(OTHER_ARN));
    let both = multi([first.clone(), second.clone(), raw_aes("key", 32)]);
    let ask = |request: SealRequest<'_>| kms.seal(request);
    let message = bongtu::seal_with(&both, b"x", options(suite::DEFAULT), ask).unwrap();
    let fail = |request: &DecryptRequest| {
        let is_first = request.key_id.as_ref().unwrap().as_str() == ARN;
        let name = if is_first { "AccessDeniedException" } else { "DisabledException" };
        Err(KmsFailure { name: name.into() })
    };
    assert_eq!(open_with(&both, &message, fail), Ok(b"x".to_vec()));
    let refused = open_with(&multi([first.clone(), second]), &message, fail).unwrap_err();
    assert_eq!(refused, bongtu::Error::Kms("AccessDeniedException, DisabledException".into()));
    // Not mine, and mine but broken.
    let stranger = raw_aes("stranger", 32);
    let mine = multi([stranger.clone(), raw_aes("key", 16)]);
    assert_eq!(
        code(open_with(&multi([stranger.clone()]), &message, no_kms)),
        "ERR_NO_MATCHING_KEY"
    );
    assert_eq!(code(open_with(&mine, &message, no_kms)), "ERR_UNWRAP");
}

#[test]
fn kms_is_asked_once_for_equal_keys_and_sixteen_times_at_most() {
    let refuse = || Err(KmsFailure { name: "InvalidCiphertextException".into() });
    let seal = |keyrings: usize, blob: fn(usize) -> Vec<u8>| {
        let mut count = 0;
        let keyring = multi((0..keyrings).map(|_| symmetric(ARN)));
        bongtu::seal_with(&keyring, b"x", options(suite::DEFAULT), |request| {
            count += 1;
            Ok(wrapped_by(request, ARN, blob(count)))
        })
        .unwrap()
    };
    let calls = |message: &[u8], keyring: &Keyring| {
        let mut calls = 0;
        let mut options = OpenOptions::default();
        options.limits.max_encrypted_data_keys = 100;
        let opened = bongtu::open_with(keyring, message, options, |_| {
            calls += 1;
            refuse()
        });
        (calls, code(opened.map(|_| ())))
    };
    let twice = multi([symmetric(ARN), symmetric(ARN)]);
    let equal = seal(9, |_| vec![1]);
    assert_eq!(calls(&equal, &symmetric(ARN)), (1, "ERR_UNWRAP"));
    assert_eq!(calls(&equal, &twice), (1, "ERR_UNWRAP"));
    let number = |n: usize| vec![u8::try_from(n).unwrap()];
    assert_eq!(calls(&seal(16, number), &twice), (16, "ERR_UNWRAP"));
    for keyring in [symmetric(ARN), twice] {
        assert_eq!(calls(&seal(17, number), &keyring), (16, "ERR_LIMIT"));
    }
}
