//! Checksums of S3 over what is uploaded, which is ciphertext (docs/formats.md 6.2).
//!
//! ```
//! use bongtu::s3::ChecksumAlgorithm;
//! use bongtu::s3::checksum::{Hasher, combine};
//!
//! # fn main() -> bongtu::Result<()> {
//! let checksum = |bytes: &[u8]| {
//!     let mut checksum = Hasher::new(ChecksumAlgorithm::Crc64Nvme);
//!     checksum.update(bytes);
//!     checksum.finish()
//! };
//! // Parts of an upload that were summed apart make the sum of the object.
//! let (first, second) = (checksum(b"1234"), checksum(b"56789"));
//! let whole = combine(ChecksumAlgorithm::Crc64Nvme, [(first.as_str(), 4), (&second, 5)])?;
//! assert_eq!(whole, checksum(b"123456789"));
//! # Ok(())
//! # }
//! ```

use crate::error::{Error, Result};
use crate::s3::ChecksumAlgorithm;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use base64ct::{Base64, Encoding};
use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, CRC_64_NVME, Crc, Table};
use md5::Md5;
use sha2::{Digest, Sha256};

/// A checksum of bytes that come piece by piece.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    // The tables are made here rather than at compile time: downloaded, they would be nine tenths
    // of what all this takes.
    Crc32(Box<Crc<u32, Table<16>>>, u32),
    Crc64(Box<Crc<u64, Table<16>>>, u64),
    Sha256(Sha256),
    Md5(Md5),
}

impl core::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}

impl Hasher {
    /// The checksum of no bytes.
    #[must_use]
    pub fn new(algorithm: ChecksumAlgorithm) -> Self {
        Self(match algorithm {
            ChecksumAlgorithm::Crc32 => {
                State::Crc32(Box::new(Crc::<u32, _>::new(&CRC_32_ISO_HDLC)), 0)
            }
            ChecksumAlgorithm::Crc32c => {
                State::Crc32(Box::new(Crc::<u32, _>::new(&CRC_32_ISCSI)), 0)
            }
            ChecksumAlgorithm::Crc64Nvme => {
                State::Crc64(Box::new(Crc::<u64, _>::new(&CRC_64_NVME)), 0)
            }
            ChecksumAlgorithm::Sha256 => State::Sha256(Sha256::new()),
            ChecksumAlgorithm::Md5 => State::Md5(Md5::new()),
        })
    }

    /// Adds bytes to the end.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            // Goes from the value so far back to the register that it came from, at which a digest starts in
            // the order of bits of its polynomial.
            State::Crc32(crc, value) => {
                let mut digest = crc.digest_with_initial((!*value).reverse_bits());
                digest.update(bytes);
                *value = digest.finalize();
            }
            State::Crc64(crc, value) => {
                let mut digest = crc.digest_with_initial((!*value).reverse_bits());
                digest.update(bytes);
                *value = digest.finalize();
            }
            State::Sha256(sha256) => sha256.update(bytes),
            State::Md5(md5) => md5.update(bytes),
        }
    }

    /// The value as headers carry it: base64 of the big-endian bytes.
    #[must_use]
    pub fn finish(self) -> String {
        match self.0 {
            State::Crc32(_, value) => Base64::encode_string(&value.to_be_bytes()),
            State::Crc64(_, value) => Base64::encode_string(&value.to_be_bytes()),
            State::Sha256(sha256) => Base64::encode_string(&sha256.finalize()),
            State::Md5(md5) => Base64::encode_string(&md5.finalize()),
        }
    }
}

/// The checksum of an object from those of its parts, given as value and size in bytes, in order:
/// S3's type `FULL_OBJECT`.
///
/// # Errors
/// [`Error::Input`] for an algorithm that is not a CRC, a value that is not one of that algorithm, or no parts.
pub fn combine<'a>(
    algorithm: ChecksumAlgorithm,
    parts: impl IntoIterator<Item = (&'a str, u64)>,
) -> Result<String> {
    let field = Field::of(algorithm)?;
    let mut whole = None;
    for (value, size) in parts {
        let part = big_endian(&decode(algorithm, value)?);
        whole = Some(whole.map_or(part, |before| field.after(before, size) ^ part));
    }
    let whole = whole.ok_or(NO_PARTS)?.to_be_bytes();
    let (_, value) = whole.split_at(whole.len().saturating_sub(algorithm.length()));
    Ok(Base64::encode_string(value))
}

