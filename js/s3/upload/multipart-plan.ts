import { inputError } from "../../base/errors.js";
import { checkNumber, requiredText } from "../../base/options.js";
import { s3Wasm } from "../../modules/s3.js";
import type { SealedFormat } from "../../sealed/sealed.js";
import { readOptions, textOptions } from "../request/arguments.js";

export interface MultipartOptions {
  /** Needed if you give only a size; sealed data and spools know their own format. */
  readonly format: SealedFormat;
  /**
   * Bytes of every part but the last: from 5 MiB to 5 GiB, of objects a multiple of 512 KiB. 8 MiB
   * unless set, or as much as 10,000 parts need.
   */
  readonly partSize?: number | undefined;
  /** Parts to have in flight at a time, 4 unless set, at most 64. */
  readonly concurrency?: number | undefined;
}

/** A legal division of an upload. */
export interface MultipartPlan {
  readonly size: number;
  readonly format: SealedFormat;
  readonly partSize: number;
  readonly partCount: number;
  readonly concurrency: number;
}

/**
 * Into which parts something sealed, or so many bytes of it, is cut: `sealed.parts(plan.partSize)`.
 * An object holds up to 64 GiB; larger files are sealed to messages.
 */
export function multipartPlan(
  sealed: { readonly size: number; readonly format: SealedFormat },
  options?: Partial<MultipartOptions>,
): MultipartPlan;
export function multipartPlan(
  sealed: number | { readonly size: number },
  options: MultipartOptions,
): MultipartPlan;
export function multipartPlan(
  sealed: number | { readonly size: number; readonly format?: SealedFormat },
  options: Partial<MultipartOptions> = {},
): MultipartPlan {
  const given = readOptions(options, {
    format: true,
    partSize: wholeOrZero,
    concurrency: wholeOrZero,
  });
  const size = typeof sealed === "object" ? sealed?.size : sealed;
  if (!Number.isSafeInteger(size) || size < 0) {
    throw inputError("size must be a whole number of bytes, or sealed data, which knows its size");
  }
  const own = (Object(sealed) as Partial<MultipartPlan>).format;
  const format = requiredText(
    options.format === undefined ? own : options.format,
    "format",
  ) as SealedFormat;
  if (own !== undefined && own !== format) {
    throw inputError("format contradicts the sealed data, which has another one; leave it out");
  }
  const texts = [...given, ...textOptions({ size, format })];
  const plan = s3Wasm().multipartPlan(texts) as unknown as [number, number, number];
  const [partSize, partCount, concurrency] = plan;
  return { size, format, partSize, partCount, concurrency };
}

/** Anything but a whole number counts as zero, which no range allows. */
function wholeOrZero(value: unknown, name: string): number | undefined {
  const number = checkNumber(value, name);
  return number === undefined || (Number.isSafeInteger(number) && number >= 0) ? number : 0;
}
