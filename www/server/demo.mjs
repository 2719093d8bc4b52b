// The demo as one thing to start and stop: the back end and the page, and ministack behind its door, all on loopback.

import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { KmsPublicKey } from "bongtu";

import { startEmulator } from "../../tests/interop/emulator.mjs";
import { createApi } from "./api.mjs";
import { createCloud } from "./cloud.mjs";
import { createDoor } from "./door.mjs";
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
  const server = createServer();
  const doorway = createServer();
  let emulator;
  const stop = async () => {
    for (const it of [server, doorway]) {
      it.closeAllConnections();
      it.close();
    }
    await emulator?.stop();
  };
  try {
    const [host, doorHost] = await Promise.all([server, doorway].map(listen));
    const origin = `http://${host}`;
    const door = doorway.address().port;
    emulator = await startEmulator({ services: ["kms", "s3"], door });
    const bucket = `bongtu-demo-${randomUUID().slice(0, 8)}`;
    doorway.on("request", createDoor({ host: doorHost, origin, bucket, emulator }));
    const token = randomBytes(32).toString("base64url");

    const [cloud, page] = await Promise.all([createCloud(emulator, bucket, origin), buildPage()]);
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

/** @returns {Promise<string>} what a request calls it */
async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${server.address().port}`;
}
