//! The seam: formats plan operations, executors run them.
//!
//! A format never calls "encrypt this buffer". It says which bytes of a block the caller holds are
//! to be encrypted under which nonce and with which associated data; an executor (the platform's
//! AES where there is one, [`crate::executor`] otherwise) does it and hands back a proof.
//! Operations have private fields and no `Clone`, and hold no key.

use crate::keys::{ChunkNonce, WrapText};
use crate::public_key::KmsPublicKey;
use crate::wrap::EncryptionAlgorithm;
use alloc::{sync::Arc, vec::Vec};
use core::fmt;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, Ordering};

/// Bytes of an AES-GCM nonce.
pub const NONCE_LENGTH: usize = 12;
/// Bytes of an AES-GCM tag.
pub const TAG_LENGTH: usize = 16;

/// One session's identity, and whether an operation of it was dropped instead of run.
#[derive(Debug, Default)]
pub(crate) struct Session {
    poisoned: AtomicBool,
}

impl Session {
    pub(crate) fn poison(&self) {
        self.poisoned.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Relaxed)
    }
}

/// The place where an operation belongs. It is good once, in one session.
#[derive(Debug)]
pub(crate) struct Ticket {
    session: Arc<Session>,
    id: u32,
    spent: bool,
}

impl Ticket {
    pub(crate) const fn new(session: Arc<Session>, id: u32) -> Self {
        Self { session, id, spent: false }
    }

    /// Whether this ticket is the one for place `id` of `session`; spends it.
    pub(crate) fn redeem(mut self, session: &Arc<Session>, id: u32) -> bool {
        self.spent = true;
        self.id == id && Arc::ptr_eq(&self.session, session)
    }
}

impl Drop for Ticket {
    /// An operation that was not run to its end leaves its nonce in doubt: the session ends.
    fn drop(&mut self) {
        if !self.spent {
            self.session.poison();
        }
    }
}

/// "Encrypt these bytes of the block": `prefix ‖ AES-GCM[key, nonce, aad](text)`.
///
/// Dropping one unrun poisons its sealer, since the nonce is bound to this one plaintext.
#[must_use]
#[derive(Debug)]
pub struct SealOp {
    pub(crate) ticket: Ticket,
    pub(crate) nonce: Nonce,
    pub(crate) aad: Vec<u8>,
    pub(crate) prefix: Vec<u8>,
    pub(crate) text: Range<usize>,
}

/// "Encrypt this piece": `prefix ‖ AES-GCM[key, nonce, aad](text)`. Of an object's chunk only the
/// ciphertext is output; of everything else the tag is output too. The tag is the piece's pin:
/// give it to [`crate::sealed::PieceSealer::pin`] and release nothing before.
///
/// For [`crate::object::ChunkOpener::plan_hashes`] it is "hash this sealed chunk", which is associated
/// data of no text: `AES-GCM[key, nonce, chunk]("")`.
#[must_use]
#[derive(Debug)]
pub struct PieceOp {
    pub(crate) id: u32,
    pub(crate) nonce: Nonce,
    pub(crate) aad: Vec<u8>,
    pub(crate) prefix: Vec<u8>,
    pub(crate) text: Range<usize>,
}

#[derive(Debug)]
pub(crate) enum Nonce {
    /// The nonce of a frame, or of an object in one call: everybody may know it.
    Public([u8; NONCE_LENGTH]),
    /// The nonce of a spliced chunk.
    Secret(ChunkNonce),
}

impl Nonce {
    pub(crate) fn expose(&self) -> &[u8] {
        match self {
            Self::Public(nonce) => nonce,
            Self::Secret(nonce) => nonce.expose(),
        }
    }
}

/// "Decrypt and verify these bytes of the block": ciphertext followed by its tag.
#[must_use]
#[derive(Debug)]
pub struct OpenOp {
    pub(crate) ticket: Ticket,
    pub(crate) nonce: [u8; NONCE_LENGTH],
    pub(crate) aad: Vec<u8>,
    pub(crate) sealed: Range<usize>,
}

/// "Encrypt this to the public key": RSA-OAEP (RFC 8017), MGF1 with the same hash, empty label.
#[derive(Debug)]
pub struct WrapOp {
    pub(crate) key: Arc<KmsPublicKey>,
    pub(crate) algorithm: EncryptionAlgorithm,
    pub(crate) text: WrapText,
}

/// Proof that a [`SealOp`] was run. Only an executor makes one.
#[must_use]
#[derive(Debug)]
pub struct Sealed(pub(crate) Ticket);

/// Proof that an [`OpenOp`] was run and its tag verified. Only an executor makes one.
#[must_use]
#[derive(Debug)]
pub struct Opened(pub(crate) Ticket);

/// An operation's parameters, for executors outside this crate.
#[derive(Clone, Copy)]
pub struct OpView<'a> {
    /// Place in the session, counting from 1.
    pub id: u32,
    /// AES-GCM nonce: 12 bytes, or the 16 of a spliced chunk, which are a secret.
    pub nonce: &'a [u8],
    /// Associated data.
    pub aad: &'a [u8],
    /// The bytes that precede the ciphertext in the output. When an object's chunk is opened, they are the counter
    /// block of its first block; when anything else is opened, there are none.
    pub prefix: &'a [u8],
    /// Where the input starts in the block.
    pub start: usize,
    /// Bytes of the input.
    pub length: usize,
}

impl fmt::Debug for OpView<'_> {
    /// Shows all but the nonce, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, start, length, .. } = self;
        let mut view = f.debug_struct("OpView");
        view.field("id", id).field("start", start).field("length", length).finish_non_exhaustive()
    }
}

impl SealOp {
    /// The operation's parameters.
    #[must_use]
    pub fn view(&self) -> OpView<'_> {
        OpView {
            id: self.ticket.id,
            nonce: self.nonce.expose(),
            aad: &self.aad,
            prefix: &self.prefix,
            start: self.text.start,
            length: self.text.len(),
        }
    }
}

impl PieceOp {
    /// The operation's parameters; its id is the piece's number.
    #[must_use]
    pub fn view(&self) -> OpView<'_> {
        OpView {
            id: self.id,
            nonce: self.nonce.expose(),
            aad: &self.aad,
            prefix: &self.prefix,
            start: self.text.start,
            length: self.text.len(),
        }
    }
}

impl OpenOp {
    /// The operation's parameters.
    #[must_use]
    pub fn view(&self) -> OpView<'_> {
        OpView {
            id: self.ticket.id,
            nonce: &self.nonce,
            aad: &self.aad,
            prefix: &[],
            start: self.sealed.start,
            length: self.sealed.len(),
        }
    }
}

impl WrapOp {
    /// The key to encrypt to.
    #[must_use]
    pub fn key(&self) -> &KmsPublicKey {
        &self.key
    }

    /// The OAEP hash, by way of KMS's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> EncryptionAlgorithm {
        self.algorithm
    }

    /// The text to encrypt, which is a secret.
    #[must_use]
    pub const fn text(&self) -> &WrapText {
        &self.text
    }
}
