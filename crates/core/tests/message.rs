//! Sealing and opening whole messages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod support;

use bongtu::{EncryptionContext, Keyring, KmsPublicKey, KmsRsaKeyring, Limits, OpenOptions};
use bongtu::{KmsFailure, SealOptions};
use std::io::{Read, Write};
use support::*;

#[test]
fn what_is_sealed_opens() {
    let keys =
        [(PUBLIC_2048, PRIVATE_2048), (PUBLIC_3072, PRIVATE_3072), (PUBLIC_4096, PRIVATE_4096)];
    for (public, private) in keys {
        for algorithm in [SHA_1, SHA_256] {
            let (keyring, kms) = (keyring(public, algorithm), Kms::new(private, ARN));
            for length in [0, 1, 99, 100, 101, 200, 1000] {
                let text = pattern(length);
                let mut options = framed(100);
                options.encryption_context = context(&[("목적", "검사"), ("a", "1")]);
                let size = bongtu::sealed_size(&keyring, length as u64, &options).unwrap();
                let message = bongtu::seal(&keyring, &text, options).unwrap();
                assert_eq!(message.len() as u64, size);
                let options = expecting(&[("a", "1")]);
                let (header, opened) =
                    bongtu::open_with(&keyring, &message, options, |r| kms.decrypt(r)).unwrap();
                assert_eq!(*opened, text);
                assert_eq!(header.encryption_context, context(&[("a", "1"), ("목적", "검사")]));
                assert_eq!((header.suite.id, header.frame_length), (0x0478, 100));
            }
        }
    }
}

/// They are sealed and opened in blocks of about 256 KiB.
#[test]
fn messages_of_more_than_a_block_open_whatever_their_frames() {
    let (keyring, kms) = (keyring(PUBLIC_2048, SHA_256), kms());
    // A block holds 7943 sealed frames of one byte.
    for (frame_length, length) in
        [(1, 7943), (1, 7944), (1000, 262_000), (1000, 262_001), (300_000, 300_001)]
    {
        let text = pattern(length);
        let message = bongtu::seal(&keyring, &text, framed(frame_length)).unwrap();
        let size = bongtu::sealed_size(&keyring, length as u64, &framed(frame_length)).unwrap();
        assert_eq!(message.len() as u64, size);
        let open = |message: &[u8]| {
            bongtu::open_with(&keyring, message, OpenOptions::default(), |r| kms.decrypt(r))
        };
        assert!(*open(&message).unwrap().1 == text, "{length} bytes in {frame_length}");
        assert_eq!(code(open(&message[..message.len() - 1])), "ERR_TRUNCATED");
        assert_eq!(code(open(&[&message[..], &[0]].concat())), "ERR_TRAILING_DATA");
    }
}

#[test]
fn the_header_is_as_long_as_the_formats_example() {
    let message = bongtu::seal(&keyring(PUBLIC_2048, SHA_256), b"", framed(4096)).unwrap();
    assert_eq!(message.len(), 440 + 40);
}

#[test]
fn nothing_repeats_between_messages() {
    let seal = || bongtu::seal(&keyring(PUBLIC_2048, SHA_256), b"same", framed(4)).unwrap();
    let (a, b) = (seal(), seal());
    // Message id, and all from the wrapped key on but the frame length.
    assert_ne!(a[3..35], b[3..35]);
    assert_ne!(a[440..], b[440..]);
}

#[test]
fn contexts_that_cannot_be_written_are_refused() {
    let long = "x".repeat(65_530);
    for pairs in [
        &[("", "value")][..],
        &[("aws-crypto-public-key", "value")],
        &[("a", "1"), ("a", "2")],
        &[("a", &long)],
    ] {
        let context = EncryptionContext::new(pairs.iter().copied());
        assert_eq!(code(context), "ERR_CONTEXT");
    }
    assert!(EncryptionContext::new([("a", &long[1..])]).is_err());
    assert!(EncryptionContext::new([("a", &long[3..])]).is_ok());
}

