//! Both key schedules, in the specifications' notation: messages (docs/formats.md 2.6), objects
//! (docs/formats.md 4.5).

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

/// Suite 0x0073 of S3 Encryption Client objects, which is also their associated data.
pub(crate) static OBJECT_SUITE: [u8; 2] = [0x00, 0x73];
/// Bytes of an object's commitment.
pub(crate) const OBJECT_COMMITMENT_LENGTH: usize = 28;

/// `HKDF-SHA512[salt = message id](data key, 0073 ‖ "COMMITKEY", 28)` (docs/formats.md 4.5).
pub(crate) fn object_commitment(
    data_key: &DataKey,
    message_id: &[u8],
) -> Result<[u8; OBJECT_COMMITMENT_LENGTH]> {
    let mut out = [0; OBJECT_COMMITMENT_LENGTH];
    let info = [&OBJECT_SUITE, &b"COMMITKEY"[..]];
    expand::<Hmac<Sha512>>(Some(message_id), data_key, &info, &mut out)?;
    Ok(out)
}

/// The same as [`check_commitment`], for objects.
///
/// # Errors
/// [`Error::Commitment`]; nothing may then be decrypted with the data key.
pub(crate) fn check_object_commitment(
    data_key: &DataKey,
    message_id: &[u8],
    found: &[u8],
) -> Result<()> {
    let wanted = object_commitment(data_key, message_id)?;
    if bool::from(wanted.ct_eq(found)) { Ok(()) } else { Err(Error::Commitment) }
}

/// `HKDF-SHA512[salt = message id](data key, 0073 ‖ "DERIVEKEY", 32)`
pub(crate) fn object_content_key(data_key: &DataKey, message_id: &[u8]) -> Result<ContentKey> {
    let mut key = Zeroizing::new(vec![0; 32]);
    let info = [&OBJECT_SUITE, &b"DERIVEKEY"[..]];
    expand::<Hmac<Sha512>>(Some(message_id), data_key, &info, &mut key)?;
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
    use crate::vectors::{hex, published};

    fn hkdf_of_wycheproof<H: HmacImpl>(path: &str) {
        let set = published(path);
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

    /// Known answers of docs/formats.md 4.5.
    #[test]
    fn object_keys() {
        for [data_key, message_id, content_key, commitment] in [
            [
                "80d90dc4cc7e77d8a6332efa44eba56230a7fe7b89af37d1e501ab2e07c0a163",
                "b8ea76bed24c7b85382a148cb9dcd1cfdfb765f55ded4dfa6e0c4c79",
                "6dd14f546cc006e639126e83f5d4d1b118576bb5df97f38c6fb3a1db87bbc338",
                "f89818bc0a346d3a3426b68e9509b6b2ae5fe1f904aa329fb73625db",
            ],
            [
                "501afb8227d22e75e68010414b8abdaf3064c081e8e922dafef4992036394d60",
                "61a00b4981a5aacfd136c55cb726e32d2a547dc7600a7d4675c69127",
                "e14786a714748d1d2c3a4a6816dec56ddf1881bbeabb4f39420ffb9f63700b2f",
                "5c1e73e47f6fe3a70d6d094283aceaa76d2975feb829212d88f0afc1",
            ],
        ]
        .map(|row| row.map(|digits| hex(&digits.into())))
        {
            let data_key = DataKey::new(data_key.into());
            assert_eq!(object_commitment(&data_key, &message_id).unwrap().to_vec(), commitment);
            let found = object_content_key(&data_key, &message_id).unwrap();
            assert_eq!(found.expose(), content_key);
        }
    }

    #[test]
    #[ignore = "needs ../shared/vectors"]
    fn hkdf_sha256() {
        hkdf_of_wycheproof::<Hmac<Sha256>>("wycheproof/hkdf_sha256_test.json");
    }

    #[test]
    #[ignore = "needs ../shared/vectors"]
    fn hkdf_sha384() {
        hkdf_of_wycheproof::<Hmac<Sha384>>("wycheproof/hkdf_sha384_test.json");
    }

    #[test]
    #[ignore = "needs ../shared/vectors"]
    fn hkdf_sha512() {
        hkdf_of_wycheproof::<Hmac<Sha512>>("wycheproof/hkdf_sha512_test.json");
    }
}
