// SPDX-License-Identifier: GPL-3.0-or-later

// Certificates for tests, made when they are needed: an authority, and what it signs. X.509 version
// 3 (RFC 5280) with P-256, the least that TLS libraries take.

import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const OID = {
  ecdsaWithSha256: "2a8648ce3d040302",
  commonName: "550403",
  basicConstraints: "551d13",
  subjectAltName: "551d11",
};
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
};

const der = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  const { length } = body;
  // In as few bytes as there can be: Go takes no others.
  let size = Buffer.of(0x82, length >> 8, length & 0xff);
  if (length < 256) size = Buffer.of(0x81, length);
  if (length < 128) size = Buffer.of(length);
  return Buffer.concat([Buffer.of(tag), size, body]);
};
const sequence = (...parts) => der(TAG.sequence, ...parts);
const oid = (hex) => der(TAG.oid, Buffer.from(hex, "hex"));
const extension = (id, value) => sequence(oid(id), der(TAG.octetString, value));
const nameOf = (text) =>
  sequence(der(TAG.set, sequence(oid(OID.commonName), der(TAG.utf8, Buffer.from(text)))));

/** localhost, 127.0.0.1 and ::1. */
const HERE = sequence(
  der(0x82, Buffer.from("localhost")),
  der(0x87, Buffer.of(127, 0, 0, 1)),
  der(0x87, Buffer.alloc(16).fill(1, 15)),
);
/** From 2020 to 2099: UTCTime up to 2049, GeneralizedTime after it (RFC 5280 section 4.1.2.5). */
const VALIDITY = sequence(
  der(0x17, Buffer.from("200101000000Z")),
  der(0x18, Buffer.from("20991231235959Z")),
);
const A_CA = sequence(der(TAG.boolean, Buffer.of(0xff)));

/** Makes a key and a certificate for it, signed by `issuer`, or by itself. Both are PEM. */
function createCertificate(name, extensions, issuer) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = issuer === undefined ? privateKey : createPrivateKey(issuer.key);
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const serial = Buffer.concat([Buffer.of(1), randomBytes(8)]);
  const signed = sequence(
    der(0xa0, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, serial),
    algorithm,
    nameOf(issuer?.name ?? name),
    VALIDITY,
    nameOf(name),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(TAG.bitString, Buffer.of(0), sign("sha256", signed, signer));
  const lines =
    sequence(signed, algorithm, signature)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** An authority. */
export function createAuthority(name) {
  return createCertificate(name, [extension(OID.basicConstraints, A_CA)]);
}

/** A certificate of this machine, or of a client, by an authority. */
export function createSigned(name, authority) {
  return createCertificate(name, [extension(OID.subjectAltName, HERE)], authority);
}