#[test]
fn frame_lengths_have_bounds() {
    let keyring = keyring(PUBLIC_2048, SHA_256);
    for frame_length in [0, 64 * 1024 * 1024 + 1, u32::MAX] {
        assert_eq!(code(bongtu::seal(&keyring, b"", framed(frame_length))), "ERR_FRAME_LENGTH");
        assert_eq!(
            code(bongtu::sealed_size(&keyring, 0, &framed(frame_length))),
            "ERR_FRAME_LENGTH"
        );
    }
    assert_eq!(code(bongtu::sealed_size(&keyring, 1 << 33, &framed(1))), "ERR_TOO_LARGE");
}

#[test]
fn sealing_needs_a_public_key() {
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), SHA_256));
    assert_eq!(code(bongtu::seal(&keyring, b"", SealOptions::default())), "ERR_NO_PUBLIC_KEY");
}

#[test]
fn streams_seal_and_open_in_any_pieces() {
    let (keyring, kms) = (keyring(PUBLIC_2048, SHA_256), kms());
    for length in [0, 1, 63, 64, 65, 128, 1000] {
        for piece in [1, 7, 64, 500, 2000] {
            let text = pattern(length);
            let mut writer = bongtu::SealWriter::new(&keyring, framed(64), Vec::new()).unwrap();
            for chunk in text.chunks(piece) {
                writer.write_all(chunk).unwrap();
            }
            let message = writer.finish().unwrap();
            assert_eq!(open(&message, OpenOptions::default()).unwrap(), text);
            let input = Pieces(&message, piece);
            let ask = |request: &_| kms.decrypt(request);
            let mut reader =
                bongtu::OpenReader::new(&keyring, OpenOptions::default(), input, ask).unwrap();
            let mut opened = Vec::new();
            reader.read_to_end(&mut opened).unwrap();
            assert_eq!(opened, text);
        }
    }
}

/// Gives at most so many bytes at a time.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = out.len().min(self.1);
        self.0.read(&mut out[..length])
    }
}

#[test]
fn a_stream_without_its_end_is_refused_after_its_sound_frames() {
    let (keyring, kms) = (keyring(PUBLIC_2048, SHA_256), kms());
    let message = bongtu::seal(&keyring, &pattern(300), framed(100)).unwrap();
    for cut in 440..message.len() {
        let input = Pieces(&message[..cut], 50);
        let ask = |request: &_| kms.decrypt(request);
        let mut reader =
            bongtu::OpenReader::new(&keyring, OpenOptions::default(), input, ask).unwrap();
        let mut released = Vec::new();
        let error = reader.read_to_end(&mut released).unwrap_err();
        let error = error.get_ref().unwrap().downcast_ref::<bongtu::Error>().unwrap();
        assert_eq!(error.code(), "ERR_TRUNCATED");
        let whole_frames = ((cut - 440) / 132).min(2);
        assert_eq!(released, pattern(whole_frames * 100));
        assert!(reader.read_to_end(&mut released).is_err(), "the failure must last");
    }
}

#[test]
fn a_writer_that_fails_stays_failed() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if bytes.len() > 400 { Ok(bytes.len()) } else { Err(std::io::Error::other("full")) }
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut writer =
        bongtu::SealWriter::new(&keyring(PUBLIC_2048, SHA_256), framed(10), Full).unwrap();
    writer.write_all(&pattern(10)).unwrap();
    assert!(writer.write_all(&pattern(10)).is_err());
    writer.write_all(&[]).unwrap();
    assert!(writer.finish().is_err());
}

#[test]
fn every_truncation_is_refused() {
    let message = bongtu::seal(&keyring(PUBLIC_2048, SHA_256), &pattern(25), framed(10)).unwrap();
    for length in 0..message.len() {
        assert_eq!(code(open(&message[..length], OpenOptions::default())), "ERR_TRUNCATED");
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let mut options = framed(10);
    options.encryption_context = context(&[("a", "1")]);
    let message = bongtu::seal(&keyring(PUBLIC_2048, SHA_256), &pattern(25), options).unwrap();
    // RSA is slow without optimisation: in the wrapped key a sample of the bits has to do.
    let wrapped = 140..390;
    for bit in (0..message.len() * 8).filter(|bit| !wrapped.contains(&(bit / 8)) || bit % 131 == 0)
    {
        let mut broken = message.clone();
        broken[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&broken, OpenOptions::default()).is_err(), "bit {bit}");
    }
}

