//! Headers with many keys, in any pieces.

use super::parser::HeaderReader;
use super::*;
use crate::message::stranger;
use alloc::vec;

const EDKS: u16 = 3000;

/// A header of version 2 with many keys, and a frame's beginning behind it.
fn message() -> Vec<u8> {
    let suite = crate::suite::DEFAULT;
    let context = EncryptionContext::new([("name", "value")]).unwrap();
    let edk = EncryptedDataKey {
        provider_id: b"aws-kms-rsa".to_vec(),
        provider_info: vec![7; 3],
        ciphertext: Vec::new(),
    };
    let edks = vec![edk; EDKS.into()];
    let mut header = Header::encode(suite, &[1; 32], &context, &edks, 10, &[2; 32]).unwrap();
    header.extend_from_slice(&[3; TAG_LENGTH]);
    header
}

fn generous() -> Limits {
    let (keys, bytes) = (EDKS.into(), 1 << 20);
    Limits { max_encrypted_data_keys: keys, max_header_length: bytes, ..Limits::default() }
}

/// Feeds pieces of `size` bytes and counts the bytes that are looked at again and again.
fn read(message: &[u8], size: usize) -> (Header, usize) {
    let mut reader = HeaderReader::new(generous());
    let mut looked_at = 0;
    for piece in message.chunks(size) {
        let looks = piece.len() >= reader.missing();
        let before = reader.parser.position;
        let header = reader.read(piece).unwrap();
        if looks {
            looked_at += reader.bytes.len() - before;
        }
        if let Some(header) = header {
            return (header, looked_at);
        }
    }
    panic!("incomplete");
}

#[test]
fn the_work_grows_as_the_header_whatever_pieces_it_comes_in() {
    let message = message();
    let whole = Header::parse(&message, &generous()).unwrap();
    for size in [1, 2, 3, 7, 64, 1000, message.len()] {
        let (header, looked_at) = read(&message, size);
        assert_eq!(header.length(), whole.length());
        assert_eq!(header.body, whole.body);
        assert_eq!(header.edks, whole.edks);
        assert_eq!(header.fields.len(), whole.fields.len());
        assert!(looked_at < 8 * message.len(), "{looked_at} bytes in pieces of {size}");
    }
}

/// It is shorter than what tells strangers, so that more bytes are asked for when all of it was
/// read; what follows must not be taken for it then.
#[test]
fn a_short_header_that_went_through_text_is_refused_whatever_follows() {
    let edk = EncryptedDataKey {
        provider_id: b"aws-kms-rsa".to_vec(),
        provider_info: Vec::new(),
        ciphertext: Vec::new(),
    };
    let (suite, context) = (crate::suite::DEFAULT, EncryptionContext::default());
    let mut short = Header::encode(suite, &[b'?'; 32], &context, &[edk], 10, &[2; 32]).unwrap();
    short.extend_from_slice(&[3; TAG_LENGTH]);
    assert!(short.len() < stranger::LOOK);
    for behind in [vec![0; 200], message()] {
        let bytes = [&short[..], &behind].concat();
        for size in [1, 50, 4096, bytes.len()] {
            let mut reader = HeaderReader::new(generous());
            let refused = bytes.chunks(size).find_map(|piece| match reader.read(piece) {
                Ok(None) => None,
                found => Some(found.map(|header| header.is_some())),
            });
            assert_eq!(refused, Some(Err(stranger::THROUGH_TEXT)), "in pieces of {size}");
        }
    }
}

#[test]
fn it_asks_for_no_byte_too_many() {
    let message = message();
    let mut reader = HeaderReader::new(generous());
    let mut given = 0;
    let header = loop {
        let piece = &message[given..given + reader.missing()];
        given += piece.len();
        if let Some(header) = reader.read(piece).unwrap() {
            break header;
        }
    };
    assert_eq!((header.length(), given), (message.len(), message.len()));
}
