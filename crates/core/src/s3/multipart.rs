//! Into which parts an upload is cut (docs/formats.md 4.9, 4.10 and 7).

use super::sealed_format::SealedFormat;
use crate::codec::widen;
use crate::error::{Error, Result};
use crate::object::{CHUNK_LENGTH, MAX_PLAINTEXT_LENGTH};
use alloc::format;

const MIB: u64 = 1024 * 1024;
pub(super) const MIN_PART: u64 = 5 * MIB;
/// The largest part, and the largest body of any single request.
pub(super) const MAX_PART: u64 = 5 * 1024 * MIB;
const MAX_PARTS: u64 = 10_000;
/// The part size that is chosen where it suffices.
const DEFAULT_PART: u64 = 8 * MIB;
const DEFAULT_CONCURRENCY: u64 = 4;
const MAX_CONCURRENCY: u64 = 64;
/// The length of the tag that follows an object's plaintext.
const TAG: u64 = 16;

/// A legal division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultipartPlan {
    /// Bytes of every part but the last, which has what is left.
    pub part_size: u64,
    /// At least one, at most 10,000.
    pub part_count: u64,
    /// Parts to have in flight at a time: so many times `part_size` bytes of memory.
    pub concurrency: u64,
}

/// Divides `size` bytes of something sealed.
///
/// # Errors
/// [`Error::TooLarge`] for more than S3 or the format holds, [`Error::PartSize`] for a part size
/// outside 5 MiB to 5 GiB, off an object's grid of 512 KiB, or so small that there would be more
/// than 10,000 parts; [`Error::Input`] for a concurrency outside 1 to 64.
pub fn multipart_plan(
    size: u64,
    format: SealedFormat,
    part_size: Option<u64>,
    concurrency: Option<u64>,
) -> Result<MultipartPlan> {
    let object = format != SealedFormat::Message;
    if object && size > MAX_PLAINTEXT_LENGTH + TAG {
        return Err(Error::TooLarge("an object holds at most 64 GiB - 32 bytes; seal a message"));
    }
    if size > MAX_PARTS * MAX_PART {
        return Err(Error::TooLarge("an object in S3 holds at most 10,000 parts of 5 GiB"));
    }
    let part_size = match part_size {
        Some(chosen) => checked(chosen, object)?,
        None => size.div_ceil(MAX_PARTS).next_multiple_of(MIB).max(DEFAULT_PART),
    };
    let part_count = size.div_ceil(part_size).max(1);
    if part_count > MAX_PARTS {
        return Err(Error::PartSize(format!(
            "there would be {part_count} parts, and S3 takes at most {MAX_PARTS}; parts of {} bytes would do",
            size.div_ceil(MAX_PARTS).next_multiple_of(MIB)
        )));
    }
    let concurrency = concurrency.unwrap_or(DEFAULT_CONCURRENCY);
    if !(1..=MAX_CONCURRENCY).contains(&concurrency) {
        return Err(Error::Input("concurrency must be from 1 to 64"));
    }
    Ok(MultipartPlan { part_size, part_count, concurrency })
}

fn checked(part_size: u64, object: bool) -> Result<u64> {
    if !(MIN_PART..=MAX_PART).contains(&part_size) {
        return Err(Error::PartSize("partSize must be from 5 MiB to 5 GiB in bytes".into()));
    }
    let grid = widen(CHUNK_LENGTH);
    if object && !part_size.is_multiple_of(grid) {
        return Err(Error::PartSize(format!(
            "partSize of an object must be a multiple of {grid} bytes, so that no chunk is cut"
        )));
    }
    Ok(part_size)
}

#[cfg(test)]
mod tests {
    use super::{MIB, MultipartPlan, multipart_plan};
    use crate::object::Format;
    use crate::s3::SealedFormat::{Message, Object};

    const V3: super::SealedFormat = Object(Format::V3);
    const GIB: u64 = 1024 * MIB;

    fn plan(size: u64) -> (u64, u64) {
        let MultipartPlan { part_size, part_count, .. } =
            multipart_plan(size, Message, None, None).unwrap();
        (part_size, part_count)
    }

    fn refused(size: u64, format: super::SealedFormat, part_size: u64) -> &'static str {
        multipart_plan(size, format, Some(part_size), None).unwrap_err().code()
    }

    #[test]
    fn parts_that_fit() {
        assert_eq!(plan(0), (8 * MIB, 1));
        assert_eq!(plan(8 * MIB), (8 * MIB, 1));
        assert_eq!(plan(8 * MIB + 1), (8 * MIB, 2));
        assert_eq!(plan(80_000 * MIB), (8 * MIB, 10_000));
        assert_eq!(plan(80_000 * MIB + 1), (9 * MIB, 8889));
        assert_eq!(plan(50_000 * GIB), (5 * GIB, 10_000));
        let largest = multipart_plan(64 * GIB - 32 + 16, V3, None, None).unwrap();
        assert_eq!((largest.part_count, largest.concurrency), (8192, 4));
    }

    #[test]
    fn parts_that_do_not() {
        for part_size in [0, 1, 5 * MIB - 1, 5 * GIB + 1, u64::MAX] {
            assert_eq!(refused(GIB, Message, part_size), "ERR_PART_SIZE");
        }
        assert_eq!(refused(GIB, V3, 5 * MIB + 16), "ERR_PART_SIZE");
        assert!(multipart_plan(GIB, Message, Some(5 * MIB + 16), None).is_ok());
        assert!(multipart_plan(GIB, V3, Some(5 * MIB + MIB / 2), None).is_ok());
        assert_eq!(refused(50_000 * MIB + 1, Message, 5 * MIB), "ERR_PART_SIZE");
        assert_eq!(refused(64 * GIB - 15, V3, 8 * MIB), "ERR_TOO_LARGE");
        assert_eq!(refused(u64::MAX, Message, 5 * GIB), "ERR_TOO_LARGE");
        for concurrency in [0, 65] {
            let plan = multipart_plan(GIB, Message, None, Some(concurrency));
            assert_eq!(plan.unwrap_err().code(), "ERR_INPUT");
        }
    }
}
