//! Sealing a message, as a stream of frames or in pieces.

use crate::OUT_OF_ORDER;
use crate::keyring::Keyring;
use crate::pieces::Pieces;
use crate::public_key::seal_options;
use crate::records;
use bongtu::message::{FrameSealer, Sealing, WrappedMessage};
use bongtu::plan::SealOp;
use bongtu::{ContentKey, hazmat};
use bongtu_wasm_support::bytes::{public_in, public_out, secret_out, wiping_stack};
use bongtu_wasm_support::convert::byte_count;
use bongtu_wasm_support::error::{Failure, Result};
use bongtu_wasm_support::objects::object_of;
use js_sys::Uint8Array;
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;

/// A message whose data key waits for its wrap.
#[wasm_bindgen]
pub struct MessageSealing {
    sealing: Option<Sealing>,
    /// The lengths of the plaintext and of the message, if they are known beforehand.
    lengths: Option<(u64, f64)>,
}

#[wasm_bindgen]
impl MessageSealing {
    /// Makes a data key and a message id. Pieces need the length.
    #[wasm_bindgen(constructor)]
    pub fn new(
        keyring: &Keyring,
        context: Vec<String>,
        frame_length: Option<f64>,
        plaintext_length: Option<f64>,
    ) -> Result<Self> {
        let options = seal_options(context, frame_length)?;
        let lengths = plaintext_length
            .map(|length| Ok::<_, Failure>((byte_count(length)?, keyring.size(length, &options)?)))
            .transpose()?;
        let sealing = wiping_stack(|| Sealing::new(keyring.inner(), options))?;
        Ok(Self { sealing: Some(sealing), lengths })
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
        let (length, size) = self.lengths.ok_or(OUT_OF_ORDER)?;
        let ciphertext = public_in(ciphertext);
        let wrapped = || sealing.wrapped_pieces(&ciphertext, length);
        let WrappedMessage { header, content_key, frames } = wiping_stack(wrapped)?;
        Ok(Pieces::new(header, content_key, frames, Some(size)))
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
