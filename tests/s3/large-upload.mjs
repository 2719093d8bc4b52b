// A large file to be uploaded by who will be killed, and what must not be found of it afterwards.
//
// BONGTU_UPLOAD_MIB sets another size.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open as openFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Keyring, openStream } from "bongtu";
import { kms as awsKms } from "bongtu/aws";

export const MIB = 1024 * 1024;
export const SIZE = Number(process.env.BONGTU_UPLOAD_MIB ?? 1024) * MIB;
/** The bytes that the file repeats over and over. */
export const MARKER = Buffer.from("plaintext which nobody's disk must ever hold\n");

/** Returns its SHA-256. */
export async function writeSource(file) {
  const handle = await openFile(file, "w");
  const hash = createHash("sha256");
  const piece = Buffer.alloc(MIB);
  for (let written = 0; written < SIZE; written += MIB) {
    for (let i = 0; i < MIB; i += MARKER.length) MARKER.copy(piece, i);
    piece.writeUInt32BE(written / MIB, 0);
    hash.update(piece);
    await handle.writeFile(piece);
  }
  await handle.close();
  return hash.digest("hex");
}

/** SHA-256, in hexadecimal. */
export async function digestOf(file) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** All bytes of all files of a folder, to be searched. */
export async function secretsOf(folder) {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const contents = await Promise.all(
    files.map((file) => readFile(file).catch(() => Buffer.alloc(0))),
  );
  return {
    bytes: contents.reduce((total, { length }) => total + length, 0),
    found: (needle) => contents.some((content) => content.includes(needle)),
  };
}

/** The message's data key, as KMS gives it to its reader. */
export async function dataKeyOf(message, client, keyArn) {
  let key;
  const { decrypt } = awsKms(client);
  const listening = {
    async decrypt(...request) {
      const response = await decrypt(...request);
      key = Buffer.from(response.Plaintext.slice(-32));
      return response;
    },
  };
  const keyring = Keyring.kmsRsa({ keyArn, kms: listening });
  const { readable, writable, header } = openStream(keyring);
  const begin = Readable.toWeb(createReadStream(message));
  begin.pipeTo(writable).catch(() => {});
  await header;
  await readable.cancel();
  return key;
}

/** 1, 2, …, `count`. */
export const numbersTo = (count) => Array.from({ length: count }, (_, i) => i + 1);
