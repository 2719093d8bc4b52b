"""The official Python AWS Encryption SDK as a judge of AWS KMS RSA messages.

One JSON command per line of standard input, one JSON answer line each:

    {"op": "open", "arn", "algorithm", "in", "out", "context"}
    {"op": "seal", "arn", "algorithm", "publicKey", "in", "out", "context", "frameLength", "others"}
    -> {"ok": true, "context": {...}} with the message's whole encryption context, or {"error": "..."}

To open, `context` has pairs that must be in the message. `others`, which may be left out, are more {"arn", "publicKey"} to seal to.
`in`, `out` and `publicKey` (PEM) are files. KMS is asked where the AWS variables of the environment say, in the Region of the ARN.
"""

import functools
import json
import sys

import aws_encryption_sdk
import boto3
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsRsaKeyringInput, CreateMultiKeyringInput
from aws_encryption_sdk.identifiers import AlgorithmSuite, CommitmentPolicy

CLIENT = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
PROVIDERS = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(command):
    try:
        return {"ok": True, "context": {"open": open_message, "seal": seal_message}[command["op"]](command)}
    except Exception as error:  # whatever it is, the judge has refused
        text = " | ".join(f"{type(e).__name__}: {e}" for e in chain(error))
        return {"error": " ".join(text.split())}


def open_message(command):
    plaintext, header = CLIENT.decrypt(
        source=read(command["in"]),
        keyring=keyring(command["arn"], command["algorithm"], None),
        encryption_context=command["context"],
    )
    write(command["out"], plaintext)
    return header.encryption_context


def seal_message(command):
    message, header = CLIENT.encrypt(
        source=read(command["in"]),
        keyring=sealing_keyring(command),
        # This is not the default, because the KMS RSA keyring refuses suites that sign.
        algorithm=AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
        encryption_context=command["context"],
        frame_length=command["frameLength"],
    )
    write(command["out"], message)
    return header.encryption_context


def sealing_keyring(command):
    keys = [command, *command.get("others", [])]
    first, *others = (keyring(key["arn"], command["algorithm"], key["publicKey"]) for key in keys)
    if not others:
        return first
    return PROVIDERS.create_multi_keyring(CreateMultiKeyringInput(generator=first, child_keyrings=others))


@functools.cache
def keyring(arn, algorithm, public_key):
    """Opens with KMS and without a public key, seals with a public key and without KMS."""
    sealing = public_key is not None
    return PROVIDERS.create_aws_kms_rsa_keyring(
        CreateAwsKmsRsaKeyringInput(
            kms_key_id=arn,
            encryption_algorithm=algorithm,
            public_key=read(public_key) if sealing else None,
            kms_client=None if sealing else kms(arn.split(":")[3]),
        )
    )


@functools.cache
def kms(region):
    return boto3.client("kms", region_name=region)


def chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main()
