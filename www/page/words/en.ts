// All the page says, in English. `backticks` make code; what has arguments is a function.

import { count } from "../format.ts";
import { failures } from "./en-failures.ts";
import { fields, values } from "./en-fields.ts";

const bytes = (value: number): string => plural(value, "byte");
const plural = (value: number, word: string): string =>
  `${count(value)} ${word}${value === 1 ? "" : "s"}`;

export type Words = typeof en;

export const en = {
  bytes,
  /** The position of a field. */
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

  /** The labels of the boxes in the address. */
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
    customerKey: "Only a key, for SSE-C",
    customerKeyNote:
      "The file goes to S3 as it is, with a key that S3 encrypts it with and forgets. Sealed is that key.",
  },

  seal: {
    title: "Seal it",
    ledeMessage:
      "A fresh data key encrypts the file, frame by frame; the public key wraps the data key. Nothing is asked of any server, so feel free to turn the network off first.",
    ledeObject:
      "A fresh data key encrypts the file as one AES-GCM message, chunk by chunk; the public key wraps the data key. Nothing is asked of any server, so feel free to turn the network off first.",
    ledeCustomerKey:
      "Nothing of the file is encrypted in this tab. It makes a fresh customer key of 32 bytes and seals that, for one bucket and one object, to the public key; S3 will encrypt the file when it arrives. S3 then has seen the file and the key: take one of the other two if it must not.",
    waiting: "First a file.",
    start: "Seal",
    again: "Seal again",
    cancel: "Cancel",
    progress: "Sealing",
    online: "Network is on",
    offline: "Network is off",
    speed: "Speed",
    time: "Time",
    keySize: "Sealed key",
    growth: "File grown by",
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
    ledeCustomerKey:
      "The customer key, sealed: an AWS Encryption SDK message of one frame, whose encryption context names bucket and object. `inspect()` reads its structure without any key. Point at a byte, or walk through the list with the arrow keys.",
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
    fields,
    values,
    chunk: {
      title: "Ciphertext",
      meaning: (first: number, last: number): string =>
        `as long as its plaintext; counter blocks ${count(first)}–${count(last)} of one AES-GCM message`,
    },
  },

  store: {
    title: "Store it in S3",
    ledeMessage:
      "The back end checks the headers that the page asks for and signs one URL, for one upload of exactly this size that replaces nothing; the page puts the sealed bytes there itself. S3 gets nothing to open them with.",
    ledeObject:
      "The back end checks the headers that the page asks for and signs one URL, for one upload of exactly this size and metadata that replaces nothing; the page puts the sealed bytes there itself. S3 gets nothing to open them with.",
    ledeCustomerKey:
      "Two uploads: the sealed key, beside where the file will be, then the file with the three SSE-C headers. S3 sees the file and, in the headers, the key; so does the back end, which signs them. S3 keeps neither key nor a way back. Since April 2026 new buckets refuse SSE-C until PutBucketEncryption allows it.",
    waiting: "First a sealed file.",
    start: "Upload",
    again: "Upload again",
    once: "Uploaded; seal again for another",
    cancel: "Cancel",
    progress: "Uploading",
    sent: "What is sent, exactly",
    result: "The object as S3 has it",
    encryption: "Encryption",
    withCustomerKey: "SSE-C, AES256, with the key of this MD5",
    sealedKey: "Its key, sealed",
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
    ledeCustomerKey:
      "On the back end’s side, which may call `kms:Decrypt`. It fetches the sealed key, has it opened through KMS, and asks S3 for the object with that key; S3 decrypts. Even to learn its size (HEAD) needs the key.",
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
      customerKey: (algorithm: string): string =>
        `object under SSE-C, ${algorithm}, with a key that was sealed as an AWS Encryption SDK message`,
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
    fileGroup: "The file, which is not sealed",
    file: "The file as S3 decrypts it",
  },

  withoutKey: {
    title: "And without the key?",
    lede: "The back end has the credentials of the bucket’s owner. They are not enough.",
    start: "Ask S3 for the object without it",
    none: "asked without a key",
    other: "asked with another key",
  },

  /** A request as it was sent. */
  request: {
    titles: {
      message: "The message",
      object: "The object",
      sealedKey: "The customer key, sealed",
      file: "The file, for S3 to encrypt",
    },
    copy: "Copy the URL",
    copied: "Copied",
    signed: "signed",
    notSigned: "not signed",
    byBrowser: "set by the browser",
    secret: (length: number): string => `the key in base64: ${length} characters, not shown`,
    body: (size: number): string =>
      `Body: ${bytes(size)}. Their number is signed, they themselves are not (UNSIGNED-PAYLOAD). The browser adds headers of its own, such as Origin; none of them is signed.`,
  },

  /** The upload that survives this tab. */
  big: {
    title: "A big file, and a tab that closes",
    link: "And a big file, while the tab is closed",
    left: "An upload waits to go on",
    lede: "Sealed first, into this browser’s own storage, where only ciphertext is kept; then uploaded from there in parts. Close the tab or the browser meanwhile: when this page is open again it goes on with the parts that are missing, and does not need the file any more.",
    choose: "Choose a file of up to 1 GiB",
    sample: "Make up one of 200 MiB",
    slow: "Slow line: this page holds the parts back, to 8 MB a second in all",
    progress: "Progress",
    sealing: (share: string): string => `Sealing into this browser’s storage: ${share}`,
    uploading: "Uploading in parts.",
    sent: (parts: number, of: number, sent: string, size: string): string =>
      `${count(parts)} of ${plural(of, "part")} at S3, ${sent} of ${size}`,
    offline: "Waiting for the network; retrying.",
    retrying: "A part did not get through; retrying.",
    earlier: (parts: number): string => `${plural(parts, "part")} sent before this page was opened`,
    now: (parts: number): string => `${plural(parts, "part")} sent from this page`,
    hint: "Now close this tab. Then open it again, the way closed tabs are reopened (Ctrl+Shift+T, ⌘⇧T) or by the address in the terminal.",
    pause: "Pause",
    cancel: "Cancel",
    goOn: "Go on",
    discard: "Discard",
    paused: "An upload waits to go on.",
    discarded: "Discarded, here and at S3.",
    verifying: "All parts are at S3. The back end opens the message through KMS.",
    done: "Uploaded, and deleted from this browser’s storage.",
    opened: "Opened through KMS",
  },

  failures,
};
