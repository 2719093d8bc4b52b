//! Messages that are wrong although their tags and signatures are right.

use super::writer::{Edit, Pair};
use super::*;
use alloc::string::String;
use base64ct::{Base64, Encoding};

/// P-256 and P-384, both versions, in frames and without.
fn signed() -> impl Iterator<Item = Writer> {
    writers().filter(|writer| writer.suite.signed())
}

fn key(pairs: &mut [Pair]) -> &mut String {
    &mut pairs.iter_mut().find(|(name, _)| name == "aws-crypto-public-key").unwrap().1
}

fn edit_key(pairs: &mut [Pair], edit: impl Fn(&mut Vec<u8>)) {
    let key = key(pairs);
    let mut point = Base64::decode_vec(key).unwrap();
    edit(&mut point);
    *key = Base64::encode_string(&point);
}

#[test]
fn a_verification_key_is_a_compressed_point_in_canonical_base64() {
    let edits: [fn(&mut Vec<Pair>); 12] = [
        |pairs| pairs.retain(|(name, _)| name == "name"),
        |pairs| key(pairs).clear(),
        |pairs| {
            let key = key(pairs);
            key.truncate(key.len() - 1);
        },
        |pairs| key(pairs).push('='),
        |pairs| key(pairs).insert(4, '\n'),
        |pairs| *key(pairs) = key(pairs).replace(['+', '/'], "-") + "-",
        |pairs| edit_key(pairs, |point| point[0] = 4),
        |pairs| edit_key(pairs, |point| point[0] = 6),
        |pairs| edit_key(pairs, |point| point[0] = 0),
        |pairs| edit_key(pairs, |point| point.push(0)),
        |pairs| edit_key(pairs, |point| point.truncate(point.len() - 1)),
        // Larger than the field.
        |pairs| edit_key(pairs, |point| point[1..].fill(0xff)),
    ];
    for writer in signed() {
        for edit_pairs in edits {
            let message = Writer { edit_pairs, ..writer.clone() }.message();
            assert_eq!(refused_whole(&message), "ERR_MALFORMED");
        }
        // Half of all numbers are no point's: one of these few is not.
        let off_curve: [fn(&mut Vec<Pair>); 8] = [
            |pairs| edit_key(pairs, |point| point[9] ^= 1),
            |pairs| edit_key(pairs, |point| point[9] ^= 2),
            |pairs| edit_key(pairs, |point| point[9] ^= 3),
            |pairs| edit_key(pairs, |point| point[9] ^= 4),
            |pairs| edit_key(pairs, |point| point[9] ^= 5),
            |pairs| edit_key(pairs, |point| point[9] ^= 6),
            |pairs| edit_key(pairs, |point| point[9] ^= 7),
            |pairs| edit_key(pairs, |point| point[9] ^= 8),
        ];
        let codes = off_curve
            .map(|edit_pairs| refused_whole(&Writer { edit_pairs, ..writer.clone() }.message()));
        assert!(codes.contains(&"ERR_MALFORMED"), "{codes:?}");
        // The others are other keys, and so is the other point of the same number.
        assert!(codes.iter().all(|code| ["ERR_MALFORMED", "ERR_AUTHENTICATION"].contains(code)));
        let edit_pairs = |pairs: &mut Vec<Pair>| edit_key(pairs, |point| point[0] ^= 1);
        let message = Writer { edit_pairs, ..writer.clone() }.message();
        assert_eq!(refused_whole(&message), "ERR_AUTHENTICATION");
    }
}

#[test]
fn an_unsigned_message_carries_no_verification_key() {
    for writer in writers().filter(|writer| !writer.suite.signed()) {
        let edit_pairs =
            |pairs: &mut Vec<Pair>| pairs.push(("aws-crypto-public-key".into(), "x".into()));
        let message = Writer { edit_pairs, ..writer }.message();
        assert_eq!(refused_whole(&message), "ERR_MALFORMED");
    }
}