/// The checksum over the checksums of parts, with their number behind it: S3's type `COMPOSITE`.
///
/// # Errors
/// [`Error::Input`] for an algorithm that S3 does not compose, a value that is not one of that algorithm, or
/// no parts.
pub fn composite<'a>(
    algorithm: ChecksumAlgorithm,
    values: impl IntoIterator<Item = &'a str>,
) -> Result<String> {
    if matches!(algorithm, ChecksumAlgorithm::Crc64Nvme | ChecksumAlgorithm::Md5) {
        return Err(Error::Input("S3 has composite checksums of CRC32, CRC32C and SHA256 only"));
    }
    let mut hasher = Hasher::new(algorithm);
    let mut count = 0_usize;
    for value in values {
        hasher.update(&decode(algorithm, value)?);
        count = count.saturating_add(1);
    }
    if count == 0 {
        return Err(NO_PARTS);
    }
    Ok(format!("{}-{count}", hasher.finish()))
}

const NO_PARTS: Error = Error::Input("the checksum of an upload without parts");

/// The raw bytes of a value.
fn decode(algorithm: ChecksumAlgorithm, value: &str) -> Result<Vec<u8>> {
    let raw = Base64::decode_vec(value).ok().filter(|raw| raw.len() == algorithm.length());
    raw.ok_or(Error::Input("a checksum is not base64 of as many bytes as its algorithm has"))
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte))
}

/// Polynomials over GF(2) modulo a CRC's own, in the reflected order of bits: the highest bit is
/// the coefficient of 1.
struct Field {
    one: u64,
    polynomial: u64,
}

impl Field {
    fn of(algorithm: ChecksumAlgorithm) -> Result<Self> {
        let crc32 =
            |polynomial: u32| Self { one: 1 << 31, polynomial: polynomial.reverse_bits().into() };
        match algorithm {
            ChecksumAlgorithm::Crc32 => Ok(crc32(CRC_32_ISO_HDLC.poly)),
            ChecksumAlgorithm::Crc32c => Ok(crc32(CRC_32_ISCSI.poly)),
            ChecksumAlgorithm::Crc64Nvme => {
                Ok(Self { one: 1 << 63, polynomial: CRC_64_NVME.poly.reverse_bits() })
            }
            ChecksumAlgorithm::Sha256 | ChecksumAlgorithm::Md5 => Err(Error::Input(
                "only the CRCs of parts can be combined to the checksum of the object",
            )),
        }
    }

    /// What `value` adds to the CRC of a string in which `size` bytes follow it: its product with
    /// x^(8 · size).
    const fn after(&self, value: u64, mut size: u64) -> u64 {
        let mut product = value;
        let mut power = self.one >> 8;
        while size > 0 {
            if size & 1 == 1 {
                product = self.multiply(product, power);
            }
            power = self.multiply(power, power);
            size >>= 1;
        }
        product
    }

