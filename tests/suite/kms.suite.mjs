// The answers that a KMS can give, and the outcome of each.

import { Keyring, open, openStream, seal } from "bongtu";
import { assert, test } from "#harness";
import { KEY_ARN, kmsException } from "../harness/kms.mjs";
import { assertBytes, bytes, failure, fixture, readAll, testWithEach } from "./support.mjs";

/** A message, and the keyring whose KMS answers through `change(answer)`. */
async function answering(change) {
  const { keyring, kms } = await fixture();
  const message = await seal(keyring, bytes(10), { encryptionContext: { a: "b" } });
  const changed = {
    async decrypt(request, options) {
      return change(await kms.decrypt(request, options));
    },
  };
  return { message, keyring: Keyring.kmsRsa({ keyArn: KEY_ARN, kms: changed }) };
}

test("asks as the AWS SDK's DecryptCommand wants it", async () => {
  const { keyring, asked } = await fixture();
  await open(keyring, await seal(keyring, bytes(10)));
  const request = asked.at(-1);
  assert.deepEqual(Object.keys(request).sort(), ["CiphertextBlob", "EncryptionAlgorithm", "KeyId"]);
  assert.equal(request.KeyId, KEY_ARN);
  assert.equal(request.EncryptionAlgorithm, "RSAES_OAEP_SHA_256");
  assert.equal(Object.getPrototypeOf(request.CiphertextBlob), Uint8Array.prototype);
  assert.equal(request.CiphertextBlob.length, 256);
});

test("answers that are not the answer look like a local mismatch", async () => {
  const plaintext = (change) => (answer) => ({ ...answer, Plaintext: change(answer.Plaintext) });
  const cases = {
    "another KeyId": (answer) => ({ ...answer, KeyId: KEY_ARN.replace("0f1e", "0f1f") }),
    "a bare KeyId": (answer) => ({ ...answer, KeyId: KEY_ARN.split("/")[1] }),
    "no KeyId": ({ Plaintext }) => ({ Plaintext }),
    "a KeyId that is no text": (answer) => ({ ...answer, KeyId: 7 }),
    "a byte less": plaintext((text) => text.subarray(0, -1)),
    "a byte more": plaintext((text) => new Uint8Array([...text, 0])),
    "the digest alone": plaintext((text) => text.subarray(0, 48)),
    "the data key alone": plaintext((text) => text.subarray(48)),
    "another digest": plaintext((text) => text.map((byte, i) => (i === 47 ? byte ^ 1 : byte))),
    nothing: plaintext(() => new Uint8Array(0)),
  };
  for (const [what, change] of Object.entries(cases)) {
    const { message, keyring } = await answering(change);
    const error = await failure(open(keyring, message), "ERR_UNWRAP");
    assert.equal(error.cause, undefined, what);
  }
});

/** Answers of other shapes than the AWS SDK's, and what is said of each. */
const SHAPES = {
  "it has no Plaintext": [
    ({ KeyId }) => ({ KeyId }),
    () => ({}),
    (it) => ({ ...it, Plaintext: null }),
    () => undefined,
    () => null,
    ({ Plaintext }) => btoa(String.fromCharCode(...Plaintext)),
    ({ Plaintext }) => Plaintext,
    ({ Plaintext }) => Plaintext.buffer,
    (it) => new Response(JSON.stringify(it)),
    (it) => ({ promise: async () => it }),
  ],
  "must be bytes, not text; decode its base64": [
    (it) => ({ ...it, Plaintext: btoa(String.fromCharCode(...it.Plaintext)) }),
    (it) => ({ ...it, Plaintext: "" }),
  ],
  "must be bytes, not bytes that went through JSON; use Uint8Array.from": [
    (it) => ({ ...it, Plaintext: { ...it.Plaintext } }),
    (it) => ({ ...it, Plaintext: { type: "Buffer", data: Array.from(it.Plaintext) } }),
  ],
  "must be bytes, not an array of numbers; use Uint8Array.from": [
    (it) => ({ ...it, Plaintext: Array.from(it.Plaintext) }),
  ],
  "must be bytes, not a Promise; await it": [
    (it) => ({ ...it, Plaintext: Promise.resolve(it.Plaintext) }),
  ],
  "must be bytes, not a number": [(it) => ({ ...it, Plaintext: 7 })],
  "must be bytes, not a Blob": [(it) => ({ ...it, Plaintext: new Blob([it.Plaintext]) })],
  "it has plaintext instead": [({ KeyId, Plaintext }) => ({ KeyId, plaintext: Plaintext })],
  "it has data instead": [
    (data) => ({ status: 200, data }),
    ({ Plaintext }) => ({ data: { plaintext: { type: "Buffer", data: Array.from(Plaintext) } } }),
  ],
};

