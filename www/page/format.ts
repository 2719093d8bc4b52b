// Numbers and bytes, as they are in either language.

const grouped = new Intl.NumberFormat("en");
const UNITS = ["KiB", "MiB", "GiB"];

/** "262,144" */
export const count = (value: number): string => grouped.format(value);

/** "412 B", "64.0 MiB" */
export function size(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const larger of UNITS) {
    if (value < 1024) break;
    value /= 1024;
    unit = larger;
  }
  return `${value.toFixed(unit === "B" || value >= 100 ? 0 : 1)} ${unit}`;
}

/** "840 MB/s": millions of bytes per second */
export const speed = (bytes: number, milliseconds: number): string =>
  `${(bytes / 1000 / Math.max(milliseconds, 1)).toFixed(0)} MB/s`;

/** "82 ms", "1.24 s" */
export const duration = (milliseconds: number): string =>
  milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;

/** "0.24 %" */
export function share(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return `${percent < 0.01 ? percent.toPrecision(1) : percent.toFixed(percent < 1 ? 2 : 0)} %`;
}

/** "45 %" */
export const percent = (share: number): string => `${Math.floor(100 * share)} %`;

/** "02 04 78" */
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

/** A long hexadecimal number with a space after every eight digits, for eyes that compare. */
export const inGroups = (digits: string): string => digits.match(/.{1,8}/g)?.join(" ") ?? "";

/** A message as a sentence: with a capital letter and a full stop. */
export function sentence(message: string): string {
  const capital = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.?!]$/.test(capital) ? capital : `${capital}.`;
}
