// Choosing test cases out of the combinations of their properties.

/** Every combination of one value each: rows with the same names. */
export function combinations(properties) {
  return Object.entries(properties).reduce(
    (made, [name, values]) =>
      made.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/**
 * Few of the rows, which still have every pair of values that any row has: takes, again and again, the first row with the
 * most pairs not seen yet.
 */
export function pairwise(rows) {
  const chosen = [];
  const missing = new Set(rows.flatMap(pairsOf));
  const news = (row) => pairsOf(row).filter((pair) => missing.has(pair)).length;
  while (missing.size > 0) {
    const best = rows.reduce((a, b) => (news(b) > news(a) ? b : a));
    for (const pair of pairsOf(best)) missing.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

function pairsOf(row) {
  const values = Object.entries(row).map((entry) => entry.join("="));
  return values.flatMap((one, index) => values.slice(index + 1).map((other) => `${one} ${other}`));
}

/** One row for each key. */
export function firstOfEach(rows, keyOf) {
  return [...new Map(rows.toReversed().map((row) => [keyOf(row), row])).values()];
}
