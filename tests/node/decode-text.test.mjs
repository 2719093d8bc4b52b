// Text files as editors and shells save them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../pkg/js/base/decode-text.js";

const TEXT = '{"name": "봉투 ✉"}\r\n';
const littleEndian = Buffer.from(TEXT, "utf16le");
const bigEndian = Buffer.from(littleEndian).swap16();

for (const [how, bytes, wanted = TEXT] of [
  ["UTF-8", Buffer.from(TEXT)],
  ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${TEXT}`)],
  ["UTF-16LE with a byte order mark", Buffer.concat([Buffer.of(0xff, 0xfe), littleEndian])],
  ["UTF-16BE with a byte order mark", Buffer.concat([Buffer.of(0xfe, 0xff), bigEndian])],
  ["UTF-16LE without one", littleEndian],
  ["UTF-16BE without one", bigEndian],
  ["nothing", Buffer.alloc(0), ""],
  ["a byte order mark and nothing else", Buffer.of(0xff, 0xfe), ""],
  ["one character", Buffer.from("a"), "a"],
]) {
  test(how, () => assert.equal(decodeText(new Uint8Array(bytes)), wanted));
}

for (const [how, bytes] of [
  ["broken UTF-8", Buffer.of(0x7b, 0xff, 0x7d)],
  ["half a character of UTF-16", Buffer.of(0xff, 0xfe, 0x7b, 0x00, 0x7d)],
  ["a lone surrogate", Buffer.of(0xff, 0xfe, 0x00, 0xd8)],
  ["DER", Buffer.of(0x30, 0x82, 0x01, 0x22)],
]) {
  test(`no text: ${how}`, () => assert.equal(decodeText(new Uint8Array(bytes)), undefined));
}
