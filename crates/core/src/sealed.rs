//! Sealing piece by piece, in any order and any piece again: what slices, retries and parallel
//! uploads need. A message's pieces are its frames, an object's the chunks of its grid.
//!
//! A nonce is bound to one plaintext. The first sealing of a piece leaves its pin in the tally;
//! every later one must reproduce it before its output may leave, so that a source that changed
//! in between can never put two plaintexts under one key and nonce.

use crate::codec::widen;
use crate::error::{Error, Result};
use crate::frame::FrameLayout;
use crate::keys::{Block, ChunkTag};
use crate::plan::{Nonce, PieceOp, TAG_LENGTH};
use crate::splice::{CHUNK, MAX_TEXT, Pin, Splice, Tally};
use alloc::vec::Vec;
use core::ops::Range;

/// Plans the pieces of one sealed thing and keeps their tally.
pub struct PieceSealer {
    pieces: Pieces,
    /// Bytes of plaintext, once they are known.
    length: Option<u64>,
    /// Whether a body of one chunk is sealed without the splice: its tag is the object's. Decided at
    /// the start, since a stream's first chunk may be sealed before its length is known.
    one_shot: bool,
    tally: Tally,
    over: bool,
}

enum Pieces {
    Frames(FrameLayout),
    Chunks(Splice),
}

impl PieceSealer {
    pub(crate) fn frames(layout: FrameLayout, length: u64) -> Self {
        Self::new(Pieces::Frames(layout), Some(length), false)
    }

    pub(crate) fn chunks(splice: Splice, length: Option<u64>) -> Self {
        let one_shot = length.is_some_and(|length| length <= widen(CHUNK));
        Self::new(Pieces::Chunks(splice), length, one_shot)
    }

    fn new(pieces: Pieces, length: Option<u64>, one_shot: bool) -> Self {
        Self { pieces, length, one_shot, tally: Tally::default(), over: false }
    }

    /// Bytes of plaintext in every piece but the last.
    #[must_use]
    pub const fn piece_length(&self) -> usize {
        match &self.pieces {
            Pieces::Frames(layout) => layout.frame_length(),
            Pieces::Chunks(_) => CHUNK,
        }
    }

    /// Bytes of output of every piece but the last.
    #[must_use]
    pub const fn sealed_piece_length(&self) -> usize {
        match &self.pieces {
            Pieces::Frames(layout) => layout.stride(),
            Pieces::Chunks(_) => CHUNK,
        }
    }

    /// Says how many bytes of plaintext there are, when that was not known before.
    ///
    /// # Errors
    /// [`Error::State`] when it was known, [`Error::TooLarge`] over the format's limit.
    pub fn end(&mut self, length: u64) -> Result<()> {
        if self.length.is_some() {
            return Err(Error::State("the length is already known"));
        }
        check_object_length(length)?;
        self.length = Some(length);
        Ok(())
    }

    /// Pieces in all, once the length is known; at least one, which may be empty.
    ///
    /// # Errors
    /// [`Error::State`] before that.
    pub fn count(&self) -> Result<usize> {
        let length = self.length.ok_or(Error::State("the length is not known yet"))?;
        let pieces = length.div_ceil(widen(self.piece_length())).max(1);
        usize::try_from(pieces).map_err(|_| Error::TooLarge("more pieces than can be counted"))
    }

    /// Plans `count` pieces from number `first` on; their texts lie back to back in the block.
    ///
    /// # Errors
    /// [`Error::State`] for pieces that do not exist, or after a failure.
    pub fn plan(&self, first: usize, count: usize) -> Result<Vec<PieceOp>> {
        self.check_sound()?;
        (first..first.saturating_add(count))
            .map(|index| {
                let start = (index - first) * self.piece_length();
                self.op(index, start..start + self.text_length(index)?)
            })
            .collect()
    }

