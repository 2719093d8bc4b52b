import { createReadStream, createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Readable, Writable } from "node:stream";
import { Keyring, sealStream } from "bongtu";

const [keyArn, publicKeyFile, input, output] = process.argv.slice(2);
const keyring = Keyring.kmsRsa({ publicKey: await readFile(publicKeyFile), keyArn });

await Readable.toWeb(createReadStream(input))
  .pipeThrough(sealStream(keyring, {}))
  .pipeTo(Writable.toWeb(createWriteStream(output)));
