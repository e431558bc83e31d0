// SPDX-License-Identifier: GPL-3.0-or-later

/** Looks for secret bytes in text, in every form in which a program of this project writes bytes. */

/** Bytes in a row that are a leak: fewer are found by chance. A multiple of three, for base64. */
const WINDOW_BYTES = 6;
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The alphabet of INET256's text form (INET256 section 1). */
const INET256 = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/** The forms in which bytes may stand in a text. */
function formsOf(bytes: Buffer): readonly string[] {
  const hex = bytes.toString("hex");
  const base64 = bytes.toString("base64");
  return [
    bytes.toString("latin1"),
    hex,
    hex.toUpperCase(),
    base64,
    bytes.toString("base64url"),
    base64.replace(/./g, (letter) => INET256.charAt(BASE64.indexOf(letter))),
    [...bytes].join(","),
  ];
}

/** Every piece of a secret, in every form, as it would stand in a text. */
function piecesOf(secret: Uint8Array): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at + WINDOW_BYTES <= secret.length; at++) {
    pieces.push(...formsOf(Buffer.from(secret.subarray(at, at + WINDOW_BYTES))));
  }
  return pieces;
}

// Undoes the escapes of JSON, for a logger writes them.
function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code?: string, letter?: string) =>
    code === undefined
      ? (named[letter ?? ""] ?? letter ?? "")
      : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** The names of the secrets of which anything stands in the text. */
export function leaksOf(
  secrets: Readonly<Record<string, Uint8Array>>,
  text: string,
): readonly string[] {
  // Without spaces, bytes are found that were written apart.
  const all = [text, unescaped(text), text.replace(/\s+/g, "")].join("\n");
  return Object.entries(secrets)
    .filter(([, secret]) => piecesOf(secret).some((piece) => all.includes(piece)))
    .map(([name]) => name);
}
