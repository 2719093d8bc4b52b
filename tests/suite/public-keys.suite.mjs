// Public keys in every form that people hold, and what they hold in a key's place.

import { KmsPublicKey } from "bongtu";
import { assert, test } from "#harness";
import table from "../../crates/core/tests/data/public-key-cases.json" with { type: "json" };
import { KEY_ARN } from "../harness/kms.mjs";
import { fixture, thrown } from "./support.mjs";

const ALGORITHMS = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"];

const base64 = (der) => btoa(String.fromCharCode(...der));
const utf8 = (text) => new TextEncoder().encode(text);

function pem(der) {
  return `-----BEGIN PUBLIC KEY-----\n${base64(der)}\n-----END PUBLIC KEY-----\n`;
}

function response(PublicKey, changes = {}) {
  return { KeyId: KEY_ARN, PublicKey, KeyUsage: "ENCRYPT_DECRYPT", ...changes };
}

const ENCODINGS = {
  base64: (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
  "utf-16le": (text) => utf16(text, true),
  "utf-16be": (text) => utf16(text, false),
};

function utf16(text, littleEndian) {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) {
    view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  }
  return new Uint8Array(view.buffer);
}

/** The input of a case: `text` with its `{{pieces}}`, changed by `replace`, in its `encoding`. */
function inputOf({ text, replace: [from, to] = ["\0", ""], encoding }) {
  const whole = Object.entries(table.pieces).reduce(
    (text, [name, piece]) => text.replaceAll(`{{${name}}}`, piece),
    text,
  );
  const changed = whole.replaceAll(from, to);
  return encoding === undefined ? changed : ENCODINGS[encoding](changed);
}

// The table is the one that the core is tested by.
test("public keys in every form that people hold", () => {
  const { spkiSha256 } = KmsPublicKey.parse(table.pieces.key);
  for (const found of table.cases) {
    const given = inputOf(found);
    for (const input of typeof given === "string" ? [given, utf8(given)] : [given]) {
      if (found.is !== "key") {
        const error = thrown(() => KmsPublicKey.parse(input), found.is);
        const { message } = error;
        assert.ok(message.includes(found.says ?? ""), `${found.what}: ${message}`);
        continue;
      }
      // The pin is of what KMS exports, whatever form was given.
      const key = KmsPublicKey.parse(input, { spkiSha256 });
      assert.equal(key.keyArn, found.arn ? table.pieces.arn : undefined, found.what);
      assert.deepEqual([...key.encryptionAlgorithms], ALGORITHMS, found.what);
    }
  }
});

test("public keys as objects", async () => {
  const { publicKey } = await fixture();
  const { spkiSha256 } = KmsPublicKey.parse(publicKey);
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("spki", publicKey, algorithm, true, ["encrypt"]);
  const jwk = await crypto.subtle.exportKey("jwk", key);
  const parsed = JSON.parse(JSON.stringify(response(publicKey)));
  for (const [what, input] of Object.entries({
    jwk,
    "a set of one JWK": { keys: [jwk] },
    "an array of numbers": [...publicKey],
    "bytes that went through JSON": parsed,
    "bytes alone that went through JSON": parsed.PublicKey,
    "an ArrayBuffer as PublicKey": response(publicKey.slice().buffer),
    "a DataView as PublicKey": response(new DataView(publicKey.slice().buffer)),
    "numbers as PublicKey": response([...publicKey]),
    "PEM as PublicKey": response(pem(publicKey)),
    "bytes of a PEM as PublicKey": response(utf8(pem(publicKey))),
    "base64 with line breaks as PublicKey": response(
      base64(publicKey)
        .match(/.{1,64}/g)
        .join("\n"),
    ),
    camelCase: { publicKey, keyId: KEY_ARN, keyUsage: "ENCRYPT_DECRYPT" },
    Terraform: { public_key_pem: pem(publicKey), arn: KEY_ARN, key_usage: "ENCRYPT_DECRYPT" },
    "members that are null": response(publicKey, { SigningAlgorithms: null, KeySpec: null }),
    "members that are undefined": response(publicKey, { SigningAlgorithms: undefined }),
    "an object without a prototype": Object.assign(Object.create(null), response(publicKey)),
  })) {
    assert.equal(KmsPublicKey.parse(input, { spkiSha256 }).keySpec, "RSA_2048", what);
  }
});

test("objects that are no public key are called by their names", async () => {
  const { publicKey } = await fixture();
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048 };
  const exponent = { publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = await crypto.subtle.generateKey({ ...algorithm, ...exponent }, true, [
    "decrypt",
    "encrypt",
  ]);
  const circle = {};
  circle.PublicKey = circle;
  for (const [input, code, says] of [
    [Promise.resolve(response(publicKey)), "ERR_PUBLIC_KEY", "await"],
    [pair.publicKey, "ERR_PUBLIC_KEY", "CryptoKey"],
    [pair.privateKey, "ERR_PRIVATE_KEY", "private"],
    [await crypto.subtle.exportKey("jwk", pair.privateKey), "ERR_PRIVATE_KEY", "private"],
    [{ type: "public", asymmetricKeyType: "rsa", export() {} }, "ERR_PUBLIC_KEY", "KeyObject"],
    [{ type: "private", asymmetricKeyType: "rsa", export() {} }, "ERR_PRIVATE_KEY", "private"],
    [new Response(pem(publicKey)), "ERR_PUBLIC_KEY", "text()"],
    [new Blob([pem(publicKey)]), "ERR_PUBLIC_KEY", "text()"],
    [new Blob([]).stream(), "ERR_PUBLIC_KEY", "stream"],
    [KmsPublicKey.parse(publicKey), "ERR_PUBLIC_KEY", "KmsPublicKey"],
    [new URL("https://example.com/key.json"), "ERR_PUBLIC_KEY", "URL"],
    [circle, "ERR_PUBLIC_KEY", "JSON"],
    [{ PublicKey: 7n }, "ERR_PUBLIC_KEY", "JSON"],
    [new Map([["PublicKey", publicKey]]), "ERR_PUBLIC_KEY", "PublicKey"],
    [response(publicKey, { PrivateKeyPlaintext: new Uint8Array(9) }), "ERR_PRIVATE_KEY", "private"],
    [
      response(publicKey, { ImportToken: new Uint8Array(9) }),
      "ERR_PUBLIC_KEY",
      "GetParametersForImport",
    ],
    [response(publicKey, { KeyUsage: undefined }), "ERR_KEY_USAGE", "KeyUsage"],
    [response(new Uint8Array(70_000)), "ERR_PUBLIC_KEY", "64 KiB"],
    [new Uint8Array(70_000), "ERR_PUBLIC_KEY", "64 KiB"],
    [" ".repeat(70_000), "ERR_PUBLIC_KEY", "64 KiB"],
  ]) {
    const { message } = thrown(() => KmsPublicKey.parse(input), code);
    assert.ok(message.includes(says), message);
  }
});
