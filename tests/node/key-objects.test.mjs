// Node's own objects of keys: called by their names, or read where they write themselves down.

import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { KmsPublicKey } from "bongtu";

const DATA = new URL("../../crates/core/tests/data/", import.meta.url);
const publicKey = createPublicKey(readFileSync(new URL("rsa2048-public.pem", DATA)));
const privateKey = createPrivateKey(readFileSync(new URL("rsa2048-private.pem", DATA)));

const spki = publicKey.export({ type: "spki", format: "der" });

for (const [what, input, code, says] of [
  ["a public KeyObject", publicKey, "ERR_PUBLIC_KEY", /KeyObject/],
  ["a private KeyObject", privateKey, "ERR_PRIVATE_KEY", /private key/],
  ["a secret KeyObject", createSecretKey(Buffer.alloc(32)), "ERR_PUBLIC_KEY", /KeyObject/],
  ["a private JWK", privateKey.export({ format: "jwk" }), "ERR_PRIVATE_KEY", /private key/],
  ["PKCS#8", privateKey.export({ type: "pkcs8", format: "der" }), "ERR_PRIVATE_KEY", /private/],
  ["PKCS#1", privateKey.export({ type: "pkcs1", format: "der" }), "ERR_PRIVATE_KEY", /private/],
]) {
  test(`${what} is refused by its name`, () => {
    assert.throws(() => KmsPublicKey.parse(input), { name: "BongtuError", code, message: says });
  });
}

for (const [what, input] of [
  ["a Buffer", spki],
  ["a Buffer as PublicKey", { PublicKey: spki }],
  ["a JWK", publicKey.export({ format: "jwk" })],
  ["DER of PKCS#1", publicKey.export({ type: "pkcs1", format: "der" })],
]) {
  test(`${what} is read as what KMS exports`, () => {
    assert.deepEqual(Buffer.from(KmsPublicKey.parse(input).spki()), spki);
  });
}
