//! Input that is not a message is named: something that nobody sealed, a message in another form, one that
//! went through text, one of another key.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use base64ct::{Base64, Base64Url, Encoding};
use bongtu::message::{HeaderReader, Inspector, UnverifiedHeader};
use bongtu::{Error, KeyArn, Keyring, KmsRsaKeyring, OpenOptions};
use support::*;

fn message() -> Vec<u8> {
    bongtu::seal(&keyring(PUBLIC_2048, SHA_256), &pattern(2000), framed(1000)).unwrap()
}

/// The beginning of a message of version 1: its header is of the right shape as far as it goes.
fn old_message() -> Vec<u8> {
    let mut bytes = vec![1, 0x80, 3, 0x78];
    bytes.extend(message().into_iter().skip(3));
    bytes
}

/// The error for bytes that come at once, one by one, or are inspected.
fn refusal(bytes: &[u8]) -> Error {
    let error = open(bytes, OpenOptions::default()).unwrap_err();
    let (mut header, mut inspected) = (HeaderReader::default(), Inspector::reader());
    let refused = bytes.chunks(1).find_map(|byte| {
        let inspected = inspected.read(byte).err();
        let refused = header.read(byte).err();
        assert!(inspected.is_none() || inspected == refused, "{bytes:02x?}");
        refused
    });
    assert_eq!(refused.unwrap_or_else(|| header.cut_short()), error, "byte by byte");
    error
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let unit = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    text.encode_utf16().flat_map(unit).collect()
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

#[test]
fn what_nobody_sealed() {
    for (bytes, word) in [
        (&b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"[..], "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"PK\x03\x04\x14\0\x06\0", "ZIP"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "gzip"),
        (b"<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code></Error>", "XML"),
        (b"<Error><Code>AccessDenied</Code></Error>", "XML"),
        (b"<!DOCTYPE html><title>502</title>", "HTML"),
        (b"\n<html><body>Sign in</body></html>", "HTML"),
        (b"{\"Metadata\":{\"x-amz-c\":\"115\"}}", "JSON"),
        (b"[]", "JSON"),
        (b"{\"0\":1}", "JSON"),
        (b"name,street\nx,y\n", "text"),
        (b"Again and again", "text"),
        (b"AgR4 is how base64 of a message begins", "text"),
        (b"Agreement between A and B, made on 1 January.", "text"),
        (b"AYAN, AYAT", "text"),
        (b"0180 123456 is a telephone number", "text"),
        (b"2,4,12\n3,5,12", "text"),
        (b"[2,4]", "JSON"),
        (b"A", "text"),
        (b" ", "text"),
        ("편지".as_bytes(), "text"),
        (b"\xef\xbb\xbfname;street", "text"),
        (b"\xff\xfen\0a\0m\0e\0", "text"),
        // The body of an S3 object, and other bytes that tell nothing.
        (b"\x9d\x31\x42\x80\xff\x17\x99\xaa\x08\x0d", "metadata"),
        (b"\0", "metadata"),
        (b"\0\0\0\0\0\0\0\0", "metadata"),
    ] {
        let long = [bytes, &[b'.'; 300]].concat();
        for bytes in [bytes, &long] {
            let error = refusal(bytes);
            assert_eq!(error.code(), "ERR_NOT_SEALED", "{}", String::from_utf8_lossy(bytes));
            if bytes.len() < 300 {
                assert!(error.to_string().contains(word), "{error}");
            }
        }
    }
}

#[test]
fn messages_that_are_base64() {
    for message in [message(), old_message()] {
        let text = Base64::encode_string(&message);
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let lines = lines.join("\r\n");
        for form in [
            text.clone(),
            format!("\n {text}"),
            format!("\"{text}\"\n"),
            format!("'{text}'"),
            format!("b'{text}'"),
            format!("\u{feff}{text}"),
            format!("\u{feff}\"{text}\""),
            format!("data:application/octet-stream;base64,{text}"),
            format!("data:;base64,{text}"),
            format!("-----BEGIN MESSAGE-----\r\n{lines}\r\n-----END MESSAGE-----\r\n"),
            lines.clone(),
            lines.replace("\r\n", "\\n"),
            Base64Url::encode_string(&message),
            text.replace('+', "%2B"),
            Base64::encode_string(text.as_bytes()),
        ] {
            for big in [false, true] {
                let marked =
                    utf16(&format!("\u{feff}{}", form.trim_start_matches('\u{feff}')), big);
                for bytes in [
                    form.clone().into_bytes(),
                    utf16(form.trim_start_matches('\u{feff}'), big),
                    marked,
                ] {
                    assert_eq!(refusal(&bytes), Error::Base64, "{form:.80}");
                }
            }
        }
    }
}

#[test]
fn messages_that_are_written_out() {
    for message in [message(), old_message()] {
        let hex = |separator: &str| {
            let bytes: Vec<String> = message.iter().map(|byte| format!("{byte:02x}")).collect();
            bytes.join(separator)
        };
        let numbers: Vec<String> = message.iter().map(u8::to_string).collect();
        let members = numbers.iter().enumerate().map(|(n, byte)| format!("\"{n}\":{byte}"));
        let numbers = numbers.join(",");
        for text in [
            hex(""),
            hex(" "),
            hex(":"),
            hex("").to_uppercase(),
            format!("\"{}\"", hex("")),
            format!("0x{}", hex("")),
            format!("\\x{}", hex("")),
            format!("\u{feff}{}", hex("")),
            numbers.clone(),
            format!("[{numbers}]"),
            format!("[ {}]", numbers.replace(',', ",\n ")),
            format!("{{\"type\":\"Buffer\",\"data\":[{numbers}]}}"),
            format!("{{{}}}", members.collect::<Vec<_>>().join(",")),
        ] {
            let error = refusal(text.as_bytes());
            assert_eq!(error.code(), "ERR_MALFORMED", "{text:.40}");
            assert!(error.to_string().contains("decode it first"), "{text:.40}: {error}");
        }
    }
}

#[test]
fn messages_that_went_through_text() {
    for message in [message(), old_message()] {
        let lossy = String::from_utf8_lossy(&message).into_owned();
        let latin = latin1(&message);
        let ascii: String = message
            .iter()
            .map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' })
            .collect();
        for (what, bytes) in [
            ("UTF-8", lossy.clone().into_bytes()),
            ("Latin-1", latin.clone().into_bytes()),
            ("ASCII", ascii.into_bytes()),
            ("UTF-8 with a mark", format!("\u{feff}{lossy}").into_bytes()),
            ("Latin-1 with a mark", format!("\u{feff}{latin}").into_bytes()),
            ("UTF-16 of Latin-1", utf16(&latin, false)),
            ("the same with a mark", utf16(&format!("\u{feff}{latin}"), false)),
            ("the same, big-endian", utf16(&format!("\u{feff}{latin}"), true)),
            ("UTF-16 of UTF-8", utf16(&format!("\u{feff}{lossy}"), false)),
        ] {
            for length in [bytes.len(), 200, 60] {
                let error = refusal(&bytes[..length.min(bytes.len())]);
                assert_eq!(error.code(), "ERR_MALFORMED", "{what}, {length} bytes");
                assert!(error.to_string().contains("went through text"), "{what}: {error}");
            }
        }
    }
}

#[test]
fn damaged_and_cut_messages_are_not_taken_for_others() {
    let message = message();
    for length in 0..440 {
        assert_eq!(refusal(&message[..length]), Error::Truncated, "{length} bytes");
    }
    for first in 0..=255 {
        let mut damaged = message.clone();
        damaged[0] = first;
        if first != 2 {
            assert_eq!(refusal(&damaged).code(), "ERR_MALFORMED", "{first}");
        }
    }
    let mut old = old_message();
    old[0] = 0;
    assert_eq!(refusal(&old).code(), "ERR_MALFORMED");
}

#[test]
fn ciphertexts_of_symmetric_keys() {
    for start in [[1, 2, 2, 0, 0x78], [1, 2, 3, 0, 0x78], [1, 1, 2, 0, 0x78]] {
        let error = refusal(&[&start[..], &pattern(180)].concat());
        assert_eq!(error.code(), "ERR_UNSUPPORTED");
    }
}

#[test]
fn another_keys_message_is_called_so_before_its_policy() {
    let mut uncommitted = old_message();
    // The message is of version 1 as far as the encrypted data keys, which name our test key.
    uncommitted.truncate(4);
    uncommitted[2] = 1;
    uncommitted.extend([7; 16]);
    uncommitted.extend([0, 0, 0, 1]);
    for field in [b"aws-kms-rsa", ARN.as_bytes(), &[0; 256][..]] {
        uncommitted.extend(u16::try_from(field.len()).unwrap().to_be_bytes());
        uncommitted.extend(field);
    }
    uncommitted.extend([2, 0, 0, 0, 0, 12, 0, 0, 4, 0]);
    uncommitted.extend([0; 28]);
    let open = |arn: &str| {
        let keyring = KmsRsaKeyring::open_only(KeyArn::parse(arn).unwrap(), None);
        let header = UnverifiedHeader::parse(&uncommitted, OpenOptions::default()).unwrap();
        code(header.unwrap(&Keyring::KmsRsa(keyring)))
    };
    assert_eq!(open(OTHER_ARN), "ERR_NO_MATCHING_KEY");
    assert_eq!(open(ARN), "ERR_COMMITMENT_POLICY");
}

#[test]
fn no_text_begins_with_its_code() {
    let why = "why";
    for error in [
        Error::PublicKey(why),
        Error::KeyType(why),
        Error::Context(why),
        Error::FrameLength(0),
        Error::TooLarge(why),
        Error::Base64,
        Error::NotSealed(why),
        Error::Malformed(why),
        Error::Truncated,
        Error::TrailingData,
        Error::Metadata(why),
        Error::Limit { what: "things", found: 2, limit: 1 },
        Error::Unsupported(why),
        Error::CommitmentPolicy(why),
        Error::Unwrap,
        Error::Kms(why.into()),
        Error::Commitment,
        Error::Authentication,
        Error::Sse(why.into()),
        Error::UploadHeaders(why.into()),
        Error::Policy(why.into()),
        Error::PartSize(why.into()),
        Error::Random,
    ] {
        let text = error.to_string().to_lowercase();
        let words = error.code()[4..].to_lowercase().replace('_', " ");
        assert!(!text.starts_with(&words), "{}: {text}", error.code());
        for prefix in ["over a limit", "not supported", "malformed", "truncated", "object metadata"]
        {
            assert!(!text.starts_with(prefix), "{}: {text}", error.code());
        }
    }
}
