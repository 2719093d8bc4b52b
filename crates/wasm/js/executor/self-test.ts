import { type Bytes, concat, EMPTY } from "../bytes.js";
import type { Executor } from "./index.js";

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const NONCE = Uint8Array.from({ length: 12 }, (_, i) => 0xa0 + i);
const AAD = utf8("bongtu self-test");

/** AES-256-GCM known answers: text, and ciphertext with its tag in hexadecimal. */
const ANSWERS: readonly (readonly [text: Bytes, sealed: string])[] = [
  [EMPTY, "0311e61079830da2a7ec57bb57983728"],
  [
    utf8("seal where the data is born"),
    "957d1d4165bc6ada1000a7a76f1fe0ba11d83830fbc4620ef37c488de6f65b17cf603c2fe78c4d45c4a61e",
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
    // An executor that cannot even try (no SubtleCrypto in an insecure context) fails like one that
    // errs.
    outcome = runSelfTest(executor).catch(() => false);
    outcomes.set(executor, outcome);
  }
  return outcome;
}

async function runSelfTest(executor: Executor): Promise<boolean> {
  const key = await executor.importKey(KEY.slice());
  try {
    for (const [text, answer] of ANSWERS) {
      const sealed = concat(await key.seal(NONCE, AAD, text));
      if (hexOf(sealed) !== answer || hexOf(await key.open(NONCE, AAD, sealed)) !== hexOf(text)) {
        return false;
      }
      sealed[sealed.length - 1] = 1 ^ (sealed.at(-1) ?? 0);
      const refused = await Promise.resolve(sealed)
        .then((forged) => key.open(NONCE, AAD, forged))
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

function hexOf(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
