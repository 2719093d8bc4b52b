"""The official Python S3 Encryption Client as a judge of objects.

One JSON command per line of standard input, one JSON answer line each:

    {"op": "get", "arn", "symmetric", "format", "bucket", "key", "out", "context"}
    {"op": "put", "arn", "format", "bucket", "key", "in", "context", "multipart"}
    -> {"ok": true} or {"error": "..."}

`get` opens with the recipe of docs/opening.md, or with the client's own KMS keyring for a `symmetric` key; format "v2" allows V2.
`put` writes under a symmetric key, the only kind that this client can write with. `context` is for symmetric keys. `in` and `out`
are files. S3 and KMS are asked where the AWS variables of the environment say.
"""

import functools
import json
import pathlib
import sys

import boto3
from s3_encryption import S3EncryptionClient, S3EncryptionClientConfig
from s3_encryption.materials import KmsKeyring
from s3_encryption.materials.materials import AlgorithmSuite, CommitmentPolicy

sys.path.append(str(pathlib.Path(__file__).parents[3] / "examples/opening"))
from open_object import opening_client  # noqa: E402


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(command):
    try:
        {"get": get, "put": put}[command["op"]](command)
        return {"ok": True}
    except Exception as error:  # whatever it is, the judge has refused
        text = " | ".join(f"{type(e).__name__}: {e}" for e in chain(error))
        return {"error": " ".join(text.split())}


def get(command):
    asked = {"Bucket": command["bucket"], "Key": command["key"]}
    if command["symmetric"]:
        asked["EncryptionContext"] = command["context"]
    client = (symmetric_client if command["symmetric"] else reader)(command["arn"], command["format"])
    plaintext = client.get_object(**asked)["Body"].read()
    pathlib.Path(command["out"]).write_bytes(plaintext)


def put(command):
    client = symmetric_client(command["arn"], command["format"])
    target = {"EncryptionContext": command["context"]}
    if command["multipart"]:
        with open(command["in"], "rb") as file:
            client.upload_fileobj(file, command["bucket"], command["key"], **target)
    else:
        body = pathlib.Path(command["in"]).read_bytes()
        client.put_object(Bucket=command["bucket"], Key=command["key"], Body=body, **target)


@functools.cache
def reader(arn, version):
    return opening_client(arn, reading_policy(version))


@functools.cache
def symmetric_client(arn, version):
    v2 = version == "v2"
    suite = AlgorithmSuite.ALG_AES_256_GCM_IV12_TAG16_NO_KDF if v2 else AlgorithmSuite.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY
    policy = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT if v2 else CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
    keyring = KmsKeyring(boto3.client("kms"), arn)
    config = S3EncryptionClientConfig(keyring, encryption_algorithm=suite, commitment_policy=policy)
    return S3EncryptionClient(boto3.client("s3"), config)


def reading_policy(version):
    v2 = version == "v2"
    return CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT if v2 else CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT


def chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


if __name__ == "__main__":
    main()
