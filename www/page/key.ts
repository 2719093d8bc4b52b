// Step 1: the exported public key, what it is, and whether it is the one that was meant.

import { Keyring, KmsPublicKey } from "bongtu";

import type { BackEnd, PublicKeyResponse } from "./back-end.ts";
import { byId } from "./dom.ts";
import { DemoError } from "./errors.ts";
import { inGroups } from "./format.ts";
import { say } from "./language.ts";
import { Step } from "./step.ts";

/** Whom files are sealed to, and what every message says about itself. */
export interface Recipient {
  keyring: Keyring;
  encryptionContext: Record<string, string>;
  /** The bucket where files are stored, and its S3. */
  bucket: string;
  endpoint: string;
}

export class KeyStep {
  readonly #step = new Step("key");
  readonly #backEnd: BackEnd;
  readonly #onKey: (recipient: Recipient) => void;

  constructor(backEnd: BackEnd, onKey: (recipient: Recipient) => void) {
    this.#backEnd = backEnd;
    this.#onKey = onKey;
  }

  async load(): Promise<void> {
    try {
      const { publicKey: response, ...others } = await this.#backEnd.key();
      const { pin } = this.#backEnd;
      if (!pin) throw new DemoError("DEMO_PIN");
      // #region key
      // The pin, which the address brought, refuses any other key.
      const publicKey = KmsPublicKey.parse(response, { spkiSha256: pin });
      const keyring = Keyring.kmsRsa({ publicKey });
      // #endregion
      this.#show(response, publicKey);
      this.#step.done(({ key }) => key.done);
      this.#onKey({ keyring, ...others });
    } catch (error) {
      this.#step.fail(error);
    }
  }

  #show(response: PublicKeyResponse, publicKey: KmsPublicKey): void {
    const { KeyId, KeyUsage, EncryptionAlgorithms } = response;
    say(
      byId("key-kind", HTMLElement),
      ({ key }) => `${publicKey.keySpec}, ${KeyUsage}, ${EncryptionAlgorithms.join(key.or)}`,
    );
    byId("recipient", HTMLElement).textContent = KeyId;
    byId("key-arn", HTMLElement).textContent = KeyId;
    byId("key-fingerprint", HTMLElement).textContent = inGroups(publicKey.spkiSha256);
    byId("key-export", HTMLElement).textContent = JSON.stringify(response, null, 2);
  }
}
