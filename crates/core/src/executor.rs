//! The Rust executor: runs plans with the `aes-gcm` and `rsa` crates. It serves native programs,
//! and WASM where the platform offers nothing faster.

use crate::error::{Error, Result};
#[cfg(any(feature = "json", feature = "std"))]
use crate::keys::HashTag;
use crate::keys::{Block, ChunkTag, ContentKey};
use crate::plan::{OpenOp, Opened, PieceOp, SealOp, Sealed, TAG_LENGTH, WrapOp};
use crate::wrap::EncryptionAlgorithm;
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::aes::cipher::{BlockCipherEncrypt, BlockSizeUser};
use aes_gcm::aes::{Aes128, Aes192, Aes256};
use aes_gcm::{AesGcm, Nonce, Tag};
use alloc::{boxed::Box, vec::Vec};
use getrandom::SysRng;
use rsa::pkcs8::DecodePublicKey;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroize;

/// AES-GCM under one content key.
pub struct Executor(Cipher);

enum Cipher {
    Aes128(Box<Gcm<Aes128>>),
    Aes192(Box<Gcm<Aes192>>),
    Aes256(Box<Gcm<Aes256>>),
}

/// AES-GCM for the nonces of frames and whole messages, and for those of a splice's chunks.
struct Gcm<Aes> {
    nonce12: AesGcm<Aes, U12>,
    nonce16: AesGcm<Aes, U16>,
}

impl<Aes: KeyInit + BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>> Gcm<Aes> {
    fn new(key: &[u8]) -> Result<Box<Self>> {
        let wrong = |_| Error::Input("an AES key must be of 16, 24 or 32 bytes");
        Ok(Box::new(Self {
            nonce12: AesGcm::new_from_slice(key).map_err(wrong)?,
            nonce16: AesGcm::new_from_slice(key).map_err(wrong)?,
        }))
    }
}

/// Evaluates `$call` with `$cipher` and `$nonce` of the types that key and nonce have.
macro_rules! with_cipher {
    ($executor:expr, $bytes:expr, $cipher:ident, $nonce:ident => $call:expr) => {
        match &$executor.0 {
            Cipher::Aes128(gcm) => with_cipher!(@ gcm, $bytes, $cipher, $nonce => $call),
            Cipher::Aes192(gcm) => with_cipher!(@ gcm, $bytes, $cipher, $nonce => $call),
            Cipher::Aes256(gcm) => with_cipher!(@ gcm, $bytes, $cipher, $nonce => $call),
        }
    };
    (@ $gcm:ident, $bytes:expr, $cipher:ident, $nonce:ident => $call:expr) => {
        if let Ok($nonce) = Nonce::<U12>::try_from($bytes) {
            let ($cipher, $nonce) = (&$gcm.nonce12, &$nonce);
            $call
        } else if let Ok($nonce) = Nonce::<U16>::try_from($bytes) {
            let ($cipher, $nonce) = (&$gcm.nonce16, &$nonce);
            $call
        } else {
            return Err(Error::Input("a nonce must be of 12 or 16 bytes"));
        }
    };
}

impl Executor {
    /// # Errors
    /// [`Error::Input`] for a key that is not of 16, 24 or 32 bytes.
    pub fn new(key: &ContentKey) -> Result<Self> {
        let bytes = key.expose();
        Ok(Self(match bytes.len() {
            16 => Cipher::Aes128(Gcm::new(bytes)?),
            24 => Cipher::Aes192(Gcm::new(bytes)?),
            _ => Cipher::Aes256(Gcm::new(bytes)?),
        }))
    }

    /// Appends the operation's output to `out`.
    ///
    /// # Errors
    /// [`Error::State`] when the operation does not fit `block`; its sealer is poisoned then.
    pub fn seal(&self, op: SealOp, block: &[u8], out: &mut Vec<u8>) -> Result<Sealed> {
        let text = block.get(op.text.clone()).ok_or(OUTSIDE)?;
        out.extend_from_slice(&op.prefix);
        self.encrypt(op.nonce.expose(), &op.aad, text, out)?;
        Ok(Sealed(op.ticket))
    }

    /// Appends the plaintext to `out` once its tag has verified, and nothing otherwise.
    ///
    /// # Errors
    /// [`Error::Authentication`], or [`Error::State`] when the operation does not fit `block`.
    pub fn open(&self, op: OpenOp, block: &[u8], out: &mut Vec<u8>) -> Result<Opened> {
        let sealed = block.get(op.sealed.clone()).ok_or(OUTSIDE)?;
        self.decrypt(&op.nonce, &op.aad, sealed, out)?;
        Ok(Opened(op.ticket))
    }

