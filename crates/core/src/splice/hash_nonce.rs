//! The nonces of the calls that hash an object's chunks (docs/formats.md 8.4).

use crate::error::{Error, Result};
use crate::plan::NONCE_LENGTH;

/// The bytes of a nonce that are random and the same in one opening.
const PREFIX: usize = 8;

/// `N`: 8 random bytes of one opening, then the chunk's number.
///
/// Two hash tags under one nonce, or one beside a message's header tag or an object's tag, which
/// have public nonces, would reveal the hash key. So none of these shares its mask with any other
/// call under the same key: neither with another chunk's, nor another opening's, nor with the body
/// and its key stream (their first 8 bytes are the IV's), nor with a message's header and frames
/// (theirs are zeros, or given here).
pub(crate) struct HashNonces([u8; PREFIX]);

impl HashNonces {
    /// For one opening of a body whose key has these IVs elsewhere: its own, and a header's.
    ///
    /// # Errors
    /// [`Error::Random`]
    pub(crate) fn new(ivs: &[&[u8; NONCE_LENGTH]]) -> Result<Self> {
        Self::draw(ivs, |prefix| getrandom::fill(prefix).map_err(|_| Error::Random))
    }

    fn draw(
        ivs: &[&[u8; NONCE_LENGTH]],
        mut fill: impl FnMut(&mut [u8; PREFIX]) -> Result<()>,
    ) -> Result<Self> {
        // Whoever draws the same again and again is no generator.
        for _ in 0..4 {
            let mut prefix = [0; PREFIX];
            fill(&mut prefix)?;
            if prefix != [0; PREFIX] && !ivs.iter().any(|iv| iv.starts_with(&prefix)) {
                return Ok(Self(prefix));
            }
        }
        Err(Error::Random)
    }

    /// The nonce of the call that hashes chunk `index`.
    pub(crate) fn get(&self, index: u32) -> [u8; NONCE_LENGTH] {
        let mut nonce = [0; NONCE_LENGTH];
        let (prefix, number) = nonce.split_at_mut(PREFIX);
        prefix.copy_from_slice(&self.0);
        number.copy_from_slice(&index.to_be_bytes());
        nonce
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::vec;
    use alloc::vec::Vec;

    const IV: [u8; NONCE_LENGTH] = [1; NONCE_LENGTH];
    /// The IV of a message of version 1, which may name any.
    const HEADER: [u8; NONCE_LENGTH] = [2; NONCE_LENGTH];

    fn drawn(draws: &[[u8; PREFIX]]) -> Result<[u8; NONCE_LENGTH]> {
        let mut draws = draws.iter();
        let fill = |prefix: &mut [u8; PREFIX]| {
            *prefix = *draws.next().ok_or(Error::Random)?;
            Ok(())
        };
        Ok(HashNonces::draw(&[&HEADER, &IV], fill)?.get(0x0102_0304))
    }

    #[test]
    fn a_nonce_is_a_prefix_and_the_number_of_the_chunk() {
        assert_eq!(drawn(&[[9; 8]]), Ok([9, 9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4]));
    }

    #[test]
    fn the_nonces_of_bodies_headers_and_frames_are_drawn_again() {
        let wanted = drawn(&[[9; 8]]);
        assert_eq!(drawn(&[[1; 8], [9; 8]]), wanted);
        assert_eq!(drawn(&[[2; 8], [9; 8]]), wanted);
        assert_eq!(drawn(&[[0; 8], [1; 8], [9; 8]]), wanted);
        assert_eq!(drawn(&[[0; 8]; 9]), Err(Error::Random));
        assert_eq!(drawn(&[]), Err(Error::Random));
    }

    #[test]
    fn no_two_openings_and_no_two_chunks_share_one() {
        let openings = (0..50).map(|_| HashNonces::new(&[&IV]).unwrap());
        let nonces: Vec<_> =
            openings.flat_map(|of| vec![of.get(0), of.get(1), of.get(9)]).collect();
        assert_eq!(nonces.iter().collect::<BTreeSet<_>>().len(), nonces.len());
    }
}
