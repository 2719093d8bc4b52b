"""Opens objects that were sealed to the public half of an RSA key in AWS KMS, with amazon-s3-encryption-client-python 4.

    python open_object.py KEY_ARN BUCKET KEY [INSTRUCTION_SUFFIX] > plaintext
"""

import sys

import boto3
from attrs import define, field
from s3_encryption import S3EncryptionClient, S3EncryptionClientConfig
from s3_encryption.exceptions import S3EncryptionClientError
from s3_encryption.materials.keyring import S3Keyring
from s3_encryption.materials.materials import CommitmentPolicy


@define
class KmsRsaKeyring(S3Keyring):
    """Has KMS Decrypt unwrap data keys."""

    kms = field()
    key_arn = field()

    def on_decrypt(self, dec_materials, encrypted_data_keys=None):
        materials = super().on_decrypt(dec_materials, encrypted_data_keys)
        (data_key,) = encrypted_data_keys or materials.encrypted_data_keys
        if data_key.key_provider_info != "RSA-OAEP-SHA1":
            raise S3EncryptionClientError("the data key is not wrapped with RSA-OAEP-SHA1")
        # What was wrapped: the key's length, the key, and the name of the content algorithm that it is for.
        wrapped = self._decrypt(data_key.encrypted_data_key)
        content = b"AES/GCM/NoPadding" if materials.iv else b"115"  # only V2 has an IV of its own
        if len(wrapped) != 33 + len(content) or wrapped[0] != 32 or wrapped[33:] != content:
            raise cannot_unwrap()
        materials.plaintext_data_key = wrapped[1:33]
        return materials

    def on_encrypt(self, enc_materials):
        raise S3EncryptionClientError("this keyring only opens")

    def _decrypt(self, ciphertext):
        try:
            return self.kms.decrypt(
                KeyId=self.key_arn, EncryptionAlgorithm="RSAES_OAEP_SHA_1", CiphertextBlob=ciphertext
            )["Plaintext"]
        except self.kms.exceptions.InvalidCiphertextException:
            raise cannot_unwrap() from None


def cannot_unwrap():
    """One error whatever is wrong with what was wrapped: who sends objects learns nothing from it."""
    return S3EncryptionClientError("the data key cannot be unwrapped")


def opening_client(key_arn, commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT):
    """An S3 client whose get_object opens. V2 objects need REQUIRE_ENCRYPT_ALLOW_DECRYPT."""
    keyring = KmsRsaKeyring(boto3.client("kms", region_name=key_arn.split(":")[3]), key_arn)
    return S3EncryptionClient(boto3.client("s3"), S3EncryptionClientConfig(keyring, commitment_policy=commitment_policy))


class NotSealedError(S3EncryptionClientError):
    """The object is plain. Nothing authenticates it, and whoever can write to the bucket can make any object plain."""


def open_object(client, bucket, key, instruction_suffix=".instruction"):
    """The plaintext. Of an object that nobody sealed nothing is returned: it is a NotSealedError."""
    try:
        return client.get_object(Bucket=bucket, Key=key, InstructionFileSuffix=instruction_suffix)["Body"].read()
    except S3EncryptionClientError as error:
        if is_sealed(client.wrapped_s3_client, bucket, key, instruction_suffix):
            raise
        raise NotSealedError(f"s3://{bucket}/{key} was not sealed, or has lost its metadata") from error


def is_sealed(s3, bucket, key, instruction_suffix):
    """Whether an object says that somebody sealed it, be that true or not."""
    if any(name.startswith("x-amz-") for name in s3.head_object(Bucket=bucket, Key=key)["Metadata"]):
        return True
    try:
        s3.head_object(Bucket=bucket, Key=key + instruction_suffix)
        return True
    except s3.exceptions.ClientError:
        return False


if __name__ == "__main__":
    arn, bucket, key, *suffix = sys.argv[1:]
    sys.stdout.buffer.write(open_object(opening_client(arn), bucket, key, *suffix))
