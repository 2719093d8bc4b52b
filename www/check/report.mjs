/** Says that something holds, or throws that it does not. */
export function check(statement, holds) {
  if (!holds) throw new Error(`this does not hold: ${statement}`);
  console.log(`ok      ${statement}`);
}
