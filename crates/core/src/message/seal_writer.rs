//! Sealing a message as `std::io` has streams.

use super::frame_sealer::FrameSealer;
use super::seal_options::SealOptions;
use super::sealer::WrappedMessage;
use super::signature::Signer;
use super::whole::{Begun, begin};
use crate::executor::Executor;
use crate::keyring::Keyring;
use alloc::vec::Vec;
use std::io::{self, Write};
use zeroize::Zeroizing;
#[cfg(feature = "keyrings")]
use {
    super::wrapping,
    crate::error::Error,
    crate::kms::{KmsFailure, SealRequest, SealResponse},
};

/// Seals what is written to it into `W`, holding one frame in memory.
///
/// **[`SealWriter::finish`] must be called**: without it the message has no end, and no reader
/// accepts it.
pub struct SealWriter<W: Write> {
    inner: W,
    executor: Executor,
    frames: FrameSealer,
    signer: Option<Signer>,
    text: Zeroizing<Vec<u8>>,
    sealed: Vec<u8>,
}

impl<W: Write> SealWriter<W> {
    /// Makes a data key and writes the header.
    ///
    /// # Errors
    /// As [`crate::seal`], or what `inner` says.
    pub fn new(keyring: &Keyring, options: SealOptions, inner: W) -> io::Result<Self> {
        Self::begin(begin(keyring, options)?, inner)
    }

    /// The same with a keyring of any kind; `kms` as for [`crate::seal_with`].
    ///
    /// # Errors
    /// As [`crate::seal_with`], or what `inner` says.
    #[cfg(feature = "keyrings")]
    pub fn with_kms(
        keyring: &Keyring,
        options: SealOptions,
        inner: W,
        mut kms: impl FnMut(SealRequest<'_>) -> Result<SealResponse, KmsFailure>,
    ) -> io::Result<Self> {
        let ask =
            |request: SealRequest<'_>| kms(request).map_err(|failure| Error::Kms(failure.name));
        Self::begin(wrapping::wrap(keyring, options, ask)?, inner)
    }

    fn begin((message, signer): Begun, mut inner: W) -> io::Result<Self> {
        let WrappedMessage { header, content_key, frames } = message;
        inner.write_all(&header)?;
        let text = Zeroizing::new(Vec::with_capacity(frames.frame_length()));
        let executor = Executor::new(&content_key)?;
        Ok(Self { inner, executor, frames, signer, text, sealed: Vec::new() })
    }

    /// Writes the final frame and gives `inner` back.
    ///
    /// # Errors
    /// [`crate::Error::State`] after an earlier failure, or what `inner` says.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal_text(true)?;
        self.frames.finish()?;
        if let Some(signer) = self.signer {
            self.inner.write_all(&signer.finish()?)?;
        }
        self.inner.flush()?;
        Ok(self.inner)
    }

    fn seal_text(&mut self, last: bool) -> io::Result<()> {
        self.sealed.clear();
        for op in self.frames.plan(self.text.len(), last)? {
            self.frames.confirm(self.executor.seal(op, &self.text, &mut self.sealed)?)?;
        }
        self.text.clear();
        if let Some(signer) = &mut self.signer {
            signer.update(&self.sealed);
        }
        // What was sealed but not written must never be sealed again.
        self.inner.write_all(&self.sealed).inspect_err(|_| self.frames.fail())
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let frame_length = self.frames.frame_length();
        // A full frame waits until more follows: the last one is a frame of another kind.
        if self.text.len() == frame_length && !bytes.is_empty() {
            self.seal_text(false)?;
        }
        let taken = bytes.len().min(frame_length - self.text.len());
        let (now, _) = bytes.split_at(taken);
        self.text.extend_from_slice(now);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
