"""Objects that must be refused, each made by one change of an object that an official client wrote; and one that opens.

    python3 tests/vectors/make/broken_objects.py
"""

import base64
import json

import files

V3 = files.read("objects", "java-v3-17-bytes-rsa2048-pair-described")
V2 = files.read("objects", "java-v2-17-bytes-rsa2048-pair-described")
V3_FILE = files.read("objects", "java-v3-17-bytes-rsa2048-pair-instruction")
V2_FILE = files.read("objects", "java-v2-17-bytes-rsa2048-pair-instruction")
SYMMETRIC = files.read("objects", "go-v3-kms-context")
MAIL = files.read("objects", "go-v2-kms-context")


def body(vector, change):
    return {**vector, "body": files.text(change(files.data(vector, "body")))}


def metadata(vector, **changes):
    """With other metadata; their names have underscores here, and `None` takes one out."""
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    merged = {**vector["metadata"], **named}
    return {**vector, "metadata": {name: value for name, value in merged.items() if value is not None}}


def flipped(value):
    data = bytearray(base64.b64decode(value))
    data[len(data) // 2] ^= 1
    return files.text(data)


def flip(at):
    def change(data):
        data = bytearray(data)
        data[at] ^= 1
        return bytes(data)

    return change


def without(vector, member):
    return {name: value for name, value in vector.items() if name != member}


def of(vector, name):
    return vector["metadata"][name]


BROKEN = {
    "v3-tag-flipped": ("A bit of the tag", body(V3, flip(-1)), "ERR_AUTHENTICATION"),
    "v3-ciphertext-flipped": ("A bit of the ciphertext", body(V3, flip(0)), "ERR_AUTHENTICATION"),
    "v3-cut-short": ("The last byte is missing", body(V3, lambda data: data[:-1]), "ERR_AUTHENTICATION"),
    "v3-cut-to-less-than-a-tag": ("15 bytes", body(V3, lambda data: data[:15]), "ERR_TRUNCATED"),
    "v3-without-a-body": ("No bytes", body(V3, lambda _: b""), "ERR_TRUNCATED"),
    "v3-trailing-byte": ("One byte more", body(V3, lambda data: data + b"\0"), "ERR_AUTHENTICATION"),
    "v3-body-of-another-object": ("The body of another object under the same key", {**V3, "body": V3_FILE["body"]}, "ERR_AUTHENTICATION"),
    "v3-commitment-flipped": ("A bit of the commitment", metadata(V3, x_amz_d=flipped(of(V3, "x-amz-d"))), "ERR_COMMITMENT"),
    "v3-message-id-flipped": ("Another message id", metadata(V3, x_amz_i=flipped(of(V3, "x-amz-i"))), "ERR_COMMITMENT"),
    "v3-wrapped-key-flipped": ("A bit of the wrapped key", metadata(V3, x_amz_3=flipped(of(V3, "x-amz-3"))), "ERR_UNWRAP"),
    "v3-without-a-message-id": ("x-amz-i is missing", metadata(V3, x_amz_i=None), "ERR_METADATA"),
    "v3-without-a-commitment": ("x-amz-d is missing", metadata(V3, x_amz_d=None), "ERR_METADATA"),
    "v3-without-a-wrapped-key": ("x-amz-3 is missing, and there is no instruction file", metadata(V3, x_amz_3=None), "ERR_METADATA"),
    "v3-message-id-too-short": ("A message id of 27 bytes", metadata(V3, x_amz_i=files.text(bytes(27))), "ERR_METADATA"),
    "v3-commitment-not-base64": ("x-amz-d is no base64", metadata(V3, x_amz_d="?" * 40), "ERR_METADATA"),
    "v3-unknown-suite": ("A content algorithm that does not exist", metadata(V3, x_amz_c="116"), "ERR_UNSUPPORTED"),
    "v3-twice-the-same-name": ("x-amz-i stands there with its prefix as well", {**V3, "metadata": {**V3["metadata"], "x-amz-meta-x-amz-i": of(V3, "x-amz-i")}}, "ERR_METADATA"),
    "v3-mixed-with-v2": ("The names of both versions", {**V3, "metadata": {**V2["metadata"], **V3["metadata"]}}, "ERR_METADATA"),
    "v3-opened-with-another-key": ("The private half of another key", {**V3, "private_key": "rules"}, "ERR_UNWRAP"),
    "v3-instruction-file-missing": ("The file that holds the wrapped key is not given", without(V3_FILE, "instruction_file"), "ERR_METADATA"),
    "v3-instruction-file-not-json": ("The instruction file is no JSON", {**V3_FILE, "instruction_file": "<Error>"}, "ERR_METADATA"),
    "v2-refused": ("Version 2, for a reader that demands commitment", without(V2, "commitment_policy"), "ERR_COMMITMENT_POLICY"),
    "v2-tag-flipped": ("A bit of the tag", body(V2, flip(-1)), "ERR_AUTHENTICATION"),
    "v2-cut-short": ("The last byte is missing", body(V2, lambda data: data[:-1]), "ERR_AUTHENTICATION"),
    "v2-trailing-byte": ("One byte more", body(V2, lambda data: data + b"\0"), "ERR_AUTHENTICATION"),
    "v2-iv-flipped": ("A bit of the IV", metadata(V2, x_amz_iv=flipped(of(V2, "x-amz-iv"))), "ERR_AUTHENTICATION"),
    "v2-wrapped-key-flipped": ("A bit of the wrapped key", metadata(V2, x_amz_key_v2=flipped(of(V2, "x-amz-key-v2"))), "ERR_UNWRAP"),
    "v2-content-algorithm-changed": ("AES/CBC in place of AES/GCM, as an attacker would relabel it", metadata(V2, x_amz_cek_alg="AES/CBC/PKCS5Padding"), "ERR_UNSUPPORTED"),
    "v2-tag-of-96-bits": ("Another tag length", metadata(V2, x_amz_tag_len="96"), "ERR_METADATA"),
    "v2-without-an-iv": ("x-amz-iv is missing", metadata(V2, x_amz_iv=None), "ERR_METADATA"),
    "v2-instruction-file-missing": ("The file that holds the whole envelope is not given", without(V2_FILE, "instruction_file"), "ERR_NOT_SEALED"),
    "symmetric-to-a-reader-with-rsa": ("Under a symmetric key, opened with an RSA key", {**without(SYMMETRIC, "data_key"), "private_key": "rsa2048"}, "ERR_NO_MATCHING_KEY"),
    "symmetric-with-another-data-key": ("KMS gives another data key", {**SYMMETRIC, "data_key": "00" * 32}, "ERR_COMMITMENT"),
    "nobodys-metadata": ("Metadata of an object that nobody sealed", {**V3, "metadata": {"x-amz-meta-author": "somebody"}}, "ERR_NOT_SEALED"),
}


def main():
    for name, (shows, vector, code) in BROKEN.items():
        vector = {**without(vector, "opens"), "shows": shows, "made_with": f"broken_objects.py, of what {vector['made_with']} wrote"}
        files.write("objects", name, {**vector, "fails": {"code": code, "released": 0}})
    # Amazon SES: the older wrap, whose context has no content algorithm.
    mail = metadata(MAIL, x_amz_wrap_alg="kms", x_amz_matdesc=json.dumps({"aws:ses:message-id": "1"}))
    shows = "Mail as Amazon SES stores it: the wrap named kms, whose context does not name the content algorithm"
    files.write("objects", "ses-mail", {**mail, "shows": shows, "made_with": f"broken_objects.py, of what {MAIL['made_with']} wrote"})


if __name__ == "__main__":
    main()
