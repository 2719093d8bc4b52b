//! Objects as streams of `std::io`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions
)]

mod support;

use bongtu::object::{
    CHUNK_LENGTH, Format, ObjectHead, ObjectOptions, OpenObjectOptions, OpenReader, SealWriter,
    open_object_with, seal_object,
};
use bongtu::{
    CommitmentPolicy, DecryptRequest, DecryptResponse, GenerateDataKeyResponse, Keyring,
    KmsKeyring, KmsRsaKeyring,
};
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use support::*;

fn rsa() -> Keyring {
    keyring(PUBLIC_2048, SHA_1)
}

fn symmetric() -> Keyring {
    Keyring::Kms(KmsKeyring::new(arn()))
}

fn options(format: Format, instruction_file: bool) -> ObjectOptions {
    ObjectOptions { format, instruction_file, ..ObjectOptions::default() }
}

fn all_versions() -> OpenObjectOptions {
    OpenObjectOptions { commitment_policy: CommitmentPolicy::RequireEncryptAllowDecrypt }
}

fn metadata(head: &ObjectHead) -> Vec<(String, String)> {
    head.metadata.iter().map(|(name, value)| ((*name).into(), value.clone())).collect()
}

/// Seals what is written in pieces.
fn seal(text: &[u8], options: ObjectOptions, piece: usize) -> (ObjectHead, Vec<u8>) {
    let mut writer = SealWriter::new(&rsa(), options, Vec::new()).unwrap();
    for piece in text.chunks(piece) {
        writer.write_all(piece).unwrap();
    }
    let head = writer.head().clone();
    (head, writer.finish().unwrap())
}

fn reader<R: Read + Seek>(head: &ObjectHead, body: R) -> io::Result<OpenReader<R>> {
    let (kms, file) = (kms(), head.instruction_file.as_deref());
    OpenReader::new(&rsa(), &metadata(head), file, body, all_versions(), |r| kms.decrypt(r))
}

type Change = fn(&mut Vec<u8>);

/// Gives at most so many bytes at a time, and changes when it is to be read again.
struct Source<'a> {
    bytes: &'a [u8],
    at: usize,
    most: usize,
    then: Change,
    changed: Option<Vec<u8>>,
}

impl<'a> Source<'a> {
    fn new(bytes: &'a [u8], most: usize, then: Change) -> Self {
        Self { bytes, at: 0, most, then, changed: None }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = out.len().min(self.most);
        let mut rest = &self.changed.as_deref().unwrap_or(self.bytes)[self.at..];
        let read = rest.read(&mut out[..length])?;
        self.at += read;
        Ok(read)
    }
}

impl Seek for Source<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(start) = to {
            self.at = usize::try_from(start).unwrap();
            let mut changed = self.bytes.to_vec();
            (self.then)(&mut changed);
            self.changed = Some(changed);
        }
        Ok(self.at as u64)
    }
}

fn code_of(error: &io::Error) -> &'static str {
    error.get_ref().unwrap().downcast_ref::<bongtu::Error>().unwrap().code()
}

fn refusal<R: Read + Seek>(head: &ObjectHead, body: R) -> &'static str {
    code_of(&reader(head, body).err().expect("it must be refused"))
}

#[test]
fn objects_of_all_lengths_in_any_pieces() {
    let chunk = CHUNK_LENGTH;
    for (length, piece) in [
        (0, 1),
        (1, 1),
        (40, 1),
        (1000, 7),
        (chunk - 1, 4096),
        (chunk, chunk),
        (chunk + 1, 100_000),
        (2 * chunk, 2 * chunk),
        (2 * chunk + 100, 65_537),
    ] {
        let text = pattern(length);
        for (format, file) in [(Format::V3, false), (Format::V3, true), (Format::V2, false)] {
            let (head, body) = seal(&text, options(format, file), piece);
            assert_eq!(body.len(), length + 16);
            let (kms, file) = (kms(), head.instruction_file.as_deref());
            let ask = |request: &DecryptRequest| kms.decrypt(request);
            let opened =
                open_object_with(&rsa(), &metadata(&head), file, &body, all_versions(), ask);
            assert!(*opened.unwrap().1 == text, "{length} bytes, whole");

            let mut reader = reader(&head, Source::new(&body, piece, |_| {})).unwrap();
            assert_eq!(reader.object().format, format);
            let mut opened = Vec::new();
            Pieces(&mut reader, piece).read_to_end(&mut opened).unwrap();
            assert!(opened == text, "{length} bytes in pieces of {piece}");
            assert_eq!(reader.read(&mut [0; 9]).unwrap(), 0, "the end lasts");
        }
    }
}

/// Asks for at most so many bytes at a time.
struct Pieces<R>(R, usize);

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = out.len().min(self.1);
        self.0.read(&mut out[..length])
    }
}

#[test]
fn what_was_sealed_whole_is_read_from_where_the_body_begins() {
    let text = pattern(CHUNK_LENGTH + 5);
    let object = seal_object(&rsa(), &text, ObjectOptions::default()).unwrap();
    let mut file = Cursor::new([b"before", &object.body[..]].concat());
    file.set_position(6);
    let mut opened = Vec::new();
    reader(&object.head, &mut file).unwrap().read_to_end(&mut opened).unwrap();
    assert!(opened == text);
    file.set_position(5);
    assert_eq!(refusal(&object.head, file), "ERR_AUTHENTICATION");
}

