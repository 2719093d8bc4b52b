//! Every changed bit and every cut is found, in every suite.

use super::*;

/// What is verified as a whole is released whole or not at all; of anything else only what is right
/// may come out.
fn check(writer: &Writer, message: &[u8], what: &str) {
    let whole = writer.suite.signed() || writer.frame_length == 0;
    let (text, outcome) = twice(message, allowing());
    assert!(outcome.is_err(), "{:#06x}, {what}: it was read twice", writer.suite.id);
    assert!(if whole { text.is_empty() } else { writer.text.starts_with(&text) });
    let (text, outcome) = once(message, allowing());
    assert!(outcome.is_err(), "{:#06x}, {what}: it was read once", writer.suite.id);
    assert!(if whole { text.is_empty() } else { writer.text.starts_with(&text) });
}

#[test]
fn every_changed_bit_is_found() {
    for writer in writers() {
        let message = writer.message();
        // Every bit of one message of each suite, and one bit of each byte of the other.
        let step = if writer.frame_length == 0 { 9 } else { 1 };
        for bit in (0..8 * message.len()).step_by(step) {
            let mut changed = message.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let (_, outcome) = at_once(&changed, allowing());
            assert!(outcome.is_err(), "{:#06x}, bit {bit}", writer.suite.id);
            // One bit of each byte is enough for what is the same but for the reading.
            if bit.is_multiple_of(9) {
                check(&writer, &changed, "a changed bit");
            }
        }
    }
}

#[test]
fn every_cut_is_found() {
    for writer in writers() {
        let message = writer.message();
        for length in 0..message.len() {
            let cut = &message[..length];
            assert!(at_once(cut, allowing()).1.is_err(), "{:#06x}, {length}", writer.suite.id);
            check(&writer, cut, "a cut");
        }
    }
}

#[test]
fn what_follows_the_end_is_found() {
    for writer in writers() {
        let message = writer.message();
        for more in [&[0][..], &[0; 40], &[0xff; 70_000], &message] {
            let longer = [&message[..], more].concat();
            assert_eq!(refused_whole_or_part(&longer), "ERR_TRAILING_DATA");
            check(&writer, &longer, "more");
        }
    }
}

/// As [`refused_whole`], where a part of a message in frames may have come out.
fn refused_whole_or_part(message: &[u8]) -> &'static str {
    let code = refused(at_once(message, allowing()));
    assert_eq!(refused(twice(message, allowing())), code);
    code
}
