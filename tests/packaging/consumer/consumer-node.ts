// Compiled, never run: a program for Node, which has no DOM and need not pretend to.

import { readFile, writeFile } from "node:fs/promises";
import { Keyring, KmsPublicKey, type Sealed, seal, sealBlob } from "bongtu";

const publicKey = KmsPublicKey.parse(await readFile("key.json"));
const keyring = Keyring.kmsRsa({ publicKey });
await writeFile("sealed", await seal(keyring, await readFile("plain")));
const sealed: Sealed = await sealBlob(keyring, await readFile("plain"));
for await (const chunk of sealed.stream()) process.stdout.write(chunk);
