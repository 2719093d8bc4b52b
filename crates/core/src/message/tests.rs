//! Messages of every suite, framed and not, as no writer of today makes them: right ones, damaged
//! ones, and ones that are wrong although their tags and signatures are right.

mod damage;
mod faults;
mod readings;
mod writer;

use super::{CommitmentPolicy, OpenOptions, OpenReader, OpenSeekReader, VerifiedHeader, open_with};
use crate::error::{Error, Result};
use crate::keyring::{Keyring, RawAesKeyring};
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use crate::suite::Suite;
use alloc::{vec, vec::Vec};
use std::io::{self, Cursor, Read};
use writer::Writer;

const SUITES: [u16; 11] =
    [0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0178, 0x0214, 0x0346, 0x0378, 0x0478, 0x0578];

/// A writer of each suite, in frames and without.
fn writers() -> impl Iterator<Item = Writer> {
    SUITES.into_iter().flat_map(|id| [32, 0].map(|frame_length| writer(id, frame_length)))
}

fn writer(id: u16, frame_length: u32) -> Writer {
    Writer::new(Suite::from_id(id).unwrap(), frame_length)
}

fn keyring() -> Keyring {
    Keyring::RawAes(RawAesKeyring::new("space", "key", vec![5; 32].into()).unwrap())
}

fn allowing() -> OpenOptions {
    let commitment_policy = CommitmentPolicy::RequireEncryptAllowDecrypt;
    OpenOptions { commitment_policy, ..OpenOptions::default() }
}

fn no_kms(_: &DecryptRequest) -> Result<DecryptResponse, KmsFailure> {
    panic!("nobody is to be asked")
}

/// What came out before the end or the error, and which of these it was.
type Outcome = (Vec<u8>, Result<VerifiedHeader>);

fn at_once(message: &[u8], options: OpenOptions) -> Outcome {
    match open_with(&keyring(), message, options, no_kms) {
        Ok((header, text)) => (text.to_vec(), Ok(header)),
        Err(error) => (Vec::new(), Err(error)),
    }
}

fn twice(message: &[u8], options: OpenOptions) -> Outcome {
    let reader = OpenSeekReader::new(&keyring(), options, Cursor::new(message), no_kms);
    drain(reader, |reader| reader.header().clone())
}

fn once(message: &[u8], options: OpenOptions) -> Outcome {
    drain(OpenReader::new(&keyring(), options, message, no_kms), |reader| reader.header().clone())
}

fn drain<R: Read>(reader: io::Result<R>, header: impl Fn(&R) -> VerifiedHeader) -> Outcome {
    let mut text = Vec::new();
    let outcome = reader.and_then(|mut reader| {
        reader.read_to_end(&mut text)?;
        Ok(header(&reader))
    });
    (text, outcome.map_err(|error| error.downcast::<Error>().unwrap()))
}

fn refused(outcome: Outcome) -> &'static str {
    outcome.1.unwrap_err().code()
}

/// Both ways in which any message is read as a whole refuse it alike, and release nothing.
fn refused_whole(message: &[u8]) -> &'static str {
    let first = at_once(message, allowing());
    let second = twice(message, allowing());
    assert!(first.0.is_empty() && second.0.is_empty());
    assert_eq!(first.1.as_ref().unwrap_err(), second.1.as_ref().unwrap_err());
    refused(first)
}

#[test]
fn every_suite_opens_framed_and_not() {
    for writer in writers() {
        for length in [0, 1, 31, 32, 33, 64, 100] {
            let message = Writer { text: (0..length).collect(), ..writer.clone() }.message();
            for open in [at_once, twice] {
                let (text, header) = open(&message, allowing());
                let header = header.unwrap();
                assert!(text.into_iter().eq(0..length), "{:?}", header.suite);
                assert_eq!(header.suite, writer.suite);
                assert_eq!(header.encryption_context.get("name"), Some("value"));
            }
            let (text, outcome) = once(&message, allowing());
            if writer.suite.signed() || writer.frame_length == 0 {
                assert_eq!(outcome.unwrap_err().code(), "ERR_UNSUPPORTED");
                assert!(text.is_empty());
            } else {
                assert!(outcome.is_ok() && text.into_iter().eq(0..length));
            }
        }
    }
}

#[test]
fn only_committing_suites_open_unless_the_policy_allows_others() {
    for writer in writers() {
        let message = writer.message();
        for (policy, allows) in [
            (CommitmentPolicy::ForbidEncryptAllowDecrypt, true),
            (CommitmentPolicy::RequireEncryptAllowDecrypt, true),
            (CommitmentPolicy::RequireEncryptRequireDecrypt, false),
        ] {
            let options = OpenOptions { commitment_policy: policy, ..OpenOptions::default() };
            let (_, outcome) = at_once(&message, options);
            if allows || writer.suite.id >= 0x0478 {
                assert!(outcome.is_ok());
            } else {
                assert_eq!(outcome.unwrap_err().code(), "ERR_COMMITMENT_POLICY");
            }
        }
    }
}
