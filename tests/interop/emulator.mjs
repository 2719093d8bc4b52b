// AWS KMS (real RSA) and S3 on this machine: starts and stops ministack. Needs nothing but Node, so that anything that
// wants an AWS to talk to can use it.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:http";
import { createServer } from "node:net";
import { devNull, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const HOST = "127.0.0.1";
const START_MS = 120_000;
/** A port that was free may be somebody else's by the time it is bound. */
const ATTEMPTS = 3;
// It ends when its standard input does: with this process, however that dies.
const FOLLOWING = `
import os, sys, threading
def follow():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=follow, daemon=True).start()
`;
// It is started as its own command starts it.
const ON_A_PORT = `${FOLLOWING}
sys.argv = ["ministack"]
from ministack.app import main
main()
`;
// The same on a socket in its own folder, which its command does not offer.
const ON_A_SOCKET = `${FOLLOWING}
import asyncio
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app
config = Config()
config.bind = ["unix:" + os.path.abspath("socket")]
config.keep_alive_timeout = 75
asyncio.run(serve(app, config))
`;

/** The folder of the tools that pkg-scripts/setup installs. */
export const toolsFolder = process.env.BONGTU_TOOLS || join(homedir(), ".cache/bongtu-tools");

/**
 * Starts one on a free loopback port.
 *
 * It answers whoever comes: any Host, any page's Origin, and signatures that are none. With `door`, the port of what is to
 * stand before it and does check, it has no port of its own, but a socket that only this user can reach, and credentials
 * of this start.
 * @param {{ services?: string[], region?: string, door?: number }} [options]
 * @returns {Promise<Emulator>}
 *
 * @typedef {object} Emulator
 * @property {string} endpoint for `endpoint` of an AWS SDK client: its own, or that of the door
 * @property {string | undefined} socket behind a door
 * @property {number} pid
 * @property {string} region
 * @property {{ accessKeyId: string, secretAccessKey: string }} credentials the ones whose signatures it checks
 * @property {NodeJS.ProcessEnv} env this environment with the same three and no other AWS settings, for programs that use
 *   an AWS SDK
 * @property {() => Promise<void>} stop
 */
export async function startEmulator({ services = ["kms"], region = "us-west-2", door } = {}) {
  const python = join(toolsFolder, "venv-ministack/bin/python");
  if (!existsSync(python)) throw new Error(`${python} is missing: run pkg-scripts/setup python`);

  for (let attempt = 1; ; attempt++) {
    try {
      return await start(python, services, region, door);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(python, services, region, door) {
  const port = door ?? (await freePort());
  const endpoint = `http://${HOST}:${port}`;
  const folder = await mkdtemp(join(tmpdir(), "ministack-")); // nobody else's to enter
  const socket = door === undefined ? undefined : join(folder, "socket");
  const credentials =
    door === undefined
      ? { accessKeyId: "test", secretAccessKey: "test" }
      : { accessKeyId: randomName(), secretAccessKey: randomName() };
  const server = spawn(python, ["-c", socket === undefined ? ON_A_PORT : ON_A_SOCKET], {
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
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
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
    const address = socket === undefined ? { host: HOST, port } : { socketPath: socket };
    await answering({ ...address, path: "/_ministack/health" }, ended);
  } catch (cause) {
    await stop();
    throw new Error(`ministack did not start:\n${said()}`, { cause });
  }
  const env = environment(endpoint, region, credentials);
  return { endpoint, socket, pid: server.pid, region, credentials, env, stop };
}

/** A secret of letters and digits, which is also an access key id. */
const randomName = () => `KEY${randomBytes(20).toString("hex").toUpperCase()}`;

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

async function answering(request, ended) {
  let over = false;
  ended.then(() => {
    over = true;
  });
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(50)) {
    if (over) throw new Error("it ended");
    if ((await statusOf(request).catch(() => undefined)) === 200) return;
  }
  throw new Error(`no answer in ${START_MS / 1000} s`);
}

function statusOf(request) {
  return new Promise((resolve, reject) => {
    get(request, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
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
