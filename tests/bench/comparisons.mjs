// Which task is compared with which, and the ratio below which something is wrong.

const SMALL = 64 * 1024;

const ONE_SHOT = { seal: "encrypt in one shot", open: "decrypt in one shot" };
// In 512 KiB writes.
const CIPHER = {
  "seal bytes": "createCipheriv, one result",
  "seal a stream": "createCipheriv",
  "open bytes": "createDecipheriv, one result",
  "open a stream": "createDecipheriv",
  "seal an object": "createCipheriv",
  "open an object": "createDecipheriv",
  "open an object in one pass": "createDecipheriv",
};
const FILE = "read a File and encrypt in one shot";

/** Pairs [task, what it is measured against, floor?] among the tasks that ran. */
export function comparisonsOf(engine, size, names) {
  return names
    .filter((name) => /^(seal|open) /.test(name))
    .flatMap((name) => {
      if (name.endsWith("a File")) return [[name, FILE, size > SMALL ? 1.6 : undefined]];
      return [
        [name, ONE_SHOT[name.slice(0, 4)], oneShotFloor(engine, size, name)],
        [name, CIPHER[name], name === "open an object" ? 0.75 : 0.85],
      ];
    })
    .filter(([, against]) => names.includes(against));
}

/** In Chromium, by what is done; objects are opened in two passes unless it says otherwise. */
const FLOORS = { "seal an object": 1.6, "open an object": 1.2, "open an object in one pass": 1.5 };

function oneShotFloor(engine, size, name) {
  if (size <= SMALL) return 0.7;
  if (engine !== "chromium") return undefined;
  return FLOORS[name] ?? { seal: 1.3, open: 1.2 }[name.slice(0, 4)];
}
