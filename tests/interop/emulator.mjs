// AWS KMS (real RSA) and S3 on this machine: starts and stops ministack. Needs nothing but Node, so that anything that
// wants an AWS to talk to can use it.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { devNull, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const HOST = "127.0.0.1";
const START_MS = 120_000;
/** A port that was free may be somebody else's by the time it is bound. */
const ATTEMPTS = 3;
// ministack as its own command starts it, but it ends when its standard input does: with this process, however that dies.
const PROGRAM = `
import os, sys, threading
def follow():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=follow, daemon=True).start()
sys.argv = ["ministack"]
from ministack.app import main
main()
`;

/** Where the tools that pkg-scripts/setup installs are. */
export const toolsFolder = process.env.BONGTU_TOOLS || join(homedir(), ".cache/bongtu-tools");

/**
 * Starts one on a free loopback port.
 * @param {{ services?: string[], region?: string }} [options]
 * @returns {Promise<Emulator>}
 *
 * @typedef {object} Emulator
 * @property {string} endpoint for `endpoint` of an AWS SDK client
 * @property {string} region
 * @property {{ accessKeyId: string, secretAccessKey: string }} credentials the only ones whose signatures it checks
 * @property {NodeJS.ProcessEnv} env this environment with the same three and no other AWS settings, for programs that use
 *   an AWS SDK
 * @property {() => Promise<void>} stop
 */
export async function startEmulator({ services = ["kms"], region = "us-west-2" } = {}) {
  const python = join(toolsFolder, "venv-ministack/bin/python");
  if (!existsSync(python)) throw new Error(`${python} is missing: run pkg-scripts/setup python`);

  for (let attempt = 1; ; attempt++) {
    try {
      return await start(python, services, region);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(python, services, region) {
  const port = await freePort();
  const endpoint = `http://${HOST}:${port}`;
  const folder = await mkdtemp(join(tmpdir(), "ministack-"));
  const server = spawn(python, ["-c", PROGRAM], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: folder,
      // Both are needed to keep it off the other network interfaces.
      BIND_HOST: HOST,
      IOT_MTLS_ENABLED: "0",
      MINISTACK_HOST: HOST,
      GATEWAY_PORT: String(port),
      EDGE_PORT: String(port),
      MINISTACK_REGION: region,
      SERVICES: services.join(","),
      AUTH: "true",
    },
  });
  const said = lastLines(server.stdout, server.stderr);
  const ended = new Promise((resolve) => server.once("close", resolve));

  const stop = async () => {
    server.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answering(`${endpoint}/_ministack/health`, ended);
  } catch (cause) {
    await stop();
    throw new Error(`ministack did not start:\n${said()}`, { cause });
  }
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return { endpoint, region, credentials, env: environment(endpoint, region, credentials), stop };
}

function environment(endpoint, region, { accessKeyId, secretAccessKey }) {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  return {
    ...Object.fromEntries(others),
    NO_PROXY: HOST,
    no_proxy: HOST,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** A port that was free a moment ago. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, HOST, () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answering(url, ended) {
  let over = false;
  ended.then(() => {
    over = true;
  });
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(50)) {
    if (over) throw new Error("it ended");
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`no answer in ${START_MS / 1000} s`);
}

/** Reads the streams, so that the writer never waits, and keeps the end of what they said. */
function lastLines(...streams) {
  let text = "";
  for (const stream of streams) {
    stream.setEncoding("utf8").on("data", (piece) => {
      text = (text + piece).slice(-2_000);
    });
  }
  return () => text;
}
