import { KmsPublicKey, type PublicKeyOptions } from "../../node.js";
import { readSmall } from "../files/input.js";

/** Reads a public key in any form that KMS exports. */
export async function readPublicKey(
  operand: string,
  options?: PublicKeyOptions,
): Promise<KmsPublicKey> {
  return KmsPublicKey.parse(await readSmall(operand, "a public key"), options);
}