    /// Takes the tags of pieces from number `first` on, 16 bytes each. Only when this succeeds may
    /// the pieces be released.
    ///
    /// # Errors
    /// [`Error::SourceChanged`] when a piece is not what it was before: all is over then.
    pub fn pin(&mut self, first: usize, tags: &[u8]) -> Result<()> {
        self.check_sound()?;
        let (tags, rest) = tags.as_chunks::<TAG_LENGTH>();
        if !rest.is_empty() {
            return Err(Error::State("a pin is not of 16 bytes"));
        }
        for (index, tag) in (first..).zip(tags) {
            let length = self.text_length(index)?;
            let pin = match &self.pieces {
                Pieces::Chunks(splice) if !self.one_shot => {
                    splice.absorb_sealed(number(index)?, &ChunkTag::new(tag), length)
                }
                _ => Pin(Block(*tag)),
            };
            self.tally.pin(index, pin).inspect_err(|_| self.over = true)?;
        }
        Ok(())
    }

    /// The lowest piece that must still be sealed before [`PieceSealer::tail`] can be told.
    ///
    /// # Errors
    /// [`Error::State`] before the length is known.
    pub fn unpinned(&self) -> Result<Option<usize>> {
        match self.pieces {
            Pieces::Frames(_) => Ok(None),
            Pieces::Chunks(_) => Ok(self.tally.first_missing(self.count()?)),
        }
    }

    /// The bytes after the last piece: an object's tag, and nothing for a message.
    ///
    /// # Errors
    /// [`Error::State`] while pieces are missing, or after a failure.
    pub fn tail(&self) -> Result<Vec<u8>> {
        self.check_sound()?;
        let Pieces::Chunks(splice) = &self.pieces else { return Ok(Vec::new()) };
        if !self.tally.is_complete(self.count()?) {
            return Err(Error::State("the tag needs every chunk"));
        }
        if self.one_shot {
            return Ok(self.tally.iter().flat_map(|pin| pin.0.0).collect());
        }
        Ok(splice.finish(self.tally.iter(), self.length.unwrap_or(0)).to_vec())
    }

    /// Ends everything: nothing more is sealed under this key.
    pub fn fail(&mut self) {
        self.over = true;
    }

    fn op(&self, index: usize, text: Range<usize>) -> Result<PieceOp> {
        let id = number(index)?;
        let last = index + 1 == self.count().unwrap_or(usize::MAX);
        match &self.pieces {
            Pieces::Frames(layout) => layout.op(id, last, text),
            Pieces::Chunks(splice) => {
                let (nonce, aad) = if self.one_shot {
                    (Nonce::Public(*splice.iv()), splice.aad().to_vec())
                } else {
                    (Nonce::Secret(splice.chunk_nonce(id)), Vec::new())
                };
                Ok(PieceOp { id, nonce, aad, prefix: Vec::new(), text })
            }
        }
    }

    fn text_length(&self, index: usize) -> Result<usize> {
        let start = widen(index) * widen(self.piece_length());
        let Some(length) = self.length else {
            // A stream goes on: every chunk is whole.
            return check_object_length(start + widen(CHUNK)).map(|()| CHUNK);
        };
        if index >= self.count()? {
            return Err(Error::State("there is no such piece"));
        }
        let left = length.saturating_sub(start).min(widen(self.piece_length()));
        usize::try_from(left).map_err(|_| Error::State("there is no such piece"))
    }

    fn check_sound(&self) -> Result<()> {
        if self.over {
            Err(Error::State("it was disposed of, or its source changed"))
        } else {
            Ok(())
        }
    }
}

/// # Errors
/// [`Error::TooLarge`] for more than an object holds.
pub(crate) fn check_object_length(length: u64) -> Result<()> {
    if length > MAX_TEXT {
        return Err(Error::TooLarge("an object holds at most 64 GiB - 32 bytes; seal a message"));
    }
    Ok(())
}

fn number(index: usize) -> Result<u32> {
    u32::try_from(index).map_err(|_| Error::TooLarge("more pieces than can be numbered"))
}
