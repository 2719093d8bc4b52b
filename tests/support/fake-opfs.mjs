// The origin private file system and the locks of a browser, in memory, in each shape that browsers gave them.

/** The ways in which files are written: by a stream, or by handles whose methods answer at once or by promises. */
export const SHAPES = ["stream", "handle", "handle of promises"];

/**
 * A `navigator`, and the files of its origin: names and bytes. There is room for so many bytes, of which a handle writes no more
 * than `step` at a time.
 */
export function fakeOrigin({
  shape = "stream",
  room = Number.POSITIVE_INFINITY,
  step = Number.POSITIVE_INFINITY,
  files = new Map(),
} = {}) {
  const used = () => Array.from(files.values()).reduce((total, { length }) => total + length, 0);
  const writable = new Set();

  const fileHandle = (name) => {
    const handle = {
      kind: "file",
      name,
      async getFile() {
        if (!files.has(name)) throw new DOMException("not there", "NotFoundError");
        return new File([files.get(name)], name);
      },
    };
    if (shape === "stream") {
      handle.createWritable = async () => streamOn(name);
    } else if (shape !== "none") {
      handle.createSyncAccessHandle = async () => accessHandle(name);
    }
    return handle;
  };

  const streamOn = (name) => {
    const pieces = [];
    return {
      async write(piece) {
        pieces.push(Buffer.from(piece));
        if (used() + Buffer.concat(pieces).length > room) {
          throw new DOMException("full", "QuotaExceededError");
        }
      },
      close: async () => void files.set(name, Buffer.concat(pieces)),
      abort: async () => {},
    };
  };

  const accessHandle = (name) => {
    if (writable.has(name)) throw new DOMException("open", "NoModificationAllowedError");
    writable.add(name);
    let open = true;
    const answer = shape === "handle" ? (value) => value : (value) => Promise.resolve(value);
    const live = () => {
      if (!open) throw new DOMException("closed", "InvalidStateError");
    };
    return {
      // At once in every browser, and no more than there is room for.
      write(piece, { at }) {
        live();
        const before = files.get(name);
        const written = Math.min(piece.length, step, room - used());
        const after = Buffer.alloc(Math.max(before.length, at + written));
        after.set(before);
        after.set(piece.subarray(0, written), at);
        files.set(name, after);
        return written;
      },
      truncate(size) {
        live();
        files.set(name, files.get(name).subarray(0, size));
        return answer(undefined);
      },
      flush() {
        live();
        return answer(undefined);
      },
      getSize() {
        live();
        return answer(files.get(name).length);
      },
      close() {
        open = false;
        writable.delete(name);
        return answer(undefined);
      },
    };
  };

  const directory = {
    async getFileHandle(name, { create = false } = {}) {
      if (!files.has(name)) {
        if (!create) throw new DOMException("not there", "NotFoundError");
        files.set(name, Buffer.alloc(0));
      }
      return fileHandle(name);
    },
    async removeEntry(name) {
      if (writable.has(name)) throw new DOMException("open", "NoModificationAllowedError");
      if (!files.delete(name)) throw new DOMException("not there", "NotFoundError");
    },
    keys: () => Array.from(files.keys())[Symbol.iterator](),
  };

  const storage = {
    getDirectory: async () => directory,
    estimate: async () => ({ quota: undefined, usage: undefined }),
  };
  return { files, directory, open: writable, navigator: { storage, locks: fakeLocks() } };
}

function fakeLocks() {
  const queues = new Map();
  return {
    async request(name, ...given) {
      const callback = given.pop();
      const { ifAvailable = false } = given[0] ?? {};
      const before = queues.get(name);
      if (before !== undefined && ifAvailable) return await callback(null);
      const mine = (async () => {
        await before?.catch(() => {});
        return await callback({ name });
      })();
      queues.set(name, mine);
      try {
        return await mine;
      } finally {
        if (queues.get(name) === mine) queues.delete(name);
      }
    },
  };
}
