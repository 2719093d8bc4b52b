// Key ARNs wherever they are configured, and messages that name none.

import {
  bucketPolicy,
  inspect,
  Keyring,
  KmsPublicKey,
  open,
  openSecret,
  seal,
  sealSecret,
  sse,
} from "bongtu";
import { assert, test } from "#harness";
import arns from "../../crates/core/tests/data/arn-cases.json" with { type: "json" };
import mangled from "../../crates/core/tests/data/mangled-arns.json" with { type: "json" };
import table from "../../crates/core/tests/data/public-key-cases.json" with { type: "json" };
import { KEY_ARN } from "../harness/kms.mjs";
import { assertBytes, bytes, failure, fixture, thrown } from "./support.mjs";

const utf8 = (text) => new TextEncoder().encode(text);

test("what is no key ARN, to the last character", async () => {
  const { publicKey, kms } = await fixture();
  for (const { what, text: keyArn, says = "" } of arns.bad) {
    for (const configure of [
      () => Keyring.kmsRsa({ publicKey, keyArn }),
      () => Keyring.kmsRsa({ keyArn, kms }),
      () => Keyring.kms({ keyArn, kms }),
      () => KmsPublicKey.parse(publicKey, { keyArn }),
      () =>
        KmsPublicKey.parse({
          PublicKey: publicKey,
          KeyId: keyArn || "x",
          KeyUsage: "ENCRYPT_DECRYPT",
        }),
      () => bucketPolicy.requireKms({ bucket: "inbox", keyArn }),
    ]) {
      const { message } = thrown(configure, "ERR_KEY_ARN");
      assert.ok(message.includes(says), `${what}: ${message}`);
    }
  }
  for (const { what, text: keyId, says = "" } of arns.sse.bad) {
    const { message } = thrown(() => sse.kms({ keyId }), "ERR_SSE");
    assert.ok(message.includes(says), `${what}: ${message}`);
  }
});

test("white space around a key ARN is not part of it", async () => {
  const { publicKey, kms } = await fixture();
  for (const around of arns.around) {
    const keyArn = around + KEY_ARN + around;
    const keyring = Keyring.kmsRsa({ publicKey, keyArn, kms });
    const sealed = await seal(keyring, bytes(1));
    assert.equal((await inspect(sealed)).encryptedDataKeys[0].providerInfo, KEY_ARN);
    assertBytes((await open(keyring, sealed)).plaintext, bytes(1));
    // KMS is asked, and answers, for the ARN alone.
    const direct = await sealSecret(keyring, bytes(1), { form: "direct" });
    assertBytes(await openSecret(keyring, direct), bytes(1));
    assert.equal(KmsPublicKey.parse(publicKey, { keyArn }).keyArn, KEY_ARN);
    const headers = sse.kms({ keyId: keyArn }).headers("PutObject");
    assert.ok(Object.values(headers).includes(KEY_ARN));
  }
});

test("what was sealed under a mangled ARN is opened when asked", async () => {
  const pkcs8 = atob(table.pieces.privateKey);
  const key = await crypto.subtle.importKey(
    "pkcs8",
    Uint8Array.from(pkcs8, (character) => character.charCodeAt(0)),
    { name: "RSA-OAEP", hash: "SHA-256" },
    false,
    ["decrypt"],
  );
  const { arn } = table.pieces;
  const kms = {
    async decrypt({ KeyId, CiphertextBlob }) {
      assert.equal(KeyId, arn);
      const plaintext = await crypto.subtle.decrypt("RSA-OAEP", key, CiphertextBlob);
      return { KeyId, Plaintext: new Uint8Array(plaintext) };
    },
  };
  for (const { message } of mangled) {
    const sealed = Uint8Array.from(atob(message), (character) => character.charCodeAt(0));
    const keyring = { keyArn: arn, kms };
    await failure(open(Keyring.kmsRsa(keyring), sealed), "ERR_NO_MATCHING_KEY");
    const asked = Keyring.kmsRsa({ ...keyring, underAnyArn: true });
    assertBytes((await open(asked, sealed)).plaintext, utf8("sealed before"));
    const both = Keyring.kmsRsa({ ...keyring, publicKey: table.pieces.key, underAnyArn: true });
    assertBytes((await open(both, sealed)).plaintext, utf8("sealed before"));
    const secret = await openSecret(asked, message);
    assertBytes(secret, utf8("sealed before"));
  }
});
