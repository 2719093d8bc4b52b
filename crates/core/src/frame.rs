//! A message's body is cut into frames. This file knows how they are laid out, what is associated with them, and
//! how they are found (docs/formats.md 2.7).

use crate::codec::{Reader, Stop};
use crate::error::{Error, Result};
use crate::plan::{NONCE_LENGTH, Nonce, PieceOp, TAG_LENGTH};
use alloc::vec::Vec;
use core::ops::Range;

/// Frame length unless the caller says otherwise.
pub const DEFAULT_FRAME_LENGTH: u32 = 256 * 1024;
/// Longest frame that is written, and read unless the caller raises the limit: readers hold a
/// whole frame until its tag has verified.
pub const MAX_FRAME_LENGTH: u32 = 64 * 1024 * 1024;
/// Bytes at a frame's start that tell all about it: those of the final frame's head.
pub const HEAD_LENGTH: usize = 4 + REGULAR_HEAD_LENGTH + 4;

const REGULAR_HEAD_LENGTH: usize = 4 + NONCE_LENGTH;
const END_MARKER: u32 = 0xffff_ffff;

/// A frame's sequence number and whether it ends the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Regular,
    Final,
}

impl Kind {
    /// Bytes of a frame beyond its text.
    const fn overhead(self) -> usize {
        let head = match self {
            Self::Regular => REGULAR_HEAD_LENGTH,
            Self::Final => HEAD_LENGTH,
        };
        head + TAG_LENGTH
    }

    const fn content_string(self) -> &'static [u8] {
        match self {
            Self::Regular => b"AWSKMSEncryptionClient Frame",
            Self::Final => b"AWSKMSEncryptionClient Final Frame",
        }
    }
}

/// Bytes from one regular frame's start to the next.
pub(crate) const fn stride(frame_length: u32) -> usize {
    in_memory(frame_length) + Kind::Regular.overhead()
}

/// Lossless on every platform that bongtu runs on (32 bits and wider).
#[expect(clippy::as_conversions, reason = "u32 to usize, in const context")]
pub(crate) const fn in_memory(length: u32) -> usize {
    length as usize
}

/// Frames for `plaintext_length` bytes, and bytes of the body they make.
///
/// # Errors
/// [`Error::TooLarge`] for more frames than sequence numbers.
pub(crate) fn body_length(plaintext_length: u64, frame_length: u32) -> Result<u64> {
    let frames = plaintext_length.div_ceil(frame_length.into()).max(1);
    if frames >= END_MARKER.into() {
        return Err(Error::TooLarge("more than 2^32 - 2 frames; raise the frame length"));
    }
    Ok(plaintext_length + 32 * (frames - 1) + 40)
}

/// The way back: bytes of plaintext in a body of this length; `None` where no body has it.
pub(crate) fn text_length(body_length: u64, frame_length: u32) -> Option<u64> {
    let beyond_final = body_length.checked_sub(40)?;
    let regular = u64::from(frame_length) + 32;
    let (frames, text) = (beyond_final / regular, beyond_final % regular);
    (text <= frame_length.into()).then(|| frames * u64::from(frame_length) + text)
}

/// `0^8 ‖ u32(sequence)`, the nonce of every frame that is written.
pub(crate) fn nonce(sequence: u32) -> [u8; NONCE_LENGTH] {
    let mut nonce = [0; NONCE_LENGTH];
    nonce[8..].copy_from_slice(&sequence.to_be_bytes());
    nonce
}

/// The bytes that precede the ciphertext.
pub(crate) fn head(kind: Kind, sequence: u32, text_length: u32) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD_LENGTH);
    if kind == Kind::Final {
        head.extend_from_slice(&END_MARKER.to_be_bytes());
    }
    head.extend_from_slice(&sequence.to_be_bytes());
    head.extend_from_slice(&nonce(sequence));
    if kind == Kind::Final {
        head.extend_from_slice(&text_length.to_be_bytes());
    }
    head
}

/// `message id ‖ content string ‖ u32(sequence) ‖ u64(text length)`
pub(crate) fn aad(message_id: &[u8], kind: Kind, sequence: u32, text_length: u32) -> Vec<u8> {
    let mut aad = Vec::with_capacity(message_id.len() + 34 + 4 + 8);
    aad.extend_from_slice(message_id);
    aad.extend_from_slice(kind.content_string());
    aad.extend_from_slice(&sequence.to_be_bytes());
    aad.extend_from_slice(&u64::from(text_length).to_be_bytes());
    aad
}

/// The frames of a message, and how they are cut.
#[derive(Debug)]
pub(crate) struct FrameLayout {
    pub(crate) message_id: Vec<u8>,
    pub(crate) frame_length: u32,
}

impl FrameLayout {
    pub(crate) const fn frame_length(&self) -> usize {
        in_memory(self.frame_length)
    }

    pub(crate) const fn stride(&self) -> usize {
        stride(self.frame_length)
    }

    /// The frame after `index` others.
    pub(crate) fn op(&self, index: u32, last: bool, text: Range<usize>) -> Result<PieceOp> {
        let too_many = Error::TooLarge("more than 2^32 - 2 frames");
        // All but the end marker are sequence numbers.
        let sequence = index.checked_add(1).filter(|n| *n < u32::MAX).ok_or(too_many)?;
        let kind = if last { Kind::Final } else { Kind::Regular };
        let text_length = u32::try_from(text.len()).unwrap_or(self.frame_length);
        Ok(PieceOp {
            id: index,
            nonce: Nonce::Public(nonce(sequence)),
            aad: aad(&self.message_id, kind, sequence, text_length),
            prefix: head(kind, sequence, text_length),
            text,
        })
    }
}

