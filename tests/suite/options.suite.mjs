// Every function of the package refuses options whose names it does not know, and does nothing else.

import * as bongtu from "bongtu";
import { assert, test } from "#harness";
import { surroundings, TABLE, WITHOUT } from "./option-table.mjs";
import { failure } from "./support.mjs";

/** `name`, or what it has: functions of a class, of its instances, of an object. */
function functionsOf(name, value) {
  const members = (owner, separator) =>
    Object.getOwnPropertyNames(owner)
      .filter((member) => !["length", "name", "prototype", "constructor"].includes(member))
      .filter((member) => {
        const found = Object.getOwnPropertyDescriptor(owner, member);
        return typeof found.value === "function";
      })
      .map((member) => `${name}${separator}${member}`);
  if (Array.isArray(value) || value.prototype instanceof Error) {
    return [name];
  }
  if (typeof value === "object") {
    return members(value, ".");
  }
  return /^class\b/.test(value.toString())
    ? [...members(value, "."), ...members(value.prototype, "#")]
    : [name, ...members(value, ".")];
}

/** The ways in which people misspell a name. */
function slips(name) {
  const all = [
    name.toLowerCase(),
    name.toUpperCase(),
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    name.slice(0, -1),
    `${name}s`,
    name.replace(/^(.*)(.)(.)$/, "$1$3$2"),
    `${name}\u200b`,
  ];
  return new Set(all.filter((slip) => slip !== name));
}

test("every function that there is stands in one of the two tables", () => {
  const all = Object.entries(bongtu).flatMap(([name, value]) => functionsOf(name, value));
  for (const name of all) {
    assert.ok(name in TABLE !== name in WITHOUT, `${name}: what are its options?`);
  }
  for (const name of [...Object.keys(TABLE), ...Object.keys(WITHOUT)]) {
    assert.ok(all.includes(name) || /[. ]/.test(name), `${name} is not there`);
  }
});

for (const [name, [names, call]] of Object.entries(TABLE)) {
  const prefix = name.split(" ")[0].endsWith(".") ? name.split(" ")[0] : "";

  test(`${name}: another name is refused, whatever it holds, before anything is done`, async () => {
    const given = await surroundings();
    for (const options of [{ nobodyReads: 1 }, { nobodyReads: undefined }]) {
      given.happened.length = 0;
      const inTime = given.source();
      const { message } = await failure(
        (async () => call(options, { ...given, source: () => inTime }))(),
        "ERR_INPUT",
      );
      const listed = names.length === 0 ? "none here" : names.join(", ");
      const [, found] = message.split(/[Tt]here are /);
      assert.deepEqual(found?.split(", ").sort(), listed.split(", ").sort(), message);
      assert.ok(message.startsWith(`there is no option ${prefix}nobodyReads;`), message);
      const cancelled = inTime.locked ? ["cancel"] : [];
      assert.deepEqual(given.happened, cancelled);
    }
  });

  test(`${name}: the name that was meant is said`, async () => {
    const given = await surroundings();
    for (const known of names) {
      for (const slip of slips(known)) {
        const run = async () => call({ [slip]: undefined }, given);
        const { message } = await failure(run(), "ERR_INPUT");
        const expected = `did you mean ${prefix}${known}? There are `;
        assert.ok(message.includes(expected), `${JSON.stringify(slip)}: ${message}`);
      }
    }
  });

  test(`${name}: names that there are, are taken`, async () => {
    const given = await surroundings();
    const source = () =>
      name === "openObject" ? given.object.body : new Blob([given.message]).stream();
    for (const known of names) {
      const run = async () => call({ [known]: undefined }, { ...given, source });
      const [{ reason }] = await Promise.allSettled([run()]);
      assert.ok(!/there is no/.test(reason?.message), `${known}: ${reason?.message}`);
    }
  });
}
