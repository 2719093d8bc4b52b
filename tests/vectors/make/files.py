"""Vectors as files, as ../README.md describes them."""

import base64
import hashlib
import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parents[1]
REQUIRE, ALLOW = "REQUIRE_ENCRYPT_REQUIRE_DECRYPT", "REQUIRE_ENCRYPT_ALLOW_DECRYPT"


def path(kind, name):
    return FOLDER / kind / f"{name}.json"


def read(kind, name):
    return json.loads(path(kind, name).read_text())


def write(kind, name, vector):
    path(kind, name).write_text(json.dumps(vector, indent=2, ensure_ascii=False) + "\n")


def key(name):
    return (FOLDER / "keys" / f"{name}.pem").read_bytes()


def text(data):
    return base64.b64encode(data).decode()


def data(vector, member):
    return base64.b64decode(vector[member])


def opens(plaintext, **more):
    return {"size": len(plaintext), "sha256": hashlib.sha256(plaintext).hexdigest(), **more}


def pattern(length):
    """The plaintext of every vector that is made here: readers know what may be released of it."""
    return bytes(i * 7 % 251 for i in range(length))
