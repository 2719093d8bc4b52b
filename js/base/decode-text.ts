/**
 * The text of a file that somebody saved, or `undefined` if it is not text: UTF-8, or UTF-16, which is what `>` of Windows
 * PowerShell writes. A byte order mark is not part of it.
 * @internal
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * UTF-16 without a mark is known by its first character: in files for machines it is ASCII, so that one of its two bytes is zero.
 * @internal
 */
export function encodingOf([first, second]: Uint8Array): string {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) {
    return "utf-16le";
  }
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0)
    ? "utf-16be"
    : "utf-8";
}
