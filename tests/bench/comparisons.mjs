// The tasks that are compared with each other, and the ratio below which something is wrong.

const SMALL = 64 * 1024;

const ONE_SHOT = { seal: "encrypt in one shot", open: "decrypt in one shot" };
// Both have the same source and the same consumer.
const CIPHER = {
  "seal bytes": "createCipheriv, one result",
  "seal a stream": "createCipheriv, stream to stream",
  "open bytes": "createDecipheriv, one result",
  "open a stream": "createDecipheriv, stream to stream",
  "seal an object": "createCipheriv, bytes to stream",
  "open an object": "createDecipheriv, bytes to stream",
  "open an object in one pass": "createDecipheriv, bytes to stream",
};
const FILE = "read a File and encrypt in one shot";

/** `{ task, against, bare?, floor? }` for the tasks there are. */
export function comparisonsOf(engine, size, names) {
  return names
    .filter((name) => /^(seal|open) /.test(name))
    .map((task) => ({ task, ...opponentOf(engine, size, task), bare: bareOf(task, names) }))
    .filter(({ against }) => names.includes(against));
}

function bareOf(task, names) {
  return names.find((name) => name === `bare: ${task}`);
}

/** By what is done; objects are opened in two passes unless it says otherwise. */
const FLOORS = {
  chromium: {
    "seal a stream": 1.5,
    "open a stream": 1.3,
    "seal bytes": 1,
    "open bytes": 1,
    "seal a File": 1.2,
    "seal an object": 1.7,
    "open an object": 1.35,
    "open an object in one pass": 1.4,
    "seal an object of a File": 1.35,
  },
  node: {
    "seal a stream": 0.55,
    "open a stream": 0.55,
    "seal bytes": 0.65,
    "open bytes": 0.65,
    "seal an object": 0.6,
    "open an object": 0.5,
    "open an object in one pass": 0.58,
  },
};

/** Small payloads wait for one RSA wrap and one call of AES, which Chromium makes in no time. */
const SMALL_FLOOR = 0.7;
const SMALL_SEALS_IN_CHROMIUM = { 1024: 0.13, [SMALL]: 0.2 };

function opponentOf(engine, size, task) {
  const direction = task.slice(0, 4);
  const small = size <= SMALL;
  if (task.endsWith("a File")) {
    return { against: FILE, floor: small ? undefined : FLOORS[engine][task] };
  }
  if (small) {
    const seals = engine === "chromium" && direction === "seal";
    const floor = seals ? SMALL_SEALS_IN_CHROMIUM[size] : SMALL_FLOOR;
    return { against: ONE_SHOT[direction], floor };
  }
  const against = engine === "node" ? CIPHER[task] : ONE_SHOT[direction];
  return { against, floor: FLOORS[engine][task] };
}
