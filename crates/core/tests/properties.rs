//! Laws that hold for any length and any order, tried for many; they are the same on every run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bongtu::executor;
use bongtu::hazmat::AesGcm;
use bongtu::message::{Sealing, WrappedMessage};
use bongtu::object::{
    CHUNK_LENGTH, Format, ObjectOptions, ObjectSealing, ObjectWrap, OpenObjectOptions,
    WrappedObject, open_object_with,
};
use bongtu::sealed::PieceSealer;
use bongtu::{CommitmentPolicy, ContentKey, KmsPublicKey, KmsRsaKeyring, OpenOptions, SealOptions};
use bongtu::{EncryptionContext, Keyring};
use support::*;

#[test]
fn a_message_is_as_long_as_was_said_and_opens() {
    let (mut random, keyring, kms) = (Random(0x517e), keyring(PUBLIC_2048, SHA_256), kms());
    for _ in 0..50 {
        let text = pattern(random.next() % 3000);
        let options = any_options(&mut random);
        let size = bongtu::sealed_size(&keyring, text.len().try_into().unwrap(), &options);
        let context = options.encryption_context.clone();
        let message = bongtu::seal(&keyring, &text, options).unwrap();
        assert_eq!(u64::try_from(message.len()).unwrap(), size.unwrap());
        let (header, opened) =
            bongtu::open_with(&keyring, &message, OpenOptions::default(), |r| kms.decrypt(r))
                .unwrap();
        assert_eq!((header.encryption_context, opened.to_vec()), (context, text));
    }
}

#[test]
fn frames_sealed_in_any_order_are_one_message() {
    let (mut random, keyring, kms) = (Random(0xf4a3e), keyring(PUBLIC_2048, SHA_256), kms());
    for _ in 0..30 {
        let text = pattern(random.next() % 500);
        let sealing = Sealing::new(&keyring, any_options(&mut random)).unwrap();
        let wrapped = executor::wrap(sealing.wrap()).unwrap();
        let WrappedMessage { header, content_key: key, frames: sealer } =
            sealing.wrapped_pieces(&wrapped, text.len().try_into().unwrap()).unwrap();
        let message = [header, in_any_order(sealer, &key, &text, &mut random)].concat();
        let opened =
            bongtu::open_with(&keyring, &message, OpenOptions::default(), |r| kms.decrypt(r));
        assert_eq!(*opened.unwrap().1, text);
    }
}

#[test]
fn chunks_sealed_in_any_order_are_one_object() {
    let mut random = Random(0xc4a9c);
    let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::new(key, arn(), None).unwrap());
    for format in [Format::V2, Format::V3] {
        for chunks in 0..4 {
            let text = pattern(chunks * CHUNK_LENGTH + random.next() % 100);
            let WrappedObject { head, content_key: key, chunks: sealer } =
                object_pieces(&keyring, format, text.len());
            let body = in_any_order(sealer, &key, &text, &mut random);
            let metadata: Vec<_> =
                head.metadata.iter().map(|(name, it)| ((*name).into(), it.clone())).collect();
            let commitment_policy = CommitmentPolicy::RequireEncryptAllowDecrypt;
            let options = OpenObjectOptions { commitment_policy };
            let (ours, kms) = (&keyring, kms());
            let opened =
                open_object_with(ours, &metadata, None, &body, options, |r| kms.decrypt(r));
            assert!(*opened.unwrap().1 == text, "{format:?}, {} bytes", text.len());
        }
    }
}

fn object_pieces(keyring: &Keyring, format: Format, length: usize) -> WrappedObject {
    let options = ObjectOptions { format, ..ObjectOptions::default() };
    let sealing = ObjectSealing::new(keyring, options, length.try_into().ok()).unwrap();
    let ObjectWrap::Rsa(wrap) = sealing.wrap() else { panic!("it is an RSA key") };
    let wrapped = executor::wrap(wrap).unwrap();
    sealing.wrapped(&wrapped).unwrap()
}

/// Every piece at least once, some again, and what follows the last one. Whatever is sealed again comes out the
/// same, and with another text it does not come out.
fn in_any_order(
    mut sealer: PieceSealer,
    key: &ContentKey,
    text: &[u8],
    random: &mut Random,
) -> Vec<u8> {
    let aes = AesGcm::new(key).unwrap();
    let count = sealer.count().unwrap();
    let mut pieces = vec![None; count];
    // Some from anywhere, which is what a part or a slice is, then all from the last to the first.
    let anywhere: Vec<_> = (0..5).map(|_| random.next() % count).collect();
    for first in anywhere.into_iter().chain((0..count).rev()) {
        let many = 1 + random.next() % (count - first).min(3);
        let block = &text[first * sealer.piece_length()..];
        for (index, op) in (first..).zip(sealer.plan(first, many).unwrap()) {
            let op = op.view();
            let mut sealed = Vec::new();
            aes.encrypt(op.nonce, op.aad, &block[op.start..op.start + op.length], &mut sealed)
                .unwrap();
            let tag = sealed.split_off(op.length);
            sealer.pin(index, &tag).unwrap();
            // Only frames have something in front of them, and their tags behind.
            let end = if op.prefix.is_empty() { &[][..] } else { &tag };
            let piece = [op.prefix, &sealed, end].concat();
            let before = pieces[index].replace(piece.clone());
            assert!(before.is_none_or(|before| before == piece), "piece {index}");
        }
    }
    let mut sealed: Vec<u8> = pieces.into_iter().flatten().flatten().collect();
    sealed.extend(sealer.tail().unwrap());
    assert_eq!(code(sealer.pin(count - 1, &[7; 16])), "ERR_SOURCE_CHANGED");
    assert_eq!(code(sealer.tail()), "ERR_STATE");
    sealed
}

fn any_options(random: &mut Random) -> SealOptions {
    let frame_length = [1 + random.next() % 20, 100, 1 + random.next() % 5000][random.next() % 3];
    let pairs: Vec<(String, String)> = (0..random.next() % 5)
        .map(|n| (format!("{n}-목적"), "검사".repeat(random.next() % 30)))
        .collect();
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    SealOptions {
        encryption_context: EncryptionContext::new(pairs).unwrap(),
        ..framed(frame_length.try_into().unwrap())
    }
}
