// SPDX-License-Identifier: Apache-2.0

// PEM (RFC 7468): a labelled base64 block between two lines of text. Read from bytes to bytes.
// Exactly one block is accepted; text before and after it is ignored, as openssl does.

import { ascii, decodeBase64, encodeBase64, isBlank } from "./base64.js";
import { allocateSecret, wipe } from "./bytes.js";
import { IdentityError } from "./errors.js";

/** A PEM block. The bytes are a fresh buffer, for the receiver to wipe. */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array;
}

const BEGIN = ascii("-----BEGIN ");
const END = ascii("-----END ");
const DASHES = ascii("-----");
const LINE_FEED = 0x0a;
const COLON = 0x3a;
const LINE_LENGTH = 64;

/** Whether this is meant as PEM: it has the beginning of a block, or begins like one. */
export function looksLikePem(file: Uint8Array): boolean {
  return indexOf(file, BEGIN, 0) >= 0 || startsWith(file, DASHES, 0);
}

/**
 * The one block of a PEM file.
 *
 * @throws IdentityError BAD_KEY if it is damaged or cut short, encrypted, or not the only one.
 */
export function decodePem(file: Uint8Array): PemBlock {
  const begin = indexOf(file, BEGIN, 0);
  const labelAt = begin + BEGIN.length;
  const labelEnd = begin < 0 ? -1 : indexOf(file, DASHES, labelAt);
  if (labelEnd < 0) throw badPem("it is cut short");
  const bodyAt = labelEnd + DASHES.length;
  const end = indexOf(file, END, bodyAt);
  if (end < 0) throw badPem("it is cut short: there is no END line");
  const label = file.subarray(labelAt, labelEnd);
  const labelAgain = end + END.length;
  const rest = labelAgain + label.length;
  if (!startsWith(file, label, labelAgain) || !startsWith(file, DASHES, rest)) {
    throw badPem("it is damaged or cut short: the END line does not match the BEGIN line");
  }
  if (indexOf(file, BEGIN, bodyAt) >= 0) throw badPem("it holds more than one block");
  return { label: decodeLabel(label), bytes: decodeBody(file.subarray(bodyAt, end)) };
}

/** A PEM file with this one block. The result is a fresh buffer, for the receiver to wipe. */
export function encodePem(label: string, bytes: Uint8Array): Uint8Array {
  const head = ascii(`-----BEGIN ${label}-----\n`);
  const tail = ascii(`-----END ${label}-----\n`);
  const body = encodeBase64(bytes);
  const lines = Math.ceil(body.length / LINE_LENGTH);
  const file = allocateSecret(head.length + body.length + lines + tail.length);
  file.set(head);
  let at = head.length;
  for (let i = 0; i < body.length; i += LINE_LENGTH) {
    const line = body.subarray(i, i + LINE_LENGTH);
    file.set(line, at);
    at += line.length;
    file[at++] = LINE_FEED;
  }
  file.set(tail, at);
  wipe(body);
  return file;
}

/** Labels are capitals, digits and spaces; anything else is shown as no label at all. */
function decodeLabel(label: Uint8Array): string {
  const text = label.length <= 64 ? String.fromCharCode(...label) : "";
  return /^[A-Z0-9 ]+$/.test(text) ? text : "";
}

function decodeBody(body: Uint8Array): Uint8Array {
  if (body.includes(COLON)) {
    throw badPem("it has headers: it is encrypted, or in a form older than PKCS#8");
  }
  const bytes = decodeBase64(body);
  if (bytes === undefined)
    throw badPem("it is damaged or cut short: its base64 is not well-formed");
  return bytes;
}

function badPem(what: string): IdentityError {
  return new IdentityError("BAD_KEY", `not a usable PEM file: ${what}`);
}

function indexOf(bytes: Uint8Array, part: Uint8Array, from: number): number {
  for (let at = from; at + part.length <= bytes.length; at++) {
    if (startsWith(bytes, part, at)) return at;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, part: Uint8Array, at: number): boolean {
  return at + part.length <= bytes.length && part.every((byte, i) => bytes[at + i] === byte);
}

/** Whether there is nothing but blanks. */
export function isBlankFile(file: Uint8Array): boolean {
  return file.every(isBlank);
}