for (const [words, changes] of Object.entries(SHAPES)) {
  test(`an answer of another shape is the caller's mistake: ${words}`, async () => {
    for (const change of changes) {
      const { message, keyring } = await answering(change);
      const error = await failure(open(keyring, message), "ERR_INPUT");
      assert.ok(error.message.includes(words), error.message);
      assert.ok(error.message.includes("kms.decrypt "), error.message);
    }
  });
}

/** All numbers in whatever this is. */
function numbersIn(value) {
  if (typeof value !== "object") return typeof value === "number" ? [value] : [];
  const { buffer = value } = value;
  const flat = buffer instanceof ArrayBuffer ? [...new Uint8Array(buffer)] : Object.values(value);
  return flat.flatMap(numbersIn);
}

test("the plaintext of an answer of another shape is wiped where it can be", async () => {
  const numbers = (text) => Array.from(text);
  const shapes = [
    (text) => ({ plaintext: text }),
    (text) => ({ data: { Plaintext: text } }),
    (text) => ({ data: text.buffer }),
    (text) => text,
    (text) => ({ Plaintext: { ...text } }),
    (text) => ({ Plaintext: { type: "Buffer", data: numbers(text) } }),
    (text) => ({ data: { Plaintext: numbers(text) } }),
    (text) => numbers(text),
  ];
  for (const shape of shapes) {
    let given;
    const { message, keyring } = await answering(({ Plaintext }) => {
      given = shape(new Uint8Array(Plaintext));
      return given;
    });
    await failure(open(keyring, message), "ERR_INPUT");
    assert.deepEqual(
      numbersIn(given).filter((number) => number !== 0),
      [],
    );
  }
  const frozen = await answering(({ Plaintext }) => Object.freeze(numbers(Plaintext)));
  await failure(open(frozen.keyring, frozen.message), "ERR_INPUT");
});

test("an ArrayBuffer, another view and memory that is shared are bytes too", async () => {
  const shapes = [(text) => text.slice().buffer, (text) => new DataView(text.slice().buffer)];
  if (typeof SharedArrayBuffer === "function") {
    shapes.push((text) => {
      const shared = new Uint8Array(new SharedArrayBuffer(text.length));
      shared.set(text);
      return shared;
    });
  }
  for (const shape of shapes) {
    let given;
    const { message, keyring } = await answering((answer) => {
      given = shape(answer.Plaintext);
      return { ...answer, Plaintext: given };
    });
    assertBytes((await open(keyring, message)).plaintext, bytes(10));
    const left = new Uint8Array(given.buffer ?? given);
    assert.ok(left.every((byte) => byte === 0));
  }
});

test("another data key under the right digest", async () => {
  const { message, keyring } = await answering(({ KeyId, Plaintext }) => {
    Plaintext[79] ^= 1;
    return { KeyId, Plaintext };
  });
  await failure(open(keyring, message), "ERR_COMMITMENT");
});

test("refused ciphertexts look the same, whoever found out", async () => {
  for (const name of ["InvalidCiphertextException", "IncorrectKeyException"]) {
    const { message, keyring } = await answering(() => {
      throw kmsException(name);
    });
    const remote = await failure(open(keyring, message), "ERR_UNWRAP");
    const wrong = await answering((answer) => ({ ...answer, Plaintext: new Uint8Array(80) }));
    const local = await failure(open(wrong.keyring, wrong.message), "ERR_UNWRAP");
    assert.equal(remote.message, local.message);
    assert.equal(remote.cause, undefined);
    assert.deepEqual(Object.keys(remote), Object.keys(local));
  }
});