#[test]
fn a_signature_is_strict_der_and_fills_the_footer() {
    for writer in signed() {
        let mut edits: Vec<fn(&mut Vec<u8>)> = vec![
            |der| der.clear(),
            |der| der.push(0),
            |der| der.truncate(der.len() - 1),
            |der| der[0] = 0x31,
            |der| der[2] = 0x03,
            // A zero too many before r.
            |der| {
                der.insert(4, 0);
                der[3] += 1;
                der[1] += 1;
            },
            // A length in two bytes.
            |der| der.insert(1, 0x81),
            // r of no bytes, and of zero.
            |der| *der = vec![0x30, 5, 2, 0, 2, 1, 1],
            |der| *der = vec![0x30, 6, 2, 1, 0, 2, 1, 1],
            |der| *der = vec![0x30, 6, 2, 1, 1, 2, 1, 0],
            // A negative number.
            |der| *der = vec![0x30, 6, 2, 1, 0x81, 2, 1, 1],
        ];
        for edit_signature in edits.drain(..) {
            let message = Writer { edit_signature, ..writer.clone() }.message();
            assert_eq!(refused_whole(&message), "ERR_MALFORMED");
        }
        // DER, and of nothing that was signed.
        let edit_signature = |der: &mut Vec<u8>| *der = vec![0x30, 6, 2, 1, 1, 2, 1, 1];
        let message = Writer { edit_signature, ..writer.clone() }.message();
        assert_eq!(refused_whole(&message), "ERR_AUTHENTICATION");
        let edits: [(Edit<Vec<u8>>, _); 5] = [
            (|footer| footer.clear(), "ERR_TRUNCATED"),
            (|footer| footer.truncate(1), "ERR_TRUNCATED"),
            (|footer| footer[1] += 1, "ERR_TRUNCATED"),
            (|footer| footer[0] = 0xff, "ERR_TRUNCATED"),
            (|footer| footer[1] -= 1, "ERR_TRAILING_DATA"),
        ];
        for (edit_footer, code) in edits {
            let message = Writer { edit_footer, ..writer.clone() }.message();
            assert_eq!(refused_whole(&message), code);
        }
    }
}

/// Official writers make either of the two signatures that differ in the sign of `s`.
#[test]
fn either_sign_of_s_is_taken() {
    let edit: fn(&mut Vec<u8>) = |der| {
        let signature = p384::ecdsa::Signature::from_der(der);
        if let Ok(signature) = signature {
            let other = p384::ecdsa::Signature::from_scalars(signature.r(), -*signature.s());
            *der = other.unwrap().to_der().as_bytes().to_vec();
        }
    };
    for writer in [writer(0x0578, 32), writer(0x0378, 32), writer(0x0346, 0)] {
        let (one, other) = (writer.message(), Writer { edit_signature: edit, ..writer }.message());
        assert_ne!(one, other);
        for message in [one, other] {
            assert!(
                at_once(&message, allowing()).1.is_ok() && twice(&message, allowing()).1.is_ok()
            );
        }
    }
}

/// The second message has the same key and text, and other bytes all the same.
#[test]
fn the_signature_of_another_message_is_none() {
    for writer in signed() {
        let (message, other) = (writer.message(), Writer { edk_count: 2, ..writer }.message());
        let footer = |message: &[u8]| {
            (70..140).find(|n| {
                let at = message.len() - n;
                usize::from(message[at]) == 0 && usize::from(message[at + 1]) + 2 == *n
            })
        };
        let (one, two) = (footer(&message).unwrap(), footer(&other).unwrap());
        let swapped = [&message[..message.len() - one], &other[other.len() - two..]].concat();
        assert_eq!(refused_whole(&swapped), "ERR_AUTHENTICATION");
    }
}

#[test]
fn frames_come_in_their_order_and_end_once() {
    let edits: [(Edit<Vec<Vec<u8>>>, _); 9] = [
        (|frames| drop(frames.remove(0)), "ERR_MALFORMED"),
        (|frames| frames.swap(0, 1), "ERR_MALFORMED"),
        (|frames| frames.insert(1, frames[0].clone()), "ERR_MALFORMED"),
        (|frames| drop(frames.pop()), "ERR_TRUNCATED"),
        (|frames| frames.clear(), "ERR_TRUNCATED"),
        (|frames| frames[0][3] = 0, "ERR_MALFORMED"),
        (|frames| frames[0][..4].fill(0xff), "ERR_MALFORMED"),
        (|frames| frames[2][7] = 2, "ERR_MALFORMED"),
        (|frames| frames[2][20..24].copy_from_slice(&33_u32.to_be_bytes()), "ERR_MALFORMED"),
    ];
    for writer in writers().filter(|writer| writer.frame_length > 0) {
        for (edit_frames, code) in edits {
            // What is missing of a body may not be taken from the footer.
            let edit_footer = |footer: &mut Vec<u8>| footer.clear();
            let message = Writer { edit_frames, edit_footer, ..writer.clone() }.message();
            let (text, outcome) = twice(&message, allowing());
            assert_eq!(outcome.unwrap_err().code(), code);
            assert!(if writer.suite.signed() {
                text.is_empty()
            } else {
                writer.text.starts_with(&text)
            });
            assert_eq!(refused(at_once(&message, allowing())), code);
        }
        // All of it again, which is too long for a footer only where it is.
        let edit_frames = |frames: &mut Vec<Vec<u8>>| frames.push(frames[2].clone());
        let message = Writer { edit_frames, ..writer.clone() }.message();
        assert!(at_once(&message, allowing()).1.is_err());
        assert!(twice(&message, allowing()).1.is_err());
    }
}

