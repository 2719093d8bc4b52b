"""Messages that must be refused, each made from messages/three-frames.json by one change.

    python3 tests/vectors/make/broken_messages.py
"""

import base64

import files

GOOD = files.read("messages", "three-frames")
OTHER_ARN = "arn:aws:kms:eu-west-1:111122223333:key/00000000-12ab-34cd-56ef-1234567890ab"
FRAME = 128  # bytes of plaintext
STRIDE = 4 + 12 + FRAME + 16


class Message:
    """Where things lie in a message of version 2 with one encrypted data key, and changes of them."""

    def __init__(self, data):
        self.data = bytearray(data)
        self.context_length = 35
        self.context = self.context_length + 2
        self.key_count = self.context + self.number(self.context_length, 2)
        self.provider = self.key_count + 2
        self.key_arn = self.after(self.provider)
        self.wrapped = self.after(self.key_arn)
        self.content_type = self.after(self.wrapped)
        self.frame_length = self.content_type + 1
        self.commitment = self.frame_length + 4
        self.tag = self.commitment + 32
        self.first = self.tag + 16
        self.second = self.first + STRIDE
        self.final = self.second + STRIDE

    def number(self, at, length):
        return int.from_bytes(self.data[at : at + length], "big")

    def after(self, field):
        return field + 2 + self.number(field, 2)

    def flipped(self, at):
        return self.replaced(at, bytes([self.data[at] ^ 1]))

    def replaced(self, at, new):
        return self.data[:at] + new + self.data[at + len(new) :]

    def frames(self):
        return self.data[self.first : self.second], self.data[self.second : self.final], self.data[self.final :]


M = Message(files.data(GOOD, "message"))
HEADER = M.data[: M.first]
FIRST, SECOND, FINAL = M.frames()
WHOLE = bytes(M.data)


def numbered(frame, number):
    """The frame with another sequence number in front, which its tag does not fit."""
    return number.to_bytes(4, "big") + frame[4:]


