// Names and meanings of the parts of an envelope, in English.

const field = (title: string, meaning: string) => ({ title, meaning });

/** The fields of a message. */
export const fields = {
  version: field("Version", "of the message format"),
  type: field("Type", "customer authenticated encrypted data"),
  suite: field("Algorithm suite", "which cipher, key derivation and commitment"),
  messageId: field("Message id", "random; salts the key derivation and is in every frame’s tag"),
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
};

/** The metadata fields of an object. */
export const values = {
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
};
