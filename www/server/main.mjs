// Starts the demo, prints its address and stops everything on Ctrl-C, SIGTERM or a closed terminal.

import { startDemo } from "./demo.mjs";

const starting = startDemo();
let stopping = false;

async function stop() {
  stopping = true;
  const demo = await starting.catch(() => undefined); // which has cleaned up after itself
  await demo?.stop();
  process.exit();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, stop);

try {
  const { url } = await starting;
  console.log(`
  ${url}

  The address carries this start's token and the fingerprint of the key; keep it to yourself.
  KMS and S3 are ministack, on this machine only. Ctrl-C stops it, and nothing outlives it but what the
  browser keeps of an upload in parts that was neither finished nor discarded: ciphertext.
`);
} catch (error) {
  if (!stopping) {
    console.error(error);
    process.exitCode = 1;
  }
}
