//! Operations as fixed records in a buffer of JavaScript's: many cross in one call, and no object
//! is made for any of them.

use alloc::vec::Vec;
use bongtu::Error;
use bongtu::plan::OpView;
use bongtu_wasm_support::bytes::wiping_stack;
use bongtu_wasm_support::error::Result;
use js_sys::Uint8Array;
use zeroize::Zeroizing;

/// Bytes of a record: `u32` id, input start, input length (little-endian); `u8` prefix length,
/// AAD length, nonce length, padding; nonce (16), prefix (24), AAD (96), padding. `js/engine/records.ts`
/// reads it.
pub const RECORD: usize = 160;
/// Records that one plan fills at most: the buffer is as large.
pub const MAX_RECORDS: usize = 128;
const BLOCK: usize = 256 * 1024;

const NONCE: usize = 16;
const PREFIX: usize = 32;
const AAD: usize = 56;

/// Bytes of a block: about [`BLOCK`], a whole number of frames, at most [`MAX_RECORDS`] of them
/// with one more record free for the final frame.
pub(crate) fn block_length(stride: usize) -> usize {
    stride * (BLOCK / stride).clamp(1, MAX_RECORDS - 1)
}

/// Writes operations into `records` and says how many.
pub(crate) fn write(views: Vec<OpView<'_>>, records: &Uint8Array) -> Result<usize> {
    let mut bytes = Vec::with_capacity(views.len() * RECORD);
    hand_over(&views, &mut bytes, records)
}

/// The same for operations with secret nonces, of which no copy is left here: JavaScript wipes the
/// ones that it gets.
pub(crate) fn write_secret(views: Vec<OpView<'_>>, records: &Uint8Array) -> Result<usize> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(views.len() * RECORD));
    wiping_stack(|| hand_over(&views, &mut bytes, records))
}

/// Into `bytes`, which has room for all of them, and out.
fn hand_over(views: &[OpView<'_>], bytes: &mut Vec<u8>, records: &Uint8Array) -> Result<usize> {
    for view in views {
        bytes.extend_from_slice(&record(view)?);
    }
    if bytes.len() > bongtu_wasm_support::bytes::length(records) {
        return Err(Error::State("the record buffer is too small").into());
    }
    let end = u32::try_from(bytes.len()).map_err(|_| TOO_LARGE)?;
    records.subarray(0, end).copy_from(bytes);
    Ok(views.len())
}

const TOO_LARGE: Error = Error::State("an operation does not fit its record");

fn record(view: &OpView<'_>) -> Result<[u8; RECORD]> {
    let mut record = [0; RECORD];
    let mut put = |at: usize, bytes: &[u8]| {
        let room = record.get_mut(at..at + bytes.len()).ok_or(TOO_LARGE)?;
        room.copy_from_slice(bytes);
        Ok::<(), Error>(())
    };
    let u32_of = |n: usize| u32::try_from(n).map(u32::to_le_bytes).map_err(|_| TOO_LARGE);
    let u8_of = |n: usize| u8::try_from(n).map_err(|_| TOO_LARGE);
    put(0, &view.id.to_le_bytes())?;
    put(4, &u32_of(view.start)?)?;
    put(8, &u32_of(view.length)?)?;
    let lengths = [view.prefix.len(), view.aad.len(), view.nonce.len()];
    for (at, length) in (12..).zip(lengths) {
        put(at, &[u8_of(length)?])?;
    }
    put(NONCE, view.nonce)?;
    put(PREFIX, view.prefix)?;
    put(AAD, view.aad)?;
    Ok(record)
}
