//! Sealing a message, as a stream of frames or in pieces.

use crate::OUT_OF_ORDER;
use crate::keyring::{Keyring, context};
use crate::pieces::Pieces;
use crate::records;
use alloc::collections::VecDeque;
use alloc::{string::String, vec::Vec};
use bongtu::message::{FrameSealer, Sealing, WrappedMessage};
use bongtu::plan::SealOp;
use bongtu::{ContentKey, Error, SealOptions, hazmat, sealed_size};
use bongtu_wasm_support::bytes::{public_in, public_out, secret_out, wiping_stack};
use bongtu_wasm_support::convert::{byte_count, exact, integer};
use bongtu_wasm_support::error::{Failure, Result};
use bongtu_wasm_support::objects::object_of;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// A message that is asked for, and then one whose data key waits for its wrap.
#[wasm_bindgen]
pub struct MessageSealing {
    keyring: bongtu::Keyring,
    options: Option<SealOptions>,
    /// The length of the plaintext, where it was foretold.
    length: Option<u64>,
    /// The size of the message; without a length, that of an empty one.
    size: u64,
    sealing: Option<Sealing>,
}

#[wasm_bindgen]
impl MessageSealing {
    /// Checks all that is asked for. Pieces need the length.
    #[wasm_bindgen(constructor)]
    pub fn new(
        keyring: &Keyring,
        pairs: Vec<String>,
        frame_length: Option<f64>,
        plaintext_length: Option<f64>,
    ) -> Result<Self> {
        let mut options = SealOptions { encryption_context: context(pairs)?, ..Default::default() };
        if let Some(length) = frame_length {
            let length = integer(length)
                .ok_or(Error::Input("frameLength must be a whole number of bytes"))?;
            options.frame_length = u32::try_from(length).map_err(|_| Error::FrameLength(length))?;
        }
        let length = plaintext_length.map(byte_count).transpose()?;
        let keyring = keyring.inner().clone();
        let size = sealed_size(&keyring, length.unwrap_or(0), &options)?;
        Ok(Self { keyring, options: Some(options), length, size, sealing: None })
    }

    /// Bytes of the message, of which the length must have been told.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> Result<f64> {
        exact(self.size)
    }

    /// Makes a data key and a message id, once.
    pub fn begin(&mut self) -> Result<()> {
        let options = self.options.take().ok_or(OUT_OF_ORDER)?;
        self.sealing = Some(wiping_stack(|| Sealing::new(&self.keyring, options))?);
        Ok(())
    }

    /// The OAEP hash of the wrap, in WebCrypto's spelling.
    #[wasm_bindgen(js_name = wrapHash)]
    pub fn wrap_hash(&self) -> Result<String> {
        Ok(self.sealing()?.wrap().algorithm().hash().into())
    }

    /// The text that the wrap encrypts: a secret that the caller wipes.
    #[wasm_bindgen(js_name = wrapPlaintext)]
    pub fn wrap_plaintext(&self) -> Result<Uint8Array> {
        let text = self.sealing()?.wrap().text();
        Ok(wiping_stack(|| secret_out(text.expose())))
    }

    /// Takes the wrapped data key, to seal frames in order and each once.
    pub fn wrapped(&mut self, ciphertext: &Uint8Array) -> Result<SealSession> {
        let sealing = self.sealing.take().ok_or(OUT_OF_ORDER)?;
        let ciphertext = public_in(ciphertext);
        let WrappedMessage { header, content_key, frames } =
            wiping_stack(|| sealing.wrapped(&ciphertext))?;
        Ok(SealSession { header, key: Some(content_key), frames, running: VecDeque::new() })
    }

    /// Takes the wrapped data key, to seal frames in any order and any again.
    #[wasm_bindgen(js_name = wrappedPieces)]
    pub fn wrapped_pieces(&mut self, ciphertext: &Uint8Array) -> Result<Pieces> {
        let sealing = self.sealing.take().ok_or(OUT_OF_ORDER)?;
        let length = self.length.ok_or(OUT_OF_ORDER)?;
        let ciphertext = public_in(ciphertext);
        let wrapped = || sealing.wrapped_pieces(&ciphertext, length);
        let WrappedMessage { header, content_key, frames } = wiping_stack(wrapped)?;
        Ok(Pieces::new(header, content_key, frames, Some(self.size()?)))
    }

    fn sealing(&self) -> Result<&Sealing> {
        self.sealing.as_ref().ok_or(Failure::from(OUT_OF_ORDER))
    }
}

/// Sealing one message, frame by frame.
#[wasm_bindgen]
pub struct SealSession {
    header: Vec<u8>,
    key: Option<ContentKey>,
    frames: FrameSealer,
    running: VecDeque<SealOp>,
}

#[wasm_bindgen]
impl SealSession {
    /// The message's header.
    pub fn header(&self) -> Uint8Array {
        public_out(&self.header)
    }

    /// The AES-256-GCM key of the frames, once: a secret that the caller wipes.
    #[wasm_bindgen(js_name = takeContentKey)]
    pub fn take_content_key(&mut self) -> Result<Uint8Array> {
        let key = self.key.take().ok_or(OUT_OF_ORDER)?;
        Ok(wiping_stack(|| secret_out(key.expose())))
    }

    /// `blockLength`, bytes of plaintext to gather before planning, and `lookahead`: more than so
    /// many bytes must be known to follow a block that is not the last.
    pub fn layout(&self) -> JsValue {
        let block_length = records::block_length(self.frames.frame_length());
        object_of([("blockLength", block_length.into()), ("lookahead", 0.into())])
    }

    /// Plans a block's frames into `records`.
    pub fn plan(
        &mut self,
        _heads: &Uint8Array,
        length: usize,
        last: bool,
        records: &Uint8Array,
    ) -> Result<usize> {
        let ops = self.frames.plan(length, last)?;
        let count = records::write(ops.iter().map(SealOp::view).collect(), records)?;
        self.running.extend(ops);
        Ok(count)
    }

    /// Vouches for operations that were run and released, in order.
    pub fn confirm(&mut self, first: u32, count: usize) -> Result<()> {
        for id in (first..).take(count) {
            let op = self.running.pop_front().filter(|op| op.view().id == id);
            let op = op.ok_or(OUT_OF_ORDER)?;
            self.frames.confirm(hazmat::attest_sealed(op))?;
        }
        Ok(())
    }

    /// Says that an operation failed: the session is over.
    pub fn fail(&mut self) {
        self.running.clear();
        self.frames.fail();
    }

    /// Ends the message.
    pub fn finish(&mut self) -> Result<()> {
        Ok(self.frames.finish()?)
    }
}
