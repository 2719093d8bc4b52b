//! The tag of a message's header: AES-GCM of no text at all (NIST SP 800-38D, 7.1), which is two
//! blocks of AES and a hash. So the whole of AES-GCM stays with the executors.

use crate::block_cipher::{BLOCK, BlockCipher};
use crate::error::{Error, Result};
use crate::keys::ContentKey;
use crate::plan::{NONCE_LENGTH, TAG_LENGTH};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use subtle::ConstantTimeEq;

/// `AES-GCM[key, nonce, header]("")`
pub(crate) fn header_tag(
    key: &ContentKey,
    nonce: &[u8; NONCE_LENGTH],
    header: &[u8],
) -> Result<[u8; TAG_LENGTH]> {
    let cipher = BlockCipher::new(key)?;
    let mut counter = [0; BLOCK];
    let (iv, one) = counter.split_at_mut(NONCE_LENGTH);
    iv.copy_from_slice(nonce);
    one.copy_from_slice(&1_u32.to_be_bytes());

    let hash_key = cipher.encrypt([0; BLOCK]);
    let mut hash = GHash::new((&hash_key.0).into());
    hash.update_padded(header);
    let bits = u128::try_from(8 * header.len()).unwrap_or(0);
    hash.update(&[(bits << 64).to_be_bytes().into()]);

    let mut tag: [u8; TAG_LENGTH] = hash.finalize().into();
    tag.iter_mut().zip(&cipher.encrypt(counter).0).for_each(|(tag, mask)| *tag ^= mask);
    Ok(tag)
}

/// Compares in constant time.
///
/// # Errors
/// [`Error::Authentication`]
pub(crate) fn check_header_tag(
    key: &ContentKey,
    nonce: &[u8; NONCE_LENGTH],
    header: &[u8],
    found: &[u8; TAG_LENGTH],
) -> Result<()> {
    let wanted = header_tag(key, nonce, header)?;
    if bool::from(wanted.ct_eq(found)) { Ok(()) } else { Err(Error::Authentication) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::Executor;
    use alloc::{vec, vec::Vec};

    #[test]
    fn it_is_that_of_aes_gcm() {
        let nonce = core::array::from_fn(|i| 0xa0 + u8::try_from(i).unwrap());
        for key_length in [16, 24, 32] {
            let key = ContentKey::new(vec![7; key_length].into());
            let executor = Executor::new(&key).unwrap();
            for length in (0..70).chain([1000, 65_536]) {
                let header = vec![0x5a; length];
                let mut wanted = Vec::new();
                executor.encrypt(&nonce, &header, &[], &mut wanted).unwrap();
                let tag = header_tag(&key, &nonce, &header).unwrap();
                assert_eq!(tag.to_vec(), wanted, "{key_length}, {length}");
                check_header_tag(&key, &nonce, &header, &tag).unwrap();
                for bit in 0..128 {
                    let mut wrong = tag;
                    wrong[bit / 8] ^= 1 << (bit % 8);
                    let refused = check_header_tag(&key, &nonce, &header, &wrong);
                    assert_eq!(refused, Err(Error::Authentication));
                }
            }
        }
    }
}
