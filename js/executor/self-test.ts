import { type Bytes, concat, EMPTY, hexOf } from "../base/bytes.js";
import { BongtuError } from "../base/errors.js";
import type { Executor } from "./executor.js";

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const NONCE = Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i);
const AAD = utf8("bongtu self-test");
const TEXT = utf8("seal where the data is born");

/**
 * AES-256-GCM known answers: bytes of the nonce (the splice of objects needs 16), text, and
 * ciphertext with its tag in hexadecimal.
 */
const ANSWERS: readonly (readonly [nonceLength: number, text: Bytes, sealed: string])[] = [
  [12, EMPTY, "0311e61079830da2a7ec57bb57983728"],
  [
    12,
    TEXT,
    "957d1d4165bc6ada1000a7a76f1fe0ba11d83830fbc4620ef37c488de6f65b17cf603c2fe78c4d45c4a61e",
  ],
  [
    16,
    TEXT,
    "59c642d038baa513b1fb3fc58571adf4e3312259174771ce92600489be8e94184835fbefa479d850fb57b6",
  ],
];

const outcomes = new WeakMap<Executor, Promise<boolean>>();

/**
 * Whether an executor gives the known answers and refuses a wrong tag; found out once, at its first
 * use.
 */
export function passesSelfTest(executor: Executor): Promise<boolean> {
  let outcome = outcomes.get(executor);
  if (outcome === undefined) {
    outcome = runSelfTest(executor).catch((error) => {
      // A module that did not load says nothing of what is in it, and may load the next time.
      if (error instanceof BongtuError && error.code === "ERR_WASM") {
        outcomes.delete(executor);
        throw error;
      }
      // One that cannot even try (no SubtleCrypto in an insecure context) fails like one that errs.
      return false;
    });
    outcomes.set(executor, outcome);
  }
  return outcome;
}

async function runSelfTest(executor: Executor): Promise<boolean> {
  const key = await executor.importKey(KEY.slice());
  try {
    for (const [nonceLength, text, answer] of ANSWERS) {
      const nonce = NONCE.subarray(0, nonceLength);
      const sealed = concat(await key.seal(nonce, AAD, text));
      if (hexOf(sealed) !== answer || hexOf(await key.open(nonce, AAD, sealed)) !== hexOf(text)) {
        return false;
      }
      sealed[sealed.length - 1] = 1 ^ (sealed.at(-1) ?? 0);
      const refused = await Promise.resolve(sealed)
        .then((forged) => key.open(nonce, AAD, forged))
        .then(
          () => false,
          () => true,
        );
      if (!refused) {
        return false;
      }
    }
    return true;
  } finally {
    key.dispose();
  }
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}
