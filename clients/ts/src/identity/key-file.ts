// SPDX-License-Identifier: Apache-2.0

// Key files (INET256 section 6): PKCS#8 PEM as openssl writes it, PEM with INET256's own label
// around a serialized private key, and the bare serialized bytes. What is not a private key is
// refused with the reason, and no error repeats anything of the file.

import { constantTimeEqual, describe, isBytes, wipe } from "./bytes.js";
import { MAX_KEY_FILE_BYTES } from "./constants.js";
import { IdentityError } from "./errors.js";
import { decodePem, encodePem, isBlankFile, looksLikePem, type PemBlock } from "./pem.js";
import { decodePkcs8, encodePkcs8 } from "./pkcs8.js";
import { type PrivateKey, seedOf } from "./private-key.js";
import { decodeTagged } from "./serialization.js";

/** How a private key is written to a file; each of them can be read. */
export type KeyFileFormat = "pkcs8" | "inet256" | "raw";

/** What reading a key file needs of Keys. */
interface KeyParser {
  fromSeed(seed: Uint8Array): PrivateKey;
  parsePrivateKey(serialized: Uint8Array): PrivateKey;
}

const PKCS8_LABEL = "PRIVATE KEY";
const INET256_LABEL = "INET256 PRIVATE KEY";
const EXPECTED_LABELS = `"${PKCS8_LABEL}" (PKCS#8) or "${INET256_LABEL}"`;

/** The private key in a key file; see Keys.decodeKeyFile. */
export function decodeKeyFile(file: Uint8Array, keys: KeyParser): PrivateKey {
  if (!isBytes(file)) throw badFile(`a key file is bytes, got ${describe(file)}`);
  if (file.length > MAX_KEY_FILE_BYTES) {
    throw badFile(`a key file has at most ${MAX_KEY_FILE_BYTES} bytes, got ${file.length}`);
  }
  if (isBlankFile(file)) throw badFile("the key file is empty");
  if (isUtf16(file)) throw badFile("the key file is UTF-16 text: convert it to UTF-8");
  if (!looksLikePem(file)) return decodeBare(file, keys);
  const block = decodePem(file);
  try {
    return decodeBlock(block, keys);
  } finally {
    wipe(block.bytes);
  }
}

/** A key file with this key; see Keys.encodeKeyFile. */
export function encodeKeyFile(key: PrivateKey, format: KeyFileFormat): Uint8Array {
  switch (format) {
    case "pkcs8":
      return encodeAndWipe(PKCS8_LABEL, encodePkcs8(seedOf(key)));
    case "inet256":
      return encodeAndWipe(INET256_LABEL, key.serialize());
    case "raw":
      return key.serialize();
    default:
      throw badFile('the format of a key file is "pkcs8", "inet256" or "raw"');
  }
}

function encodeAndWipe(label: string, content: Uint8Array): Uint8Array {
  const file = encodePem(label, content);
  wipe(content);
  return file;
}

function decodeBare(file: Uint8Array, keys: KeyParser): PrivateKey {
  if (decodeTagged(file) === undefined) {
    throw badFile("the key file is neither PEM nor a serialized private key, or is cut short");
  }
  return keys.parsePrivateKey(file);
}

/** Some shells write all they redirect in UTF-16; no serialized key begins with its mark. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function decodeBlock({ label, bytes }: PemBlock, keys: KeyParser): PrivateKey {
  switch (label) {
    case PKCS8_LABEL:
      return decodePkcs8Key(bytes, keys);
    case INET256_LABEL:
      return keys.parsePrivateKey(bytes);
    case "ENCRYPTED PRIVATE KEY":
      throw badFile(
        "the private key is encrypted: decrypt it first, for example with openssl pkey",
      );
    case "PUBLIC KEY":
    case "INET256 PUBLIC KEY":
    case "CERTIFICATE":
      throw badFile("the file holds a public key, not a private key");
    case "RSA PRIVATE KEY":
    case "EC PRIVATE KEY":
    case "DSA PRIVATE KEY":
    case "OPENSSH PRIVATE KEY":
      throw badFile(`the private key is in another format; expected ${EXPECTED_LABELS}`);
    default:
      throw badFile(`the PEM block has another label; expected ${EXPECTED_LABELS}`);
  }
}

function decodePkcs8Key(der: Uint8Array, keys: KeyParser): PrivateKey {
  const { seed, publicKey } = decodePkcs8(der);
  const key = keys.fromSeed(seed);
  if (publicKey === undefined || constantTimeEqual(publicKey, key.publicKey.raw)) return key;
  key.wipe();
  throw badFile("the public key in the file is not that of its private key");
}

function badFile(message: string): IdentityError {
  return new IdentityError("BAD_KEY", message);
}
