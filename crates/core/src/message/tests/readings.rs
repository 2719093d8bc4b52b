//! Sources that are read twice, contexts that are not stored, and bodies of many chunks.

use super::*;
use crate::context::EncryptionContext;
use std::io::{Seek, SeekFrom};

/// Gives other bytes once it was sought back to its body.
struct Changing {
    bytes: Cursor<Vec<u8>>,
    changed: Vec<u8>,
    /// How often it is sought before it changes.
    seeks: usize,
}

impl Read for Changing {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(out)
    }
}

impl Seek for Changing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if matches!(to, SeekFrom::Start(_)) {
            self.seeks -= 1;
            if self.seeks == 0 {
                *self.bytes.get_mut() = core::mem::take(&mut self.changed);
            }
        }
        self.bytes.seek(to)
    }
}

#[test]
fn a_source_that_changes_after_it_was_verified_releases_nothing_of_it() {
    for writer in writers().filter(|writer| writer.suite.signed() || writer.frame_length == 0) {
        let message = writer.message();
        let edit_footer = |footer: &mut Vec<u8>| footer.clear();
        let end = Writer { edit_footer, ..writer }.message().len();
        // In the text's last bytes, which are all of a block or a chunk.
        let mut changed = message.clone();
        let at = end - 20;
        changed[at] ^= 1;
        let shorter = message[..at].to_vec();
        for changed in [changed, shorter] {
            let bytes = Cursor::new(message.clone());
            // Once from the source's end, and once before the second reading.
            let source = Changing { bytes, changed, seeks: 2 };
            let reader = OpenSeekReader::new(&keyring(), allowing(), source, no_kms);
            let (text, outcome) = drain(reader, |reader| reader.header().clone());
            assert_eq!(outcome.unwrap_err().code(), "ERR_SOURCE_CHANGED");
            assert!(text.is_empty());
        }
    }
}

/// Several chunks of a body without frames, and several blocks of one in frames.
#[test]
fn long_bodies_are_read_in_pieces() {
    let text: Vec<u8> = (0..1_200_000_u32).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect();
    for length in [512 * 1024 + 1, text.len()] {
        for (id, frame_length) in [(0x0578, 0), (0x0178, 0), (0x0214, 4096), (0x0378, 600_000)] {
            let text = text[..length].to_vec();
            let message = Writer { text: text.clone(), ..writer(id, frame_length) }.message();
            for open in [at_once, twice] {
                let (found, outcome) = open(&message, allowing());
                assert!(outcome.is_ok() && found == text, "{id:#06x}, {length} in {frame_length}");
            }
            let mut changed = message;
            let at = changed.len() - 600_000.min(length / 2);
            changed[at] ^= 1;
            let (found, outcome) = twice(&changed, allowing());
            assert!(found.is_empty());
            assert_eq!(outcome.unwrap_err().code(), "ERR_AUTHENTICATION");
        }
    }
}

fn requiring(pairs: &[(&str, &str)], keys: &[&str]) -> OpenOptions {
    let encryption_context = EncryptionContext::new(pairs.iter().copied()).unwrap();
    let required_encryption_context_keys = keys.iter().map(|key| (*key).into()).collect();
    OpenOptions { encryption_context, required_encryption_context_keys, ..allowing() }
}

#[test]
fn pairs_that_are_not_stored_are_given_by_who_opens() {
    for writer in writers() {
        let unstored = vec![("secret".into(), "word".into()), ("zone".into(), "1".into())];
        let message = Writer { unstored, ..writer }.message();
        let both = [("secret", "word"), ("zone", "1")];
        let all = [("name", "value"), ("secret", "word"), ("zone", "1")];
        for options in [
            requiring(&both, &["secret", "zone"]),
            requiring(&all, &["zone", "secret"]),
            // What is stored may be required as well.
            requiring(&all, &["zone", "secret", "name"]),
        ] {
            for open in [at_once, twice] {
                let header = open(&message, options.clone()).1.unwrap();
                let all = EncryptionContext::new(all).unwrap();
                assert!(header.encryption_context.contains(&all));
            }
        }
        for (pairs, keys, code) in [
            (&both[..], &[][..], "ERR_UNWRAP"),
            (&both, &["secret"], "ERR_UNWRAP"),
            (&[("secret", "word"), ("zone", "2")], &["secret", "zone"], "ERR_UNWRAP"),
            (&both[..1], &["secret", "zone"], "ERR_INPUT"),
            (&[], &["name"], "ERR_INPUT"),
        ] {
            assert_eq!(refused(at_once(&message, requiring(pairs, keys))), code);
        }
    }
}

/// A stored pair is not replaced by one that is required, nor is a pair that nobody stored taken.
#[test]
fn a_required_pair_is_stored_with_its_value_or_not_at_all() {
    for writer in writers() {
        let message = writer.message();
        let open = |pairs: &[(&str, &str)], keys: &[&str]| {
            at_once(&message, requiring(pairs, keys)).1.map(|_| ())
        };
        assert_eq!(open(&[("name", "value")], &["name"]), Ok(()));
        assert_eq!(open(&[("name", "other")], &["name"]), Err(Error::ContextMismatch));
        assert_eq!(open(&[("name", "other")], &[]), Err(Error::ContextMismatch));
        assert_eq!(open(&[("more", "x")], &[]), Err(Error::ContextMismatch));
        assert_eq!(open(&[("more", "x")], &["more"]), Err(Error::Unwrap));
    }
}