    /// Appends `AES-GCM[key, nonce, aad](text)`, ciphertext and tag, to `out`.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more than AES-GCM encrypts under one nonce.
    pub(crate) fn encrypt(
        &self,
        nonce: &[u8],
        aad: &[u8],
        text: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let tag = self.encrypt_apart(nonce, aad, text, out)?;
        out.extend_from_slice(&tag.0);
        Ok(())
    }

    /// Appends the ciphertext of an object's piece to `out`, and returns the tag, of which nothing
    /// is left there.
    pub(crate) fn seal_piece(
        &self,
        op: &PieceOp,
        block: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ChunkTag> {
        let text = block.get(op.text.clone()).ok_or(OUTSIDE)?;
        let tag = self.encrypt_apart(op.nonce.expose(), &op.aad, text, out)?;
        Ok(ChunkTag::new(&tag.0))
    }

    /// Runs an operation of [`crate::object::ChunkOpener::plan_hashes`].
    #[cfg(any(feature = "json", feature = "std"))]
    pub(crate) fn hash(&self, op: &PieceOp, block: &[u8]) -> Result<HashTag> {
        let chunk = block.get(op.text.clone()).ok_or(OUTSIDE)?;
        let tag = self.encrypt_apart(op.nonce.expose(), chunk, &[], &mut Vec::new())?;
        Ok(HashTag::new(&tag.0))
    }

    fn encrypt_apart(
        &self,
        nonce: &[u8],
        aad: &[u8],
        text: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Block> {
        let start = out.len();
        out.extend_from_slice(text);
        let room = out.get_mut(start..).unwrap_or_default();
        let tag = with_cipher!(self, nonce, c, n => c.encrypt_inout_detached(n, aad, room.into()));
        tag.map(|tag| Block(tag.into()))
            .map_err(|_| Error::TooLarge("AES-GCM encrypts at most 64 GiB at once"))
    }

    /// Appends the plaintext to `out`, which is as it was when the tag does not verify.
    ///
    /// # Errors
    /// [`Error::Authentication`]
    pub(crate) fn decrypt(
        &self,
        nonce: &[u8],
        aad: &[u8],
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let split = sealed.len().checked_sub(TAG_LENGTH).ok_or(Error::Authentication)?;
        let (text, tag) = sealed.split_at_checked(split).ok_or(Error::Authentication)?;
        let tag = Tag::try_from(tag).map_err(|_| Error::Authentication)?;
        let start = out.len();
        out.extend_from_slice(text);
        let room = out.get_mut(start..).unwrap_or_default();
        let verified =
            with_cipher!(self, nonce, c, n => c.decrypt_inout_detached(n, aad, room.into(), &tag));
        if verified.is_err() {
            out.get_mut(start..).unwrap_or_default().zeroize();
            out.truncate(start);
            return Err(Error::Authentication);
        }
        Ok(())
    }
}

const OUTSIDE: Error = Error::State("the operation lies outside the block");

/// Runs a wrap: RSA-OAEP to the operation's public key, exactly as long as its modulus.
///
/// # Errors
/// [`Error::Random`] when the system has no randomness.
pub fn wrap(op: &WrapOp) -> Result<Vec<u8>> {
    oaep_encrypt(op.key.spki(), op.algorithm, op.text.expose())
}

/// RSA-OAEP to a DER SubjectPublicKeyInfo.
pub(crate) fn oaep_encrypt(
    spki: &[u8],
    algorithm: EncryptionAlgorithm,
    text: &[u8],
) -> Result<Vec<u8>> {
    let key = rsa::PublicKey::from_public_key_der(spki)
        .map_err(|_| Error::PublicKey("no DER SubjectPublicKeyInfo"))?;
    let wrapped = match algorithm {
        EncryptionAlgorithm::RsaesOaepSha1 => {
            key.oaep_encrypt_with_rng::<Sha1, _>(&mut SysRng, text)
        }
        EncryptionAlgorithm::RsaesOaepSha256 => {
            key.oaep_encrypt_with_rng::<Sha256, _>(&mut SysRng, text)
        }
    };
    wrapped.map_err(|error| match error {
        rsa::Error::MessageTooLong => Error::TooLarge("it does not fit into one RSA block"),
        _ => Error::Random,
    })
}