#[test]
fn a_body_without_frames_is_as_long_as_it_says() {
    let edits: [(Edit<Vec<Vec<u8>>>, _); 6] = [
        (|body| body[0][12..20].fill(0xff), "ERR_MALFORMED"),
        (
            |body| body[0][12..20].copy_from_slice(&((1_u64 << 36) - 31).to_be_bytes()),
            "ERR_MALFORMED",
        ),
        (
            |body| body[0][12..20].copy_from_slice(&((1_u64 << 36) - 32).to_be_bytes()),
            "ERR_TRUNCATED",
        ),
        (|body| body[0][12..20].copy_from_slice(&[0, 0, 0, 0, 0, 1, 0, 0]), "ERR_TRUNCATED"),
        (|body| body[0].truncate(19), "ERR_TRUNCATED"),
        (|body| body[0].clear(), "ERR_TRUNCATED"),
    ];
    for writer in writers().filter(|writer| writer.frame_length == 0) {
        for (edit_frames, code) in edits {
            // A footer is no part of the body.
            let edit_footer = |footer: &mut Vec<u8>| footer.clear();
            let message = Writer { edit_frames, edit_footer, ..writer.clone() }.message();
            assert_eq!(refused_whole(&message), code);
        }
    }
}

#[test]
fn a_header_is_what_its_version_says() {
    for writer in writers() {
        let damaged = |header: &mut Vec<u8>| header[0] ^= 3;
        let message = Writer { edit_header: damaged, ..writer.clone() }.message();
        assert_eq!(refused(at_once(&message, allowing())), "ERR_MALFORMED");
        let edits: [fn(&mut Vec<u8>); 3] = [
            |header| header[0] = 3,
            |header| header.truncate(header.len() - 1),
            |header| header.push(0),
        ];
        for edit_header in edits {
            let message = Writer { edit_header, ..writer.clone() }.message();
            assert!(at_once(&message, allowing()).1.is_err());
            assert!(twice(&message, allowing()).1.is_err());
        }
        if writer.suite.version == 2 {
            continue;
        }
        let edits: [fn(&mut Vec<u8>); 4] = [
            |header| header[1] = 0x81,
            // Behind the content type: the reserved bytes, and the IV's length.
            |header| *header.iter_mut().rev().nth(8).unwrap() = 1,
            |header| *header.iter_mut().rev().nth(4).unwrap() = 13,
            |header| *header.iter_mut().rev().nth(9).unwrap() = 3,
        ];
        for edit_header in edits {
            let message = Writer { edit_header, ..writer.clone() }.message();
            assert_eq!(refused_whole(&message), "ERR_MALFORMED");
        }
        let message = Writer { header_nonce: [0x99; 12], ..writer }.message();
        assert!(at_once(&message, allowing()).1.is_ok() && twice(&message, allowing()).1.is_ok());
    }
}

#[test]
fn contexts_may_be_in_any_order_and_have_no_name_twice() {
    for writer in writers() {
        let reverse = |pairs: &mut Vec<Pair>| {
            pairs.push(("a".into(), "last".into()));
            pairs.reverse();
            pairs.push(("B".into(), String::new()));
        };
        let message = Writer { edit_pairs: reverse, ..writer.clone() }.message();
        let header = at_once(&message, allowing()).1.unwrap();
        assert_eq!(header.encryption_context.get("a"), Some("last"));
        let doubled = |pairs: &mut Vec<Pair>| pairs.push(("name".into(), "other".into()));
        let message = Writer { edit_pairs: doubled, ..writer }.message();
        assert_eq!(refused_whole(&message), "ERR_MALFORMED");
    }
}

#[test]
fn seventeen_encrypted_data_keys_are_too_many() {
    for writer in writers() {
        for (edk_count, code) in [(0, Some("ERR_MALFORMED")), (16, None), (17, Some("ERR_LIMIT"))] {
            let message = Writer { edk_count, ..writer.clone() }.message();
            match code {
                Some(code) => assert_eq!(refused_whole(&message), code),
                None => assert!(at_once(&message, allowing()).1.is_ok()),
            }
        }
    }
}