#[test]
fn frames_cannot_be_rearranged() {
    let message = bongtu::seal(&keyring(PUBLIC_2048, SHA_256), &pattern(35), framed(10)).unwrap();
    let (header, body) = message.split_at(440);
    let [a, b, c] = [0, 42, 84].map(|start| &body[start..start + 42]);
    let end = &body[126..];
    for (order, wanted) in [
        (vec![b, a, c, end], "ERR_MALFORMED"),
        (vec![a, a, b, c, end], "ERR_MALFORMED"),
        (vec![a, c, end], "ERR_MALFORMED"),
        (vec![a, b, c], "ERR_TRUNCATED"),
        (vec![end], "ERR_MALFORMED"),
        (vec![a, b, c, end, end], "ERR_TRAILING_DATA"),
        (vec![a, b, c, end, b"x"], "ERR_TRAILING_DATA"),
    ] {
        let message = [header, &order.concat()].concat();
        assert_eq!(code(open(&message, OpenOptions::default())), wanted);
    }
    // Numbered anew, so that only the tags can tell.
    let mut swapped = [header, b, a, c, end].concat();
    swapped[440 + 3] = 1;
    swapped[440 + 42 + 3] = 2;
    assert_eq!(code(open(&swapped, OpenOptions::default())), "ERR_AUTHENTICATION");
}

#[test]
fn what_is_not_a_message_is_named() {
    use base64ct::{Base64, Encoding};
    let message = bongtu::seal(&keyring(PUBLIC_2048, SHA_256), b"x", framed(10)).unwrap();
    let base64 = Base64::encode_string(&message);
    assert_eq!(code(open(base64.as_bytes(), OpenOptions::default())), "ERR_BASE64");
    assert_eq!(code(open(b"PK\x03\x04", OpenOptions::default())), "ERR_NOT_SEALED");
    assert_eq!(code(open(b"A", OpenOptions::default())), "ERR_NOT_SEALED");
    assert_eq!(code(open(b"", OpenOptions::default())), "ERR_TRUNCATED");
    let mut unknown_suite = message.clone();
    unknown_suite[2] = 0x73;
    assert_eq!(code(open(&unknown_suite, OpenOptions::default())), "ERR_MALFORMED");
}

#[test]
fn limits_hold_before_anything_is_unwrapped() {
    let message = bongtu::seal(&keyring(PUBLIC_2048, SHA_256), b"x", framed(1000)).unwrap();
    let refused = |limits: Limits, message: &[u8]| {
        code(open(message, OpenOptions { limits, ..OpenOptions::default() }))
    };
    assert_eq!(
        refused(Limits { max_header_length: 439, ..Limits::default() }, &message),
        "ERR_LIMIT"
    );
    assert_eq!(
        refused(Limits { max_frame_length: 999, ..Limits::default() }, &message),
        "ERR_LIMIT"
    );
    let mut many = message.clone();
    many[37..39].copy_from_slice(&17_u16.to_be_bytes());
    assert_eq!(refused(Limits::default(), &many), "ERR_LIMIT");
    // A field that claims to be longer than any header may be is refused while it is still short.
    let mut huge = message[..39].to_vec();
    huge.extend_from_slice(&[0xff, 0xff]);
    let limits = Limits { max_header_length: 1000, ..Limits::default() };
    assert_eq!(refused(limits, &huge), "ERR_LIMIT");
    let mut long_frames = message;
    long_frames[388..392].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(refused(Limits::default(), &long_frames), "ERR_LIMIT");
}

