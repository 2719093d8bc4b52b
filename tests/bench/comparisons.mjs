// Which task is compared with which, and the ratio below which something is wrong.

const SMALL = 64 * 1024;

const ONE_SHOT = { seal: "encrypt in one shot", open: "decrypt in one shot" };
// In 512 KiB writes.
const CIPHER = {
  "seal bytes": "createCipheriv, one result",
  "seal a stream": "createCipheriv",
  "open bytes": "createDecipheriv, one result",
  "open a stream": "createDecipheriv",
};
const FILE = "read a File and encrypt in one shot";

/** Pairs [task, what it is measured against, floor?] among the tasks that ran. */
export function comparisonsOf(engine, size, names) {
  return names
    .filter((name) => /^(seal|open) /.test(name))
    .flatMap((name) => {
      if (name === "seal a File") return [[name, FILE, size > SMALL ? 1.6 : undefined]];
      const operation = name.slice(0, 4);
      return [
        [name, ONE_SHOT[operation], oneShotFloor(engine, size, operation)],
        [name, CIPHER[name], 0.85],
      ];
    })
    .filter(([, against]) => names.includes(against));
}

function oneShotFloor(engine, size, operation) {
  if (size <= SMALL) return 0.7;
  if (engine === "chromium") return { seal: 1.3, open: 1.2 }[operation];
  return undefined;
}
