//! Seals piece by piece, in any order and any piece again. TypeScript runs the operations
//! and gives their tags back; it releases nothing before.

use crate::records;
use alloc::vec::Vec;
use bongtu::plan::PieceOp;
use bongtu::sealed::PieceSealer;
use bongtu::{ContentKey, Error};
use bongtu_wasm_support::bytes::{public_out, secret_in, secret_out, wiping_stack};
use bongtu_wasm_support::convert::{byte_count, exact};
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::objects::object_of;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// The pieces of a message or an object.
#[wasm_bindgen]
pub struct Pieces {
    head: Vec<u8>,
    key: Option<ContentKey>,
    sealer: PieceSealer,
    size: Option<f64>,
}

impl Pieces {
    pub(crate) const fn new(
        head: Vec<u8>,
        key: ContentKey,
        sealer: PieceSealer,
        size: Option<f64>,
    ) -> Self {
        Self { head, key: Some(key), sealer, size }
    }
}

#[wasm_bindgen]
impl Pieces {
    /// Bytes before the first piece: a message's header, nothing of an object.
    pub fn head(&self) -> Uint8Array {
        public_out(&self.head)
    }

    /// The AES-GCM key, once: a secret that the caller wipes.
    #[wasm_bindgen(js_name = takeContentKey)]
    pub fn take_content_key(&mut self) -> Result<Uint8Array> {
        let key = self.key.take().ok_or(Error::State("the key was taken already"))?;
        Ok(wiping_stack(|| secret_out(key.expose())))
    }

    /// `size`, bytes of everything, head and tail included (`undefined` of a stream of unknown
    /// length); `pieceLength` and `sealedPieceLength`, bytes of plaintext and of output of every
    /// piece but the last; `blockPieces`: so many are planned together, for blocks of a handy size.
    pub fn layout(&self) -> JsValue {
        let piece_length = self.sealer.piece_length();
        object_of([
            ("size", self.size.into()),
            ("pieceLength", piece_length.into()),
            ("sealedPieceLength", self.sealer.sealed_piece_length().into()),
            ("blockPieces", (records::block_length(piece_length) / piece_length).into()),
        ])
    }

    /// Pieces in all; needs the length.
    #[wasm_bindgen(getter)]
    pub fn count(&self) -> Result<usize> {
        Ok(self.sealer.count()?)
    }

    /// Says where a stream ended, before its last piece is planned.
    pub fn end(&mut self, plaintext_length: f64) -> Result<()> {
        Ok(self.sealer.end(byte_count(plaintext_length)?)?)
    }

    /// Plans `count` pieces from number `first` on.
    pub fn plan(&self, first: usize, count: usize, records: &Uint8Array) -> Result<usize> {
        let ops = wiping_stack(|| self.sealer.plan(first, count))?;
        records::write_secret(ops.iter().map(PieceOp::view).collect(), records)
    }

    /// Takes their tags, 16 bytes each; only then may they be released.
    pub fn pin(&mut self, first: usize, tags: &Uint8Array) -> Result<()> {
        Ok(wiping_stack(|| self.sealer.pin(first, &secret_in(tags)))?)
    }

    /// The lowest piece that the tail still waits for.
    pub fn unpinned(&self) -> Result<Option<usize>> {
        Ok(self.sealer.unpinned()?)
    }

    /// Bytes after the last piece: an object's tag, nothing of a message.
    pub fn tail(&self) -> Result<Uint8Array> {
        Ok(public_out(&wiping_stack(|| self.sealer.tail())?))
    }

    /// Says that it is over.
    pub fn fail(&mut self) {
        self.sealer.fail();
    }
}

/// Bytes of an object's body: a tag follows the ciphertext.
pub(crate) fn body_size(plaintext_length: u64) -> Result<f64> {
    exact(plaintext_length + 16)
}
