// The demo as one thing to start and stop: ministack, the back end and the page, all on loopback.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { KmsPublicKey } from "bongtu";

import { startEmulator } from "../../tests/interop/emulator.mjs";
import { createApi } from "./api.mjs";
import { createCloud } from "./cloud.mjs";
import { createGuard } from "./guard.mjs";
import { buildPage } from "./page.mjs";
import { createRouter } from "./router.mjs";

/**
 * @typedef {object} Demo
 * @property {string} url the page's address, with the token and the key's fingerprint in its fragment
 * @property {string} origin
 * @property {string} token
 * @property {import("../../tests/interop/emulator.mjs").Emulator} emulator
 * @property {import("./cloud.mjs").Cloud} cloud
 * @property {() => Promise<void>} stop
 */

/** @returns {Promise<Demo>} */
export async function startDemo() {
  const emulator = await startEmulator({ services: ["kms", "s3"] });
  const server = createServer();
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await emulator.stop();
  };
  try {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const host = `127.0.0.1:${server.address().port}`;
    const origin = `http://${host}`;
    const token = randomBytes(32).toString("base64url");

    const [cloud, page] = await Promise.all([createCloud(emulator, origin), buildPage()]);
    server.on(
      "request",
      createRouter({
        page,
        api: createApi(cloud),
        guard: createGuard({ host, origin, token }),
        bucketUrl: cloud.bucketUrl,
      }),
    );
    // The fingerprint reaches the page by another way than the key does, so the page can pin it.
    const { spkiSha256 } = KmsPublicKey.parse(cloud.publicKey);
    const url = `${origin}/#token=${token}&key=${spkiSha256}`;
    return { url, origin, token, emulator, cloud, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
