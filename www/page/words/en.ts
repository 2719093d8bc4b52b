// All the page says, in English. `backticks` make code; what has arguments is a function.

import { count } from "../format.ts";

const bytes = (value: number): string => plural(value, "byte");
const plural = (value: number, word: string): string =>
  `${count(value)} ${word}${value === 1 ? "" : "s"}`;
const field = (title: string, meaning: string) => ({ title, meaning });

export type Words = typeof en;

export const en = {
  bytes,
  /** Where a field lies. */
  span: (first: number, last: number): string =>
    first === last ? `byte ${count(first)}` : `bytes ${count(first)}–${count(last)}`,

  page: {
    language: "en",
    title: "bongtu 봉투: seal a file to a KMS key",
    description: "Seals a file in this tab, offline, to the public half of an AWS KMS key.",
    skip: "Skip to the steps",
    other: "한국어",
    otherLanguage: "ko",
    dark: "Dark theme",
    light: "Light theme",
    heading: "Sealed in this tab. Opened only by KMS.",
    lede: "This page has the public half of an AWS KMS key and no credential. With the network off, it seals a file in a form that AWS’s own encryption clients open. The private half never leaves KMS.",
    from: "From",
    sender: "this tab, without credentials",
    to: "To",
    steps: "Steps",
    footer:
      "KMS and S3 are ministack here, an emulator on this machine; the page talks to nothing else. What is sealed is the same that AWS’s services and SDKs would store and open.",
    code: "The lines that did it",
    codeToOpen: "The lines that did it, on the back end",
  },

  /** Of the boxes in the address. */
  steps: {
    key: "Step 1, key",
    file: "Step 2, file",
    seal: "Step 3, seal",
    bytes: "Step 4, bytes",
    store: "Step 5, store",
    open: "Step 6, open",
  },
  states: { waiting: "", ready: "", done: ", done", failed: ", failed" },

  key: {
    title: "The public key",
    lede: "Exported from KMS with `GetPublicKey`. It can be printed in a page, a script, a leaflet: it is no secret, but it must be the right one.",
    waiting: "Asking the back end for the key …",
    kind: "Kind",
    or: " or ",
    arn: "Key ARN",
    fingerprint: "Fingerprint",
    pinned:
      "Pinned: the address you opened brought this fingerprint from the terminal. Any other key would have been refused.",
    notPinned: "Not pinned: the address you opened brought no fingerprint to compare with.",
    can: "Who holds it can",
    canSeal: "seal as much as they like, offline, without asking anybody",
    canCheck: "check by its fingerprint that it is the key they were told of",
    cannot: "and cannot",
    cannotOpen: "open anything, not even what they have just sealed",
    cannotSign: "prove who sealed it: anyone with this key can",
    exported: "As exported",
    done: "The public key is here.",
  },

  file: {
    title: "A file",
    lede: "Up to 512 MiB here, because this page compares whole files in memory at the end. Sealing itself streams and has no such limit.",
    waiting: "First the key.",
    choose: "Choose a file",
    drop: "or drop it here",
    sample: "Take the sample picture",
    picture: "The chosen picture",
    done: (name: string, size: string): string => `${name}, ${size}, is ready to be sealed.`,
  },

  target: {
    legend: "Seal it as",
    message: "Message",
    messageNote: "AWS Encryption SDK. Frames that stream, and an encryption context bound to them.",
    object: "S3 object",
    objectNote:
      "S3 Encryption Client V3. A body only a tag longer than the file, and the wrapped key in the object’s metadata.",
  },

  seal: {
    title: "Seal it",
    ledeMessage:
      "A fresh data key encrypts the file, frame by frame; the public key wraps the data key. Nothing is asked of any server, so feel free to turn the network off first.",
    ledeObject:
      "A fresh data key encrypts the file as one AES-GCM message, chunk by chunk; the public key wraps the data key. Nothing is asked of any server, so feel free to turn the network off first.",
    waiting: "First a file.",
    start: "Seal",
    again: "Seal again",
    cancel: "Cancel",
    progress: "Sealing",
    online: "Network is on",
    offline: "Network is off",
    speed: "Speed",
    time: "Time",
    growth: "Grown by",
    requests: "Requests meanwhile",
    none: "none",
    ledgerQuiet: (from: string, to: string): string =>
      `Sealing ran from ${from} to ${to}. All requests of this page so far`,
    ledgerBusy: (from: string, to: string): string => `Requests from ${from} to ${to}`,
    at: "At",
    seenBy: "Seen by",
    address: "Address",
    sightings: {
      timing: "resource timing",
      fetch: "fetch",
      XMLHttpRequest: "XMLHttpRequest",
      sendBeacon: "sendBeacon",
      policy: "policy",
    },
    busy: (name: string): string => `Sealing ${name}.`,
    done: (time: string): string => `Sealed in ${time}.`,
  },

  anatomy: {
    title: "The anatomy of the envelope",
    ledeMessage:
      "An AWS Encryption SDK message: one header, then frames. `inspect()` reads its structure without any key. Point at a byte, or walk through the list with the arrow keys.",
    ledeObject:
      "An S3 Encryption Client object: a few values in its metadata, shown decoded, and a body of ciphertext and one tag. `inspect()` reads the metadata without any key. Point at a byte, or walk through the list with the arrow keys.",
    waiting: "First a sealed file.",
    nth: (piece: number, of: number): string => `${count(piece)} of ${count(of)}`,
    message: {
      head: (length: number, share: string): string =>
        `Header: ${bytes(length)}, ${share} of the message`,
      headLegend: "Fields of the header",
      body: (pieces: number, size: string, last: number): string =>
        pieces === 1
          ? `Body: one frame, the last one, with ${bytes(last)}`
          : `Body: ${plural(pieces, "frame")} of ${size}, ${bytes(last)} in the last`,
      piece: "Frame",
      pieceLegend: (piece: number, isLast: boolean): string =>
        `Parts of frame ${count(piece)}${isLast ? ", the last" : ""}`,
      done: (length: number, pieces: number): string =>
        `A header of ${bytes(length)} and ${plural(pieces, "frame")}.`,
      groups: { head: "Header", first: "First frame", last: "Last frame" },
    },
    object: {
      head: (length: number, share: string): string =>
        `Metadata: ${bytes(length)} when decoded, ${share} of all`,
      headLegend: "Values of the metadata",
      body: (pieces: number, size: string, last: number): string =>
        pieces === 1
          ? `Body: one chunk with ${bytes(last)}, and the tag`
          : `Body: ${plural(pieces, "chunk")} of ${size}, ${bytes(last)} in the last, and one tag`,
      piece: "Chunk",
      pieceLegend: (piece: number, isLast: boolean): string =>
        `Chunk ${count(piece)}${isLast ? ", the last" : ""}`,
      done: (length: number, pieces: number): string =>
        `Metadata of ${bytes(length)} and ${plural(pieces, "chunk")}.`,
      groups: { head: "Metadata", first: "First chunk", last: "End of the body" },
    },
    /** Parts of a message. */
    fields: {
      version: field("Version", "of the message format"),
      type: field("Type", "customer authenticated encrypted data"),
      suite: field("Algorithm suite", "which cipher, key derivation and commitment"),
      messageId: field(
        "Message id",
        "random; salts the key derivation and is in every frame’s tag",
      ),
      contextLength: field("Context length", "of the encryption context that follows"),
      context: field("Encryption context", "readable by anyone, changed by no one"),
      edkCount: field("Number of data keys", "how many recipients may unwrap"),
      providerId: field("Provider", "which keyring can unwrap"),
      providerInfo: field("Provider information", "which KMS key can unwrap"),
      ciphertext: field(
        "Encrypted data key",
        "the data key, wrapped to the public key; KMS alone unwraps it",
      ),
      contentType: field("Content type", "framed"),
      reserved: field("Reserved", "zeros"),
      ivLength: field("IV length", "of every frame"),
      frameLength: field("Frame length", "plaintext bytes in every frame but the last"),
      commitment: field("Key commitment", "only one data key in the world fits this message"),
      headerIv: field("Header IV", "for the tag that follows"),
      headerTag: field("Header tag", "authenticates all bytes before it"),
      finalMark: field("Final frame mark", "without a last frame a message is incomplete"),
      sequence: field("Sequence number", "frames cannot be swapped, repeated or left out"),
      iv: field("IV", "the sequence number again, as AES-GCM wants it"),
      finalLength: field("Content length", "of the last frame, which may be shorter"),
      frame: field("Ciphertext", "AES-256-GCM, as long as its plaintext"),
      frameTag: field("Tag", "authenticates this frame at this place of this message"),
    },
    /** Parts of an object. */
    values: {
      "x-amz-c": field(
        "Content algorithm",
        "0x0073 in decimal: AES-256-GCM, HKDF with SHA-512, key commitment",
      ),
      "x-amz-3": field(
        "Encrypted data key",
        "the data key and the algorithm it is for, wrapped to the public key; KMS alone unwraps it",
      ),
      "x-amz-w": field("Wrap algorithm", "RSA-OAEP with SHA-1, which KMS calls RSAES_OAEP_SHA_1"),
      "x-amz-d": field("Key commitment", "only one data key in the world fits this object"),
      "x-amz-i": field("Message id", "random; salts the derivation of content key and commitment"),
      tag: field("Tag", "authenticates the whole body, whatever its size"),
    },
    chunk: {
      title: "Ciphertext",
      meaning: (first: number, last: number): string =>
        `as long as its plaintext; counter blocks ${count(first)}–${count(last)} of one AES-GCM message`,
    },
  },

  store: {
    title: "Store it in S3",
    ledeMessage:
      "The back end signs one URL for one upload of exactly this size; the page puts the sealed bytes there itself. S3 gets nothing to open them with.",
    ledeObject:
      "The back end signs one URL for one upload of exactly this size with exactly these metadata headers; the page puts the sealed bytes there itself. S3 gets nothing to open them with.",
    waiting: "First a sealed file.",
    start: "Upload",
    again: "Upload again",
    cancel: "Cancel",
    progress: "Uploading",
    result: "The object as S3 has it",
    object: "Object",
    size: "Size",
    type: "Content type",
    etag: "ETag",
    modified: "Last modified",
    metadata: "Metadata",
    noMetadata: "none: no name, no type of the file",
    start64: "First bytes",
    same: "The same as in this tab.",
    notSame: "Not the same as in this tab.",
    busy: "Uploading.",
    done: "Stored.",
  },

  open: {
    title: "Open it through KMS",
    ledeMessage:
      "On the back end’s side, which may call `kms:Decrypt`. KMS unwraps the data key and never sees the file; in AWS, CloudTrail records the call.",
    ledeObject:
      "On the back end’s side, which may call `kms:Decrypt`. KMS unwraps the data key and never sees the file; in AWS, CloudTrail records the call. The body is read twice: all of it is verified before any of it comes out.",
    waiting: "First a stored object.",
    start: "Open",
    save: (name: string): string => `Save ${name}`,
    progress: "Opening",
    same: "The same, byte for byte",
    notSame: "Not the same",
    speed: (size: string, time: string): string => `${size} in ${time}`,
    calls: (calls: number): string =>
      `KMS was asked ${calls === 1 ? "once" : plural(calls, "time")}`,
    call: (algorithm: string, input: number, output: number, time: string): string =>
      `Decrypt, ${algorithm}: ${bytes(input)} in, ${count(output)} out, ${time}`,
    form: "Opened as",
    forms: {
      message: (suite: string): string => `AWS Encryption SDK message, algorithm suite ${suite}`,
      object: (format: string): string => `S3 Encryption Client object, ${format.toUpperCase()}`,
    },
    committed: "Key commitment verified.",
    before: "SHA-256 before",
    after: "SHA-256 after",
    picture: "The opened picture",
    busy: "Opening.",
    done: (name: string): string => `Opened: ${name} is the same, byte for byte.`,
  },

  tamper: {
    title: "And if the storage is not honest?",
    lede: "Let it change a single bit on the way out, anywhere you like.",
    where: "One bit in",
    start: "Change it and open",
    released: (length: number): string => `${bytes(length)} released.`,
    opened: "Opened",
    unnoticed: "Nobody noticed.",
  },

  /** By code; what is not here is shown with its own message. */
  failures: {
    DEMO_GONE: "The back end does not answer. Is the demo still running?",
    DEMO_TOKEN: "Open the address that this start of the demo printed.",
    DEMO_ORIGIN: "Only this server’s own page may ask.",
    DEMO_OBJECT: "There is no such object of this start.",
    DEMO_SIZE: "An upload has from 1 byte to 600 MiB.",
    DEMO_METADATA: "These are not the metadata of an object of this page.",
    DEMO_ERROR: "The back end failed; its terminal says why.",
    DEMO_FILE_SIZE: "This page takes files of up to 512 MiB.",
    DEMO_FILE_READ: "The file cannot be read to its end; is it there?",
    DEMO_FILE_CHANGED: "The file changed while it was sealed.",
    DEMO_UPLOAD_REFUSED: "S3 did not take it.",
    DEMO_UPLOAD_LOST: "The upload did not reach S3; is the network on?",
    DEMO_NOT_THE_SAME: "What was opened is not what was sealed.",
    ERR_KEY_PIN: "This is another key than the one whose fingerprint the address brought.",
    ERR_SOURCE: "The file could not be read.",
    ERR_SOURCE_CHANGED: "The file changed while it was sealed.",
    ERR_TOO_LARGE: "The file is too large for this form.",
    ERR_MALFORMED: "This is not how such bytes are written.",
    ERR_METADATA: "This is not how such metadata are written.",
    ERR_BASE64: "A value is not base64.",
    ERR_TRUNCATED: "The end is missing.",
    ERR_TRAILING_DATA: "More follows after the end.",
    ERR_LIMIT: "A length is beyond what is allowed.",
    ERR_UNSUPPORTED: "The format has no such version or algorithm, or it is not accepted.",
    ERR_COMMITMENT_POLICY: "A key commitment is required, and this has none.",
    ERR_COMMITMENT: "The data key is not the one that was committed to.",
    ERR_NO_MATCHING_KEY: "None of the encrypted data keys is for this KMS key.",
    ERR_UNWRAP: "The data key could not be unwrapped.",
    ERR_KMS: "KMS did not answer as it should.",
    ERR_AUTHENTICATION: "The tag does not fit: something was changed.",
    ERR_CONTEXT_MISMATCH: "The encryption context is not the one that was asked for.",
  },
};
