/** The position of a part of a multipart upload in the whole. */
export interface PartRange {
  /** From 1 on. */
  readonly partNumber: number;
  /** Like the arguments of `slice`. */
  readonly start: number;
  readonly end: number;
}

/** The number of bytes to divide, and the size of each part. */
interface Division {
  readonly size: number;
  readonly partSize: number;
}

/** Empty data has one part, which is empty too. */
export function partCount({ size, partSize }: Division): number {
  return Math.max(1, Math.ceil(size / partSize));
}

export function partRanges(division: Division): PartRange[] {
  const { size, partSize } = division;
  return Array.from({ length: partCount(division) }, (_, i) => {
    const start = i * partSize;
    return { partNumber: i + 1, start, end: Math.min(start + partSize, size) };
  });
}
