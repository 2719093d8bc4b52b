"""Messages by the official AWS Encryption SDK for Python, sealed to throw-away keys.

    ~/.cache/bongtu-tools/venv-sdk/bin/python tests/vectors/make/messages.py

Makes what is missing and leaves the rest as it is. A message is kept only if the SDK opens it as well.
"""

import aws_encryption_sdk
import boto3
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsRsaKeyringInput, CreateMultiKeyringInput
from aws_encryption_sdk.identifiers import AlgorithmSuite, CommitmentPolicy
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import files

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_ARN = "arn:aws:kms:eu-west-1:111122223333:key/00000000-12ab-34cd-56ef-1234567890ab"
MRK, REPLICA = (f"arn:aws:kms:{region}:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab" for region in ("eu-west-1", "us-east-1"))
SHA_1, SHA_256 = "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"
COMMITTING = AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
DERIVING = AlgorithmSuite.AES_256_GCM_IV12_TAG16_HKDF_SHA256
BARE = AlgorithmSuite.AES_256_GCM_IV12_TAG16

DEMO = {"purpose": "demo", "a": "1"}
MANY = {f"name-{i:03}": "v" * i for i in range(120)}
BEYOND = {"目的": "검사", "\U00010348": "last", "\uffee": "before", "empty": ""}

CASES = {
    "no-plaintext": ("Nothing: one final frame of 0 bytes", 0, {}),
    "one-byte": ("One byte", 1, {}),
    "one-frame": ("Less than a frame", 127, {}),
    "exactly-one-frame": ("As much as one frame holds: Python ends with an empty final frame", 128, {}),
    "three-frames": ("Two full frames and a part of one", 300, {}),
    "exactly-two-frames": ("As much as two frames hold", 256, {}),
    "frames-of-the-default-length": ("Frames of 4096 bytes", 9000, {"frame_length": 4096}),
    "many-frames": ("79 frames", 10_000, {}),
    "sealed-with-sha1": ("RSAES_OAEP_SHA_1", 300, {"algorithm": SHA_1}),
    "context-of-120-pairs": ("An encryption context of 9 KB", 300, {"context": MANY}),
    "context-beyond-ascii": ("Names in the order of UTF-8, an empty value", 300, {"context": BEYOND}),
    "no-context": ("An empty encryption context", 300, {"context": {}}),
    "rsa-3072": ("A key of 3072 bits", 300, {"key": "rsa3072"}),
    "rsa-4096": ("A key of 4096 bits", 300, {"key": "rsa4096"}),
    "two-keys-ours-first": ("Sealed to two keys, of which the reader has the first", 300, {"arns": [ARN, OTHER_ARN]}),
    "two-keys-ours-last": ("Sealed to two keys, of which the reader has the last", 300, {"arns": [OTHER_ARN, ARN]}),
    "replica-of-a-multi-region-key": ("Sealed to a multi-Region key, opened with its replica", 300, {"arns": [MRK], "reader": REPLICA}),
    "asked-for-a-pair-that-is-there": ("The reader demands a part of the context", 300, {"asked": {"a": "1"}}),
    "version-1-allowed": ("Suite 0x0178, which does not commit to its key, for a reader that allows it", 300, {"suite": DERIVING}),
    "version-1-without-derivation": ("Suite 0x0078, whose data key is its content key, for a reader that allows it", 300, {"suite": BARE}),
    "version-1-refused": ("Suite 0x0178, for a reader that demands commitment", 300, {"suite": DERIVING, "fails": "ERR_COMMITMENT_POLICY"}),
    "not-framed": ("The whole message as one block, without frames", 300, {"frame_length": 0, "fails": "ERR_UNSUPPORTED", "natively": True}),
    "sealed-to-another-arn": ("The reader's key under another ARN", 300, {"arns": [OTHER_ARN], "fails": "ERR_NO_MATCHING_KEY"}),
}


def kms(private):
    """A client of KMS that decrypts with a private key, as KMS does for RSA keys, and never asks anybody."""

    def decrypt(*, KeyId, CiphertextBlob, EncryptionAlgorithm, **_):
        hash = {SHA_1: hashes.SHA1, SHA_256: hashes.SHA256}[EncryptionAlgorithm]()
        oaep = padding.OAEP(mgf=padding.MGF1(hash), algorithm=hash, label=None)
        plaintext = private.decrypt(CiphertextBlob, oaep)
        return {"KeyId": KeyId, "Plaintext": plaintext, "EncryptionAlgorithm": EncryptionAlgorithm}

    client = boto3.client("kms", region_name="eu-west-1")
    client.decrypt = decrypt
    return client


def main():
    for bits in (2048, 3072, 4096):
        make_key(f"rsa{bits}", bits)
    for name, (shows, size, options) in CASES.items():
        if not files.path("messages", name).exists():
            files.write("messages", name, seal(shows, size, **options))


def make_key(name, bits):
    file = files.FOLDER / "keys" / f"{name}.pem"
    if not file.exists():
        private = rsa.generate_private_key(65537, bits)
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(private.private_bytes(*form))


def seal(
    shows, size, *, key="rsa2048", arns=(ARN,), reader=None, algorithm=SHA_256, context=DEMO, asked=None,
    frame_length=128, suite=COMMITTING, fails=None, natively=False,
):
    private = serialization.load_pem_private_key(files.key(key), password=None)
    keyrings = [keyring(private, arn, algorithm) for arn in arns]
    policy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT if suite is COMMITTING else CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=policy)
    message, _ = client.encrypt(
        source=files.pattern(size), keyring=several(keyrings), algorithm=suite, encryption_context=context, frame_length=frame_length
    )
    plaintext, _ = client.decrypt(source=message, keyring=keyrings[0])
    assert plaintext == files.pattern(size)

    vector = {"shows": shows, "made_with": "aws-encryption-sdk 4.0.7 (Python) with aws-cryptographic-material-providers 1.11.3"}
    vector |= {"private_key": key, "key_arn": reader or (ARN if ARN in arns or fails else arns[0]), "algorithm": algorithm}
    if suite is not COMMITTING and fails is None:
        vector["commitment_policy"] = files.ALLOW
    if asked is not None:
        vector["asked_context"] = asked
    vector["message"] = files.text(message)
    opens = files.opens(plaintext, encryption_context=context)
    if fails is None:
        return vector | {"opens": opens}
    if natively:
        vector["opens_natively"] = opens
    return vector | {"fails": {"code": fails, "released": 0}}


def keyring(private, arn, algorithm):
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    public = private.public_key().public_bytes(*form)
    options = {"kms_key_id": arn, "encryption_algorithm": algorithm, "public_key": public, "kms_client": kms(private)}
    return PROVIDERS.create_aws_kms_rsa_keyring(CreateAwsKmsRsaKeyringInput(**options))


def several(keyrings):
    first, *others = keyrings
    if not others:
        return first
    return PROVIDERS.create_multi_keyring(CreateMultiKeyringInput(generator=first, child_keyrings=others))


PROVIDERS = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())

if __name__ == "__main__":
    main()
