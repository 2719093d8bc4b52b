// Compiled, never run: the declarations stand on their own, without Node's types.

import {
  BongtuError,
  inspect,
  Keyring,
  KmsPublicKey,
  open,
  openSecret,
  openStream,
  type SecretOptions,
  seal,
  sealedSize,
  sealSecret,
  sealStream,
} from "bongtu";

declare const file: File;
declare const pem: string;

const key: KmsPublicKey = KmsPublicKey.parse(pem, { spkiSha256: "00" });
const spec: string = key.keySpec;
const keyring: Keyring = Keyring.kmsRsa({
  publicKey: key,
  keyArn: "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  kms: {
    async decrypt(request, { signal }) {
      const { KeyId, CiphertextBlob }: { KeyId: string; CiphertextBlob: Uint8Array } = request;
      signal?.throwIfAborted();
      return { KeyId, Plaintext: CiphertextBlob };
    },
  },
});

// Only objects that Keyring makes are keyrings.
// @ts-expect-error
export const described: Keyring = { ...keyring };

export async function everyFunction(): Promise<unknown[]> {
  const encryptionContext: Record<string, string> = { purpose: "types" };
  const message: Uint8Array = await seal(keyring, file, { encryptionContext, frameLength: 4096 });
  const sealing: ReadableWritablePair<Uint8Array, Uint8Array> = sealStream(keyring, {
    encryptionContext,
    onProgress: ({ bytes, total }: { bytes: number; total?: number | undefined }) =>
      bytes + (total ?? 0),
  });
  const opening = openStream(keyring, { commitmentPolicy: "REQUIRE_ENCRYPT_REQUIRE_DECRYPT" });
  const sealed: ReadableStream<Uint8Array> = file.stream().pipeThrough(sealing);
  const { plaintext, suite } = await open(keyring, message, { signal: AbortSignal.timeout(1000) });
  const { encryptionContext: verified } = await opening.header;
  const description = await inspect(sealed);
  const options: SecretOptions = { form: "direct", target: "ssm-standard" };
  const secret: Uint8Array = await openSecret(keyring, await sealSecret(key, "hunter2", options));
  return [
    secret,
    spec,
    plaintext,
    suite,
    verified.purpose,
    description,
    sealedSize(keyring, 1, {}),
  ];
}

export function describe(error: unknown): string {
  if (!(error instanceof BongtuError)) return "not ours";
  switch (error.code) {
    case "ERR_TRUNCATED":
      return "cut short";
    // @ts-expect-error: codes are a closed union, a misspelt one does not compile
    case "ERR_TRUNCATE":
      return "never";
    default:
      return error.code;
  }
}

// @ts-expect-error: a string is no source, it would be ambiguous
export const refused = (): unknown => seal(keyring, "text");
