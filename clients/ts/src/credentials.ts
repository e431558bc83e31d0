// SPDX-License-Identifier: Apache-2.0

/**
 * What a client shows to a daemon over TCP: a bearer token and certificates, given or named by the
 * environment. Guards that none of it goes over a unix socket, which asks for none, that no token
 * leaves this machine in plaintext, and that no error shows any of it.
 */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { type ChannelCredentials, type ChannelOptions, credentials } from "@grpc/grpc-js";
import { type Endpoint, formatEndpoint, type Surroundings } from "./endpoint.js";
import { NodeError } from "./reasons.js";

/** For tls:// endpoints, each PEM. What is missing is taken from the environment's files. */
export interface TlsOptions {
  /** Authorities that the daemon's certificate is checked against. Default: those of Node. */
  readonly ca?: Uint8Array | string;
  /** This client's certificate with its chain, for a daemon that asks for one. */
  readonly cert?: Uint8Array | string;
  /** The private key of `cert`. */
  readonly key?: Uint8Array | string;
}

/** What may be given. */
export interface CredentialOptions {
  /**
   * The bearer token of a tcp:// or tls:// daemon, 32 to 4,096 printable characters without spaces.
   * Default: $INET256_API_TOKEN, else the first line of the file that $INET256_API_TOKEN_FILE names.
   */
  readonly token?: string;
  /** Default: the files named by $INET256_API_CA_FILE, …_CERT_FILE and …_KEY_FILE. */
  readonly tls?: TlsOptions;
  /** Lets secrets cross plaintext TCP to other machines. */
  readonly allowPrivateKeysOverPlaintext?: boolean;
}

/** What a connection shows. */
export interface Shown {
  readonly channel: ChannelCredentials;
  /** What the channel needs beside them. */
  readonly options: ChannelOptions;
  /** The value of the `authorization` metadata of every call; undefined: none is sent. */
  readonly authorization: string | undefined;
}

const TOKEN_VARIABLE = "INET256_API_TOKEN";
const TOKEN = /^[\x21-\x7e]{32,4096}$/;
/** What is asked for by name where there is only a number: TLS knows no numbers (RFC 6066 section 3). */
const NAMELESS = "inet256.invalid";
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Puts together what is shown at an endpoint. Throws NodeError BAD_REQUEST. */
export function showAt(
  endpoint: Endpoint,
  options: CredentialOptions,
  env: Surroundings["env"],
): Shown {
  if (endpoint.kind === "unix") {
    return { channel: credentials.createInsecure(), options: {}, authorization: undefined };
  }
  const token = options.token ?? tokenOf(env);
  if (token !== undefined) checkToken(token);
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  if (endpoint.kind === "tls") {
    return { ...showTls(endpoint.host, options.tls ?? {}, env), authorization };
  }
  const stays = LOOPBACK.test(endpoint.host) || options.allowPrivateKeysOverPlaintext === true;
  if (token !== undefined && !stays) {
    throw new NodeError(
      "BAD_REQUEST",
      `refusing to send a token in plaintext to ${formatEndpoint(endpoint)}: use tls://`,
    );
  }
  return { channel: credentials.createInsecure(), options: {}, authorization };
}

function tokenOf(env: Surroundings["env"]): string | undefined {
  const token = env[TOKEN_VARIABLE];
  if (token !== undefined && token !== "") return token;
  const file = fileOf("TOKEN", env);
  // Only a line of it is sent, and never one that is empty.
  return file?.toString("latin1").split(/\r?\n/, 1)[0]?.trim();
}

function checkToken(token: unknown): void {
  if (typeof token === "string" && TOKEN.test(token)) return;
  throw new NodeError(
    "BAD_REQUEST",
    "token: expected 32 to 4096 printable characters without spaces, as `inet256 create-token` prints them",
  );
}

function showTls(
  host: string,
  tls: TlsOptions,
  env: Surroundings["env"],
): Pick<Shown, "channel" | "options"> {
  const ca = pem(tls.ca) ?? fileOf("CA", env);
  const cert = pem(tls.cert) ?? fileOf("CERT", env);
  const key = pem(tls.key) ?? fileOf("KEY", env);
  if ((cert === undefined) !== (key === undefined)) {
    throw new NodeError("BAD_REQUEST", "tls: expected cert and key together");
  }
  const ip = host.replace(/^\[(.*)\]$/, "$1");
  const numeric = isIP(ip) !== 0;
  const verify = numeric
    ? { checkServerIdentity: (_: string, shown: PeerCertificate) => checkServerIdentity(ip, shown) }
    : {};
  try {
    return {
      channel: credentials.createSsl(ca ?? null, key ?? null, cert ?? null, verify),
      options: numeric ? { "grpc.ssl_target_name_override": NAMELESS } : {},
    };
  } catch {
    // What OpenSSL says may quote what it read.
    throw new NodeError("BAD_REQUEST", "tls: expected ca, cert and key in PEM that fit together");
  }
}

function pem(given: Uint8Array | string | undefined): Buffer | undefined {
  return given === undefined ? undefined : Buffer.from(given);
}

/** The file that a variable names; undefined where it names none. */
function fileOf(
  what: "TOKEN" | "CA" | "CERT" | "KEY",
  env: Surroundings["env"],
): Buffer | undefined {
  const variable = `INET256_API_${what}_FILE`;
  const path = env[variable] ?? "";
  if (path === "") return undefined;
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new NodeError("BAD_REQUEST", `$${variable}: ${path}: cannot be read (${code})`);
  }
}
