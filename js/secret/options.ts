// The forms and targets of small secrets. Rust knows the limits of each.

import type { OperationOptions } from "../base/operation.js";
import type { EncryptionContext } from "../base/options.js";
import type { EncryptionAlgorithm } from "../keys/public-key.js";
import type { OpenOptions } from "../message/open.js";

/**
 * `armoured`: base64 of an AWS Encryption SDK message, as `seal` makes it. `direct`: base64 of one
 * RSA block over the secret itself, which `aws kms decrypt` opens by itself; its KMS key should open
 * direct secrets and nothing else.
 */
export type SecretForm = "armoured" | "direct";

/**
 * The place where a value will be stored: a standard (4,096 characters) or advanced (8,192) parameter of SSM
 * Parameter Store; Secrets Manager (65,536); an environment variable of Lambda (4 KB for all
 * variables together, names included: one value alone has 4,087 characters) or CodeBuild (about
 * 5,500 for all together); a field of an event in CloudWatch Logs (262,118, which every Region
 * takes).
 */
export type SecretTarget =
  | "ssm-standard"
  | "ssm-advanced"
  | "secrets-manager"
  | "lambda"
  | "codebuild"
  | "cloudwatch-logs";

export interface SecretOptions extends OperationOptions {
  /** `armoured` unless set. */
  readonly form?: SecretForm | undefined;
  /** A value that does not fit there is refused (`ERR_LIMIT`) before it is sealed; direct ones always do. */
  readonly target?: SecretTarget | undefined;
  /** The encryption context of an armoured secret, as in `seal`; a direct one has none. */
  readonly encryptionContext?: EncryptionContext | undefined;
  /** Only for sealing to a `KmsPublicKey`: RSAES_OAEP_SHA_256 unless set. A keyring has its own algorithm. */
  readonly algorithm?: EncryptionAlgorithm | undefined;
}

export interface OpenSecretOptions extends OpenOptions {
  /** A value of the other form is refused before KMS is asked; either is opened unless set. */
  readonly form?: SecretForm | undefined;
}
