//! The key schedule of the AWS Encryption SDK (FORMATS.md 2.6), in the specification's notation.

use crate::error::{Error, Result};
use crate::keys::{ContentKey, DataKey};
use crate::suite::{Kdf, Suite};
use alloc::{vec, vec::Vec};
use hkdf::{GenericHkdf, HmacImpl, hmac::Hmac};
use sha2::{Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes of a commitment.
pub(crate) const COMMITMENT_LENGTH: usize = 32;

/// `HKDF-SHA512[salt = message id](data key, "COMMITKEY", 32)`: what a committing header carries.
pub(crate) fn commitment(data_key: &DataKey, message_id: &[u8]) -> Result<Vec<u8>> {
    let mut out = vec![0; COMMITMENT_LENGTH];
    expand::<Hmac<Sha512>>(Some(message_id), data_key, &[b"COMMITKEY"], &mut out)?;
    Ok(out)
}

/// Compares the header's commitment with the one of this data key, in constant time.
///
/// # Errors
/// [`Error::Commitment`]; nothing may then be decrypted with the data key.
pub(crate) fn check_commitment(data_key: &DataKey, message_id: &[u8], found: &[u8]) -> Result<()> {
    let wanted = commitment(data_key, message_id)?;
    if bool::from(wanted.ct_eq(found)) { Ok(()) } else { Err(Error::Commitment) }
}

/// The key of the header tag and of every frame:
/// - `HKDF-SHA512[salt = message id](data key, suite id ‖ "DERIVEKEY")` for committing suites,
/// - `HKDF-SHA256/384[no salt](data key, suite id ‖ message id)` for the older ones,
/// - the data key itself for the oldest.
pub(crate) fn content_key(
    suite: &Suite,
    data_key: &DataKey,
    message_id: &[u8],
) -> Result<ContentKey> {
    let id = suite.id.to_be_bytes();
    let mut key = Zeroizing::new(vec![0; suite.key_length]);
    match suite.kdf {
        Kdf::Identity => key.copy_from_slice(sized(suite, data_key)?),
        Kdf::HkdfSha256 => {
            expand::<Hmac<Sha256>>(None, data_key, &[&id, message_id], &mut key)?;
        }
        Kdf::HkdfSha384 => {
            expand::<Hmac<Sha384>>(None, data_key, &[&id, message_id], &mut key)?;
        }
        Kdf::HkdfSha512 => {
            expand::<Hmac<Sha512>>(Some(message_id), data_key, &[&id, b"DERIVEKEY"], &mut key)?;
        }
    }
    Ok(ContentKey::new(key))
}

fn sized<'a>(suite: &Suite, data_key: &'a DataKey) -> Result<&'a [u8]> {
    let key = data_key.expose();
    if key.len() == suite.key_length { Ok(key) } else { Err(Error::Unwrap) }
}

fn expand<H: HmacImpl>(
    salt: Option<&[u8]>,
    data_key: &DataKey,
    info: &[&[u8]],
    out: &mut [u8],
) -> Result<()> {
    let hkdf = GenericHkdf::<H>::new(salt, data_key.expose());
    hkdf.expand_multi_info(info, out).map_err(|_| Error::State("the length is out of HKDF's range"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{hex, vector};

    fn hkdf_of_wycheproof<H: HmacImpl>(path: &str) {
        let Some(set) = vector(path) else { return };
        let mut count = 0;
        for test in set["testGroups"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|g| g["tests"].as_array().unwrap())
        {
            let salt = hex(&test["salt"]);
            let mut out = vec![0; usize::try_from(test["size"].as_u64().unwrap()).unwrap()];
            let key = DataKey::new(hex(&test["ikm"]).into());
            let done = expand::<H>(Some(&salt), &key, &[&hex(&test["info"])], &mut out);
            assert_eq!(done.is_ok(), test["result"] == "valid", "{test}");
            assert!(done.is_err() || out == hex(&test["okm"]), "{test}");
            count += 1;
        }
        assert!(count > 80, "{count} tests");
    }

    #[test]
    fn hkdf_sha256() {
        hkdf_of_wycheproof::<Hmac<Sha256>>("wycheproof/hkdf_sha256_test.json");
    }

    #[test]
    fn hkdf_sha384() {
        hkdf_of_wycheproof::<Hmac<Sha384>>("wycheproof/hkdf_sha384_test.json");
    }

    #[test]
    fn hkdf_sha512() {
        hkdf_of_wycheproof::<Hmac<Sha512>>("wycheproof/hkdf_sha512_test.json");
    }
}