# name: what it shows, bytes, code, bytes of plaintext that may have been released
CHANGED = {
    "nothing-at-all": ("No bytes", b"", "ERR_TRUNCATED", 0),
    "cut-in-the-message-id": ("The header ends in its message id", WHOLE[:20], "ERR_TRUNCATED", 0),
    "cut-in-the-wrapped-key": ("The header ends in the encrypted data key", WHOLE[: M.wrapped + 100], "ERR_TRUNCATED", 0),
    "cut-before-the-header-tag": ("The header ends before its tag", WHOLE[: M.tag], "ERR_TRUNCATED", 0),
    "cut-after-the-header": ("A header and no frame", HEADER, "ERR_TRUNCATED", 0),
    "cut-in-the-first-frame": ("The first frame ends early", HEADER + FIRST[:-1], "ERR_TRUNCATED", 0),
    "cut-after-the-first-frame": ("The message ends where a frame does", HEADER + FIRST, "ERR_TRUNCATED", FRAME),
    "final-frame-missing": ("Every frame but the final one", HEADER + FIRST + SECOND, "ERR_TRUNCATED", 2 * FRAME),
    "final-frame-cut-in-its-head": ("The final frame ends before its length", WHOLE[: M.final + 10], "ERR_TRUNCATED", 2 * FRAME),
    "final-frame-cut-short": ("The last byte is missing", WHOLE[:-1], "ERR_TRUNCATED", 2 * FRAME),
    "trailing-byte": ("One byte more", WHOLE + b"\0", "ERR_TRAILING_DATA", 2 * FRAME),
    "trailing-message": ("The same message twice", WHOLE * 2, "ERR_TRAILING_DATA", 2 * FRAME),
    "two-final-frames": ("The final frame twice", WHOLE + FINAL, "ERR_TRAILING_DATA", 2 * FRAME),
    "frames-swapped": ("The second frame before the first", HEADER + SECOND + FIRST + FINAL, "ERR_MALFORMED", 0),
    "frames-swapped-and-renumbered": ("The same, their numbers in order", HEADER + numbered(SECOND, 1) + numbered(FIRST, 2) + FINAL, "ERR_AUTHENTICATION", 0),
    "sequence-number-repeated": ("The first frame twice", HEADER + FIRST + FIRST + SECOND + FINAL, "ERR_MALFORMED", FRAME),
    "frame-repeated-and-renumbered": ("The first frame twice, the copy numbered 2", HEADER + FIRST + numbered(FIRST, 2) + FINAL, "ERR_AUTHENTICATION", FRAME),
    "frame-left-out": ("Without the second frame", HEADER + FIRST + FINAL, "ERR_MALFORMED", FRAME),
    "first-frame-left-out": ("It begins with frame 2", HEADER + SECOND + FINAL, "ERR_MALFORMED", 0),
    "final-frame-first": ("The final frame in front of all", HEADER + FINAL + FIRST + SECOND, "ERR_MALFORMED", 0),
    "final-frame-renumbered": ("The final frame is numbered 4", M.replaced(M.final + 4, b"\0\0\0\4"), "ERR_MALFORMED", 2 * FRAME),
    "final-frame-longer-than-a-frame": ("The final frame claims 129 bytes", M.replaced(M.final + 20, b"\0\0\0\x81"), "ERR_MALFORMED", 2 * FRAME),
    "final-frame-of-4-gib": ("The final frame claims 4 GiB", M.replaced(M.final + 20, b"\xff" * 4), "ERR_MALFORMED", 2 * FRAME),
    "version-flipped": ("Version 3", M.flipped(0), "ERR_MALFORMED", 0),
    "suite-flipped": ("Suite 0x0479, which does not exist", M.flipped(2), "ERR_MALFORMED", 0),
    "suite-that-signs": ("Suite 0x0578, which signs", M.flipped(1), "ERR_UNSUPPORTED", 0),
    "message-id-flipped": ("Another message id", M.flipped(10), "ERR_COMMITMENT", 0),
    "context-value-flipped": ("Another value in the context, to which the wrapped key is bound", M.flipped(M.key_count - 1), "ERR_UNWRAP", 0),
    "context-name-flipped": ("Another name in the context", M.flipped(M.context + 4), "ERR_UNWRAP", 0),
    "context-count-of-65535": ("The context claims 65535 pairs", M.replaced(M.context, b"\xff\xff"), "ERR_MALFORMED", 0),
    "no-encrypted-data-key": ("It claims to have no encrypted data key", M.replaced(M.key_count, b"\0\0"), "ERR_MALFORMED", 0),
    "65535-encrypted-data-keys": ("It claims 65535 encrypted data keys", M.replaced(M.key_count, b"\xff\xff"), "ERR_LIMIT", 0),
    "provider-flipped": ("A provider that nobody has", M.flipped(M.provider + 2), "ERR_NO_MATCHING_KEY", 0),
    "key-arn-flipped": ("The ARN of another key", M.flipped(M.wrapped - 1), "ERR_NO_MATCHING_KEY", 0),
    "wrapped-key-flipped": ("A bit of the wrapped key", M.flipped(M.wrapped + 100), "ERR_UNWRAP", 0),
    "wrapped-key-of-65535-bytes": ("The wrapped key claims to be longer than the message", M.replaced(M.wrapped, b"\xff\xff"), "ERR_TRUNCATED", 0),
    "content-type-flipped": ("Content type 3, which does not exist", M.flipped(M.content_type), "ERR_MALFORMED", 0),
    "content-type-without-frames": ("Frames of 128 bytes, and none", M.replaced(M.content_type, b"\1"), "ERR_MALFORMED", 0),
    "frame-length-flipped": ("Frames of 129 bytes", M.flipped(M.frame_length + 3), "ERR_AUTHENTICATION", 0),
    "frame-length-of-0": ("Frames of no bytes", M.replaced(M.frame_length, bytes(4)), "ERR_MALFORMED", 0),
    "frame-length-of-4-gib": ("Frames of 4 GiB", M.replaced(M.frame_length, b"\xff" * 4), "ERR_LIMIT", 0),
    "commitment-flipped": ("A bit of the commitment", M.flipped(M.commitment + 31), "ERR_COMMITMENT", 0),
    "header-tag-flipped": ("A bit of the header's tag", M.flipped(M.tag), "ERR_AUTHENTICATION", 0),
    "nonce-flipped": ("A bit of the first frame's nonce", M.flipped(M.first + 15), "ERR_AUTHENTICATION", 0),
    "ciphertext-flipped": ("A bit of the second frame", M.flipped(M.second + 16), "ERR_AUTHENTICATION", FRAME),
    "tag-flipped": ("A bit of the second frame's tag", M.flipped(M.final - 1), "ERR_AUTHENTICATION", FRAME),
    "final-ciphertext-flipped": ("A bit of the final frame", M.flipped(M.final + 24), "ERR_AUTHENTICATION", 2 * FRAME),
    "final-tag-flipped": ("The last bit of all", M.flipped(len(WHOLE) - 1), "ERR_AUTHENTICATION", 2 * FRAME),
    "base64": ("The message as base64", base64.b64encode(WHOLE), "ERR_BASE64", 0),
    "hexadecimal": ("The message as hexadecimal digits", WHOLE.hex().encode(), "ERR_MALFORMED", 0),
    "through-utf-8": ("It was decoded as UTF-8 and encoded again", WHOLE.decode("utf-8", "replace").encode(), "ERR_MALFORMED", 0),
    "pdf": ("A file that nobody sealed", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" * 20, "ERR_NOT_SEALED", 0),
}

# name: what it shows, what the reader has or asks for, code
ASKED = {
    "asked-for-another-value": ("The reader demands another value of a pair", {"asked_context": {"a": "2"}}, "ERR_CONTEXT_MISMATCH"),
    "asked-for-a-pair-that-is-missing": ("The reader demands a pair that is not there", {"asked_context": {"a": "1", "b": "1"}}, "ERR_CONTEXT_MISMATCH"),
    "opened-with-another-algorithm": ("Sealed with SHA-256, opened with SHA-1", {"algorithm": "RSAES_OAEP_SHA_1"}, "ERR_UNWRAP"),
    "opened-with-another-key": ("The private half of another key", {"private_key": "python"}, "ERR_UNWRAP"),
    "opened-under-another-arn": ("The reader's key has another ARN", {"key_arn": OTHER_ARN}, "ERR_NO_MATCHING_KEY"),
}


def main():
    made_with = f"broken_messages.py, of what {GOOD['made_with']} sealed"
    for name, (shows, changed, code, released) in CHANGED.items():
        assert changed != WHOLE, name
        write(name, shows, {"made_with": made_with, "message": files.text(changed)}, code, released)
    for name, (shows, asked, code) in ASKED.items():
        write(name, shows, asked, code, 0)


def write(name, shows, changes, code, released):
    vector = {**GOOD, "shows": shows, **changes, "fails": {"code": code, "released": released}}
    # Last, as everywhere.
    vector["message"] = vector.pop("message")
    vector["fails"] = vector.pop("fails")
    del vector["opens"]
    files.write("messages", name, vector)


if __name__ == "__main__":
    main()
