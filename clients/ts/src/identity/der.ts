// SPDX-License-Identifier: Apache-2.0

// The little of ASN.1 DER that private keys need: elements of one-byte tags and definite, minimal
// lengths, one after the other.

/** One element. The bytes are views of what was read. */
export interface DerElement {
  readonly tag: number;
  /** What the element holds. */
  readonly body: Uint8Array;
  /** What follows the element. */
  readonly rest: Uint8Array;
}

/** The first element, or undefined if it is damaged or cut short. */
export function readElement(der: Uint8Array): DerElement | undefined {
  const [tag, first] = der;
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (lengthBytes > 2 || first === 0x80) return undefined;
  let length = lengthBytes === 0 ? first : 0;
  for (const byte of der.subarray(2, 2 + lengthBytes)) length = length * 256 + byte;
  const start = 2 + lengthBytes;
  const minimum = lengthBytes === 0 ? 0 : lengthBytes === 1 ? 0x80 : 0x100;
  if (length < minimum || der.length < start + length) return undefined;
  return { tag, body: der.subarray(start, start + length), rest: der.subarray(start + length) };
}

/** All elements, or undefined if one is damaged or cut short. */
export function readElements(der: Uint8Array): readonly DerElement[] | undefined {
  const elements: DerElement[] = [];
  for (let left = der; left.length > 0; ) {
    const element = readElement(left);
    if (element === undefined) return undefined;
    elements.push(element);
    left = element.rest;
  }
  return elements;
}