/// A frame found in a block.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    pub(crate) sequence: u32,
    pub(crate) nonce: [u8; NONCE_LENGTH],
    pub(crate) text_length: u32,
    /// Where the frame starts in the block.
    pub(crate) start: usize,
    /// Where ciphertext and tag lie in the block.
    pub(crate) sealed: Range<usize>,
}

impl Frame {
    pub(crate) fn is_final(&self) -> bool {
        self.kind == Kind::Final
    }
}

/// Walks over a body block by block and finds its frames, seeing only their heads.
///
/// Every block but the last holds whole frames and is followed by more than
/// [`Walker::LOOKAHEAD`] and the trailer's bytes, so that the final frame can only end in the last
/// block.
#[derive(Debug)]
pub(crate) struct Walker {
    frame_length: u32,
    /// Bytes that may follow the final frame: a signed message's footer.
    max_trailer: usize,
    next: u64,
    end: End,
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Ahead,
    /// The last block has been seen, and no whole final frame in it.
    Missing,
    Reached,
}

impl Walker {
    /// A final frame is so many bytes longer than a regular one of the same text.
    pub(crate) const LOOKAHEAD: usize = Kind::Final.overhead() - Kind::Regular.overhead();

    pub(crate) const fn new(frame_length: u32, max_trailer: usize) -> Self {
        Self { frame_length, max_trailer, next: 1, end: End::Ahead }
    }

    /// Finds the frames of a block of `length` bytes. `heads` holds the first [`HEAD_LENGTH`]
    /// bytes (fewer at the block's end) of every [`stride`] in it. A frame that the last block
    /// cuts short is left out; [`Walker::finish`] reports it.
    pub(crate) fn walk(&mut self, heads: &[u8], length: usize, last: bool) -> Result<Vec<Frame>> {
        let mut frames = Vec::new();
        let mut start = 0;
        for head in heads.chunks(HEAD_LENGTH) {
            if self.end == End::Reached {
                break;
            }
            let Some(frame) = self.frame(head, start)? else { break };
            if frame.sealed.end > length {
                // It ends beyond the block, but before all of what is known to follow.
                if frame.is_final() && !last {
                    return Err(Error::TrailingData);
                }
                break;
            }
            start = frame.sealed.end;
            self.next += 1;
            if frame.is_final() {
                self.end = End::Reached;
            }
            frames.push(frame);
        }
        match (&self.end, last) {
            (End::Reached, _) if length - start > self.max_trailer || !last => {
                Err(Error::TrailingData)
            }
            (End::Ahead, false) if start < length => Err(Error::State("a block of broken frames")),
            (End::Ahead, true) => {
                self.end = End::Missing;
                Ok(frames)
            }
            _ => Ok(frames),
        }
    }

    /// Frames found so far.
    pub(crate) const fn count(&self) -> u64 {
        self.next - 1
    }

    /// # Errors
    /// [`Error::Truncated`] unless the final frame was found.
    pub(crate) fn finish(&self) -> Result<()> {
        if self.end == End::Reached { Ok(()) } else { Err(Error::Truncated) }
    }

    /// Reads one head; `None` when it is cut short.
    fn frame(&self, head: &[u8], start: usize) -> Result<Option<Frame>> {
        let Ok(Head { kind, sequence, nonce, text_length }) = self.head(head) else {
            return Ok(None);
        };
        if u64::from(sequence) != self.next {
            return Err(Error::Malformed("a frame is out of sequence"));
        }
        if text_length > self.frame_length {
            return Err(Error::Malformed("the final frame is longer than the frame length"));
        }
        let sealed = start + kind.overhead() - TAG_LENGTH;
        let sealed = sealed..sealed + in_memory(text_length) + TAG_LENGTH;
        Ok(Some(Frame { kind, sequence, nonce, text_length, start, sealed }))
    }

    fn head(&self, bytes: &[u8]) -> Result<Head, Stop> {
        let mut reader = Reader::new(bytes);
        let first = reader.u32()?;
        let kind = if first == END_MARKER { Kind::Final } else { Kind::Regular };
        Ok(Head {
            kind,
            sequence: if kind == Kind::Final { reader.u32()? } else { first },
            nonce: reader.array()?,
            text_length: if kind == Kind::Final { reader.u32()? } else { self.frame_length },
        })
    }
}

/// The fields before a frame's ciphertext.
struct Head {
    kind: Kind,
    sequence: u32,
    nonce: [u8; NONCE_LENGTH],
    text_length: u32,
}

#[cfg(test)]
mod tests {
    use super::{body_length, text_length};

    #[test]
    fn the_text_of_a_body() {
        for (length, frame_length) in [(0, 1), (1, 1), (7, 2), (4095, 4096), (4097, 4096)] {
            let body = body_length(length, frame_length).unwrap();
            assert_eq!(text_length(body, frame_length), Some(length));
        }
        // An empty final frame behind a full one, which nobody here writes.
        assert_eq!(text_length(40 + 4096 + 32, 4096), Some(4096));
        for no_body in [0, 39, 40 + 4097, 40 + 4096 + 31] {
            assert_eq!(text_length(no_body, 4096), None);
        }
    }
}