#[test]
fn a_context_must_be_contained() {
    let mut options = framed(10);
    options.encryption_context = context(&[("a", "1"), ("b", "2")]);
    let message = bongtu::seal(&keyring(PUBLIC_2048, SHA_256), b"x", options).unwrap();
    for good in [&[][..], &[("a", "1")], &[("b", "2"), ("a", "1")]] {
        assert!(open(&message, expecting(good)).is_ok());
    }
    for bad in [&[("a", "2")][..], &[("c", "1")], &[("a", "1"), ("c", "")]] {
        assert_eq!(code(open(&message, expecting(bad))), "ERR_CONTEXT_MISMATCH");
    }
}

#[test]
fn kms_answers_are_checked() {
    let message = bongtu::seal(&keyring(PUBLIC_2048, SHA_256), b"x", framed(10)).unwrap();
    let (keyring, kms) = (Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), SHA_256)), kms());
    let opened = |change: fn(&mut bongtu::DecryptResponse)| {
        code(bongtu::open_with(&keyring, &message, OpenOptions::default(), |request| {
            let mut response = kms.decrypt(request)?;
            change(&mut response);
            Ok(response)
        }))
    };
    assert_eq!(opened(|response| response.key_id = OTHER_ARN.into()), "ERR_UNWRAP");
    assert_eq!(opened(|response| response.key_id.clear()), "ERR_UNWRAP");
    assert_eq!(opened(|response| response.plaintext.push(0)), "ERR_UNWRAP");
    assert_eq!(opened(|response| response.plaintext.truncate(79)), "ERR_UNWRAP");
    assert_eq!(opened(|response| response.plaintext.clear()), "ERR_UNWRAP");
    assert_eq!(opened(|response| response.plaintext[0] ^= 1), "ERR_UNWRAP");
    assert_eq!(opened(|response| response.plaintext[79] ^= 1), "ERR_COMMITMENT");
    for (name, wanted) in [
        ("InvalidCiphertextException", "ERR_UNWRAP"),
        ("IncorrectKeyException", "ERR_UNWRAP"),
        ("AccessDeniedException", "ERR_KMS"),
        ("DisabledException", "ERR_KMS"),
    ] {
        let failing = |_: &_| Err(KmsFailure { name: name.into() });
        let opened = bongtu::open_with(&keyring, &message, OpenOptions::default(), failing);
        assert_eq!(code(opened), wanted);
    }
}

#[test]
fn only_the_right_key_is_asked() {
    let message = bongtu::seal(&keyring(PUBLIC_2048, SHA_256), b"x", framed(10)).unwrap();
    let other = bongtu::KeyArn::parse(OTHER_ARN).unwrap();
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::open_only(other, SHA_256));
    let opened = bongtu::open_with(&keyring, &message, OpenOptions::default(), |_| {
        panic!("KMS must not be asked")
    });
    assert_eq!(code(opened), "ERR_NO_MATCHING_KEY");
    // The wrong algorithm looks like the wrong key.
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), SHA_1));
    let kms = kms();
    let opened = bongtu::open_with(&keyring, &message, OpenOptions::default(), |r| kms.decrypt(r));
    assert_eq!(code(opened), "ERR_UNWRAP");
}

#[test]
fn a_replica_opens_what_was_sealed_in_another_region() {
    let arn_in = |region: &str| {
        let id = "mrk-0123456789abcdef0123456789abcdef";
        bongtu::KeyArn::parse(&format!("arn:aws:kms:{region}:111122223333:key/{id}")).unwrap()
    };
    let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    let sealing = KmsRsaKeyring::new(key, arn_in("eu-west-1"), SHA_256).unwrap();
    let message = bongtu::seal(&Keyring::KmsRsa(sealing), b"x", framed(10)).unwrap();
    let here = arn_in("us-east-1");
    let kms = Kms::new(PRIVATE_2048, here.as_str());
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::open_only(here, SHA_256));
    let opened = bongtu::open_with(&keyring, &message, OpenOptions::default(), |r| kms.decrypt(r));
    assert_eq!(*opened.unwrap().1, b"x");
}