#[test]
fn every_truncation_and_every_changed_byte_is_refused_before_anything_is_released() {
    let (head, body) = seal(&pattern(40), ObjectOptions::default(), 40);
    for end in 0..body.len() {
        let expected = if end < 16 { "ERR_TRUNCATED" } else { "ERR_AUTHENTICATION" };
        assert_eq!(refusal(&head, Cursor::new(&body[..end])), expected, "{end} bytes");
    }
    for at in 0..body.len() {
        let mut changed = body.clone();
        changed[at] ^= 1 << (at % 8);
        assert_eq!(refusal(&head, Cursor::new(changed)), "ERR_AUTHENTICATION", "byte {at}");
    }
    let longer = [&body[..], &[0]].concat();
    assert_eq!(refusal(&head, Cursor::new(longer)), "ERR_AUTHENTICATION");
}

#[test]
fn so_is_every_truncation_and_change_around_the_chunks() {
    let (head, body) = seal(&pattern(CHUNK_LENGTH + 20), ObjectOptions::default(), 100_000);
    for end in [CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 16, body.len() - 16, body.len() - 1]
    {
        assert_eq!(refusal(&head, Cursor::new(&body[..end])), "ERR_AUTHENTICATION", "{end} bytes");
    }
    for at in [0, CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 19, body.len() - 1] {
        let mut changed = body.clone();
        changed[at] ^= 1;
        assert_eq!(refusal(&head, Cursor::new(changed)), "ERR_AUTHENTICATION", "byte {at}");
    }
    let swapped = [&body[CHUNK_LENGTH..CHUNK_LENGTH + 20], &body[..CHUNK_LENGTH]].concat();
    let swapped = [&swapped[..], &body[CHUNK_LENGTH + 20..]].concat();
    assert_eq!(refusal(&head, Cursor::new(swapped)), "ERR_AUTHENTICATION");
}

#[test]
fn a_body_that_changes_after_it_was_verified_releases_only_sound_chunks() {
    let text = pattern(2 * CHUNK_LENGTH + 9);
    let (head, body) = seal(&text, ObjectOptions::default(), 100_000);
    let cases: [(Change, usize); 4] = [
        (|body| body[0] ^= 1, 0),
        (|body| body[CHUNK_LENGTH + 7] ^= 1, CHUNK_LENGTH),
        (|body| body.truncate(2 * CHUNK_LENGTH + 8), 2 * CHUNK_LENGTH),
        (|body| body.copy_within(CHUNK_LENGTH..2 * CHUNK_LENGTH, 0), 0),
    ];
    for (change, sound) in cases {
        let mut reader = reader(&head, Source::new(&body, 50_000, change)).unwrap();
        let mut released = Vec::new();
        for _ in 0..3 {
            let error = reader.read_to_end(&mut released).unwrap_err();
            assert_eq!(code_of(&error), "ERR_SOURCE_CHANGED", "the failure must last");
            assert!(released == text[..sound], "{} bytes of {sound}", released.len());
        }
    }
}

#[test]
fn an_unwrap_that_fails_reads_nothing() {
    struct Untouched;
    impl Read for Untouched {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("read"))
        }
    }
    impl Seek for Untouched {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Err(io::Error::other("sought"))
        }
    }
    let (head, _) = seal(b"x", ObjectOptions::default(), 1);
    let other = Kms::new(PRIVATE_3072, ARN);
    let ask = |request: &DecryptRequest| other.decrypt(request);
    let refused = OpenReader::new(&rsa(), &metadata(&head), None, Untouched, all_versions(), ask);
    assert_eq!(code_of(&refused.err().unwrap()), "ERR_UNWRAP");
}

#[test]
fn a_symmetric_kms_key_is_asked_for_the_data_key() {
    let refused = SealWriter::new(&symmetric(), ObjectOptions::default(), Vec::new());
    assert_eq!(refused.err().unwrap().code(), "ERR_NO_KMS");
    let mut writer =
        SealWriter::new_with(&symmetric(), ObjectOptions::default(), Vec::new(), |_| {
            Ok(GenerateDataKeyResponse {
                key_id: ARN.into(),
                plaintext: vec![7; 32].into(),
                ciphertext_blob: vec![1; 100],
            })
        })
        .unwrap();
    writer.write_all(b"hello").unwrap();
    let head = writer.head().clone();
    let body = Cursor::new(writer.finish().unwrap());
    let ask = |_: &_| Ok(DecryptResponse { key_id: ARN.into(), plaintext: vec![7; 32].into() });
    let reader = OpenReader::new(&symmetric(), &metadata(&head), None, body, all_versions(), ask);
    assert_eq!(io::read_to_string(reader.unwrap()).unwrap(), "hello");
    let open_only = Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), SHA_1));
    let refused = SealWriter::new(&open_only, ObjectOptions::default(), Vec::new());
    assert_eq!(refused.err().unwrap().code(), "ERR_NO_PUBLIC_KEY");
}

#[test]
fn a_writer_that_fails_stays_failed() {
    /// Takes one write in two.
    #[derive(Default)]
    struct Full(bool);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = !self.0;
            if self.0 { Err(io::Error::other("full")) } else { Ok(bytes.len()) }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = SealWriter::new(&rsa(), ObjectOptions::default(), Full::default()).unwrap();
    writer.write_all(&pattern(CHUNK_LENGTH)).unwrap();
    assert_eq!(writer.write_all(b"x").unwrap_err().to_string(), "full");
    writer.write_all(b"x").unwrap();
    let error = writer.finish().err().unwrap();
    assert_eq!(code_of(&error), "ERR_STATE");
}
