// A spool and a store to send it to: over a folder in Node and over the origin private file system in Chromium, or in memory, where a
// test can make it fail.

import { multipartPlan, sealBlob, spool, uploadParts } from "bongtu";
import { assert, keptFiles, spoolPlace } from "#harness";
import { useSpoolStores } from "../../pkg/js/platform/platform.js";
import { FakeS3, requestsTo } from "../support/fake-s3.mjs";
import { bytes, failure, fixture } from "./support.mjs";
import { DATA, PART, URL_OF_OBJECT } from "./upload-store.mjs";

export const SMALL = bytes(1000);

export async function sealed(data = DATA) {
  return await sealBlob((await fixture()).keyring, data);
}

/** A spool of four parts, its bytes, and a store to send them to. */
export async function prepared(name, data = DATA) {
  const place = await spoolPlace();
  const whole = await sealed(data);
  const expected = new Uint8Array(await whole.arrayBuffer());
  const kept = await spool(whole, { name, ...place, partSize: PART });
  whole.dispose();
  return { place, kept, expected };
}

/** A store whose network is `interfere(request, fetch)`. */
export function store(s3 = new FakeS3(), interfere = (_, fetch) => fetch()) {
  const fetch = (url, init = {}) => {
    const query = new URL(url).searchParams;
    const part = Number(query.get("partNumber"));
    return interfere({ part, method: init.method ?? "GET", query }, () => s3.fetch(url, init));
  };
  return { s3, requests: requestsTo(URL_OF_OBJECT, fetch) };
}

/** Uploads one part after the other and dies after `count` of them, as a page that is closed. */
export async function die(kept, s3, count, options = {}) {
  const controller = new AbortController();
  const { requests } = store(s3, async ({ method }, fetch) => {
    if (method === "PUT" && s3.stored.length >= count) {
      controller.abort(new Error("closed"));
      throw new TypeError("Failed to fetch");
    }
    return await fetch();
  });
  const { signal } = controller;
  const oneByOne = multipartPlan(kept, { partSize: PART, concurrency: 1 });
  const uploading = uploadParts(kept, oneByOne, { ...requests, ...options, signal });
  await failure(uploading, "ERR_ABORTED");
}

export async function assertNothingKept() {
  assert.deepEqual(
    (await keptFiles()).map(({ name }) => name),
    [],
  );
}

/** A store in memory, of which one method fails as a full disk does. */
export function failingStore(method, error) {
  const files = new Map();
  const records = new Map();
  const locks = new Set();
  const may = async (name) => {
    if (name === method) throw error;
  };
  return {
    files,
    records,
    locks,
    ids: async () => [...new Set([...files.keys(), ...records.keys()])],
    async lock(id) {
      if (locks.has(id)) return undefined;
      locks.add(id);
      return async () => void locks.delete(id);
    },
    room: async () => (method === "room" ? 10 : undefined),
    async create(id) {
      await may("create");
      const pieces = [];
      files.set(id, pieces);
      return {
        async write(piece) {
          if (pieces.length > 0) await may("write");
          pieces.push(piece.slice());
        },
        close: () => may("close"),
        abort: async () => void files.delete(id),
      };
    },
    size: async (id) => files.get(id)?.reduce((total, { length }) => total + length, 0),
    async read(id, start, end) {
      await may("read");
      return new Uint8Array(await new Blob(files.get(id)).slice(start, end).arrayBuffer());
    },
    readRecord: async (id) => records.get(id),
    async writeRecord(id, text) {
      await may("writeRecord");
      records.set(id, text);
    },
    async delete(id) {
      records.delete(id);
      files.delete(id);
    },
  };
}

/** Keeps spools there instead, without a folder. */
export function useStore(store) {
  return useSpoolStores({ origin: async () => store });
}

export async function withStore(kept, run) {
  const before = useStore(kept);
  try {
    return await run();
  } finally {
    useSpoolStores(before);
  }
}