    const fn multiply(&self, a: u64, mut b: u64) -> u64 {
        let mut product = 0;
        let mut bit = self.one;
        while bit > 0 {
            if a & bit != 0 {
                product ^= b;
            }
            b = if b & 1 == 1 { (b >> 1) ^ self.polynomial } else { b >> 1 };
            bit >>= 1;
        }
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const CHECK: &[u8] = b"123456789";
    /// docs/formats.md 6.2, and what coreutils say of the same string.
    const VALUES: [(ChecksumAlgorithm, &str); 5] = [
        (ChecksumAlgorithm::Crc32, "y/Q5Jg=="),
        (ChecksumAlgorithm::Crc32c, "4waSgw=="),
        (ChecksumAlgorithm::Crc64Nvme, "rosUhgp5mIg="),
        (ChecksumAlgorithm::Sha256, "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
        (ChecksumAlgorithm::Md5, "JfnnlDI7RTiF9RgfG2JNCw=="),
    ];
    const CRCS: [ChecksumAlgorithm; 3] =
        [ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc64Nvme];

    fn checksum(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> String {
        let mut checksum = Hasher::new(algorithm);
        checksum.update(bytes);
        checksum.finish()
    }

    fn data(length: usize) -> Vec<u8> {
        let next = |state: &mut u32| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u8::try_from(*state >> 24).ok()
        };
        core::iter::repeat_n((), length).scan(7, |state, ()| next(state)).collect()
    }

    #[test]
    fn published_values_in_one_piece_and_byte_by_byte() {
        for (algorithm, value) in VALUES {
            assert_eq!(checksum(algorithm, CHECK), value, "{}", algorithm.name());
            let mut bytes = Hasher::new(algorithm);
            CHECK.iter().for_each(|byte| bytes.update(&[*byte]));
            assert_eq!(bytes.finish(), value, "{}", algorithm.name());
            assert_eq!(ChecksumAlgorithm::from_name(algorithm.name()), Ok(algorithm));
        }
        assert!(ChecksumAlgorithm::from_name("CRC64").is_err());
    }

    #[test]
    fn any_split_makes_the_same_sum() {
        let data = data(5000);
        for algorithm in CRCS {
            let whole = checksum(algorithm, &data);
            for cuts in [vec![], vec![0], vec![5000], vec![1, 2, 2, 3000], vec![17, 4096, 4999]] {
                let mut values = Vec::new();
                let mut rest = data.as_slice();
                for end in cuts.iter().scan(0, |from, cut| {
                    let length = cut - *from;
                    *from = *cut;
                    Some(length)
                }) {
                    let (part, others) = rest.split_at(end);
                    values.push((checksum(algorithm, part), u64::try_from(end)));
                    rest = others;
                }
                values.push((checksum(algorithm, rest), u64::try_from(rest.len())));
                let parts = values.iter().map(|(value, size)| (value.as_str(), size.unwrap_or(0)));
                assert_eq!(combine(algorithm, parts), Ok(whole.clone()), "{}", algorithm.name());
            }
        }
    }

    /// The result is as if a terabyte of zeros followed: 2^40 bytes are 2^20 times 2^20.
    #[test]
    fn sizes_beyond_what_anybody_sums_here() {
        for algorithm in CRCS {
            let field = Field::of(algorithm).unwrap_or(Field { one: 0, polynomial: 0 });
            let once = (0..1_u32 << 10).fold(field.one, |value, _| field.after(value, 1 << 10));
            assert_eq!(once, field.after(field.one, 1 << 20), "{}", algorithm.name());
        }
    }

    #[test]
    fn composites_count_their_parts() {
        let value = checksum(ChecksumAlgorithm::Sha256, b"a");
        let raw = Base64::decode_vec(&value).unwrap_or_default();
        let expected =
            format!("{}-2", checksum(ChecksumAlgorithm::Sha256, &[raw.clone(), raw].concat()));
        let values = [value.as_str(), value.as_str()];
        assert_eq!(composite(ChecksumAlgorithm::Sha256, values), Ok(expected));
        assert!(composite(ChecksumAlgorithm::Crc64Nvme, ["rosUhgp5mIg="]).is_err());
        assert!(composite(ChecksumAlgorithm::Md5, ["JfnnlDI7RTiF9RgfG2JNCw=="]).is_err());
    }

    #[test]
    fn what_is_no_checksum_is_refused() {
        for value in ["", "y/Q5Jg", "y/Q5Jh==", "rosUhgp5mIg=", "????????"] {
            assert!(combine(ChecksumAlgorithm::Crc32, [(value, 1)]).is_err(), "{value}");
            assert!(composite(ChecksumAlgorithm::Crc32, [value]).is_err(), "{value}");
        }
        assert!(combine(ChecksumAlgorithm::Sha256, [(VALUES[3].1, 9)]).is_err());
        assert!(combine(ChecksumAlgorithm::Crc32, []).is_err());
        assert!(composite(ChecksumAlgorithm::Crc32, []).is_err());
    }
}
