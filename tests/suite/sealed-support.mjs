// Everything that can be sealed in slices, as the suites of Sealed try it.

import { open, sealBlob, sealObject } from "bongtu";
import { bytes, CHUNK, fixture, openAll, stored, testWithEach } from "./support.mjs";

export const FRAME_LENGTH = 100_000;
export const DATA = bytes(3 * CHUNK + 5);

/** The things that can be sealed in slices, and how each is opened. */
export const KINDS = {
  message: {
    seal: (keyring, source, options) =>
      sealBlob(keyring, source, { frameLength: FRAME_LENGTH, ...options }),
    open: async (keyring, _, body) => (await open(keyring, body)).plaintext,
  },
  "object v3": {
    seal: (keyring, source, options) => sealObject(keyring, source, options),
    open: (keyring, sealed, body) => openAll(keyring, stored(sealed, body)),
  },
  "object v2": {
    seal: (keyring, source, options) => sealObject(keyring, source, { format: "v2", ...options }),
    open: (keyring, sealed, body) => openAll(keyring, stored(sealed, body)),
  },
};

/** Registers a test for every kind under every executor. */
export function testKinds(name, run) {
  for (const [kind, { seal, open }] of Object.entries(KINDS)) {
    testWithEach(`${name}: ${kind}`, async () => {
      const { keyring } = await fixture();
      await run(
        (source, options) => seal(keyring, source, options),
        (...it) => open(keyring, ...it),
      );
    });
  }
}
