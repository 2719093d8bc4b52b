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

/** The comparisons in Chromium, by task. Objects are opened in two passes unless the name says otherwise. */
const FLOORS = { "seal an object": 1.6, "open an object": 1.2, "open an object in one pass": 1.5 };

function opponentOf(engine, size, task) {
  if (task.endsWith("a File")) {
    return { against: FILE, floor: size > SMALL ? 1.6 : undefined };
  }
  const direction = task.slice(0, 4);
  if (size <= SMALL) {
    return { against: ONE_SHOT[direction], floor: 0.7 };
  }
  return engine === "node"
    ? { against: CIPHER[task], floor: task === "open an object" ? 0.75 : 0.85 }
    : { against: ONE_SHOT[direction], floor: FLOORS[task] ?? { seal: 1.3, open: 1.2 }[direction] };
}