testWithEach("other failures keep their cause", async () => {
  const failures = [
    kmsException("AccessDeniedException"),
    kmsException("DisabledException"),
    new TypeError("fetch failed"),
  ];
  for (const cause of failures) {
    const { message, keyring } = await answering(() => {
      throw cause;
    });
    const error = await failure(open(keyring, message), "ERR_KMS");
    assert.equal(error.cause, cause);
    assert.ok(error.message.includes(cause.name), error.message);
    const { readable, writable, header } = openStream(keyring);
    const writer = writable.getWriter();
    writer.write(message).catch(() => {});
    const closed = writer.close();
    for (const outcome of await Promise.all([
      failure(header, "ERR_KMS"),
      failure(readAll(readable), "ERR_KMS"),
      failure(closed, "ERR_KMS"),
    ])) {
      assert.equal(outcome.cause, cause);
    }
  }
});

test("failures that are no errors, and those that are thrown at once", async () => {
  for (const cause of ["text", undefined, null, { code: 7 }]) {
    const { message, keyring } = await answering(() => Promise.reject(cause));
    assert.equal((await failure(open(keyring, message), "ERR_KMS")).cause, cause);
  }
  for (const name of [403, 1.5, true, null, undefined, "", Symbol("s"), {}, { length: 1 }]) {
    const cause = Object.defineProperty(new Error("refused"), "name", { value: name });
    const { message, keyring } = await answering(() => Promise.reject(cause));
    assert.equal((await failure(open(keyring, message), "ERR_KMS")).cause, cause);
  }
  const cause = kmsException("ThrottlingException");
  const kms = {
    decrypt() {
      throw cause;
    },
  };
  const { message } = await answering((answer) => answer);
  const keyring = Keyring.kmsRsa({ keyArn: KEY_ARN, kms });
  assert.equal((await failure(open(keyring, message), "ERR_KMS")).cause, cause);
});

test("a KMS that is a class and one that answers at once", async () => {
  const { kms } = await fixture();
  class Client {
    #answers = 0;
    async decrypt(request, options) {
      this.#answers += 1;
      return kms.decrypt(request, options);
    }
  }
  const { message } = await answering((answer) => answer);
  const keyring = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: new Client() });
  assertBytes((await open(keyring, message)).plaintext, bytes(10));

  let answer;
  const { keyring: recording } = await answering((given) => {
    answer = { ...given, Plaintext: given.Plaintext.slice() };
    return given;
  });
  await open(recording, message);
  const immediate = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: { decrypt: () => answer } });
  assertBytes((await open(immediate, message)).plaintext, bytes(10));
});

test("the plaintext that KMS gave is wiped, whatever came of it", async () => {
  const given = [];
  const { message, keyring } = await answering((answer) => {
    given.push(answer.Plaintext);
    return answer;
  });
  await open(keyring, message);
  const wrong = await answering((answer) => {
    given.push(answer.Plaintext);
    return { ...answer, KeyId: "another" };
  });
  await failure(open(wrong.keyring, wrong.message), "ERR_UNWRAP");
  const controller = new AbortController();
  const late = await answering(async (answer) => {
    controller.abort();
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
    given.push(answer.Plaintext);
    return answer;
  });
  const { signal } = controller;
  await failure(open(late.keyring, late.message, { signal }), "ERR_ABORTED");
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  assert.equal(given.length, 3);
  for (const plaintext of given) {
    assert.equal(plaintext.length, 80);
    assert.ok(plaintext.every((byte) => byte === 0));
  }
});

test("keyrings that lack a half", async () => {
  const { publicKey, kms, keyring } = await fixture();
  const message = await seal(keyring, bytes(10));
  const sealing = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN });
  const opening = Keyring.kmsRsa({ keyArn: KEY_ARN, kms });
  await failure(open(sealing, message), "ERR_NO_KMS");
  await failure(seal(opening, bytes(10)), "ERR_NO_PUBLIC_KEY");
  const { plaintext } = await open(opening, await seal(sealing, bytes(10)));
  assertBytes(plaintext, bytes(10));
});
