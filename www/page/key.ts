// Step 1: the exported public key, what it is, and whether it is the one that was meant.

import { Keyring, KmsPublicKey } from "bongtu";

import type { BackEnd } from "./back-end.ts";
import { byId } from "./dom.ts";
import { inGroups } from "./format.ts";
import { Step } from "./step.ts";

/** KMS GetPublicKey, as JSON. */
export interface PublicKeyResponse {
  KeyId: string;
  PublicKey: string;
  KeySpec: string;
  KeyUsage: string;
  EncryptionAlgorithms: string[];
}

/** Whom files are sealed to, and what every message says about itself. */
export interface Recipient {
  keyring: Keyring;
  encryptionContext: Record<string, string>;
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
      const { publicKey: response, encryptionContext } = await this.#backEnd.key();
      const { pin } = this.#backEnd;
      const publicKey = KmsPublicKey.parse(response, pin === undefined ? {} : { spkiSha256: pin });
      const keyring = Keyring.kmsRsa({ publicKey, keyArn: response.KeyId });
      this.#show(response, publicKey, pin !== undefined);
      this.#step.done("The public key is here.");
      this.#onKey({ keyring, encryptionContext });
    } catch (error) {
      this.#step.fail(error);
    }
  }

  #show(response: PublicKeyResponse, publicKey: KmsPublicKey, pinned: boolean): void {
    const text = (id: string, value: string) => {
      byId(id, HTMLElement).textContent = value;
    };
    const { KeyId, KeyUsage, EncryptionAlgorithms } = response;
    text("recipient", KeyId);
    text("key-kind", `${publicKey.keySpec}, ${KeyUsage}, ${EncryptionAlgorithms.join(" or ")}`);
    text("key-arn", KeyId);
    text("key-fingerprint", inGroups(publicKey.spkiSha256));
    text(
      "key-pin",
      pinned
        ? "Pinned: the address you opened brought this fingerprint from the terminal. Any other key would have been refused."
        : "Not pinned: the address you opened brought no fingerprint to compare with.",
    );
    text("key-export", JSON.stringify(response, null, 2));
  }
}
