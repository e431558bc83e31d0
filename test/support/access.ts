// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What a daemon over TCP is asked for, and what it is given: a configuration with a token and
 * certificates in a workshop's folder, and clients that show some of it or none.
 */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { type Certificate, createAuthority, createSigned } from "./certificates.mjs";
import type { StartedProcess, Workshop } from "./processes.js";

/** Who signs, and what is signed. */
export interface Access {
  readonly token: string;
  readonly authority: Certificate;
  readonly client: Certificate;
  /** One that signs for somebody else. */
  readonly stranger: Certificate;
  /** The daemon's endpoints. */
  readonly tcp: string;
  readonly tls: string;
  readonly mutual: string;
  readonly daemon: StartedProcess;
  /** A second daemon, which asks clients for certificates. */
  readonly mutualDaemon: StartedProcess;
}

/** Writes the files of `api:` into the folder. */
export function writeAccessFiles(
  workshop: Workshop,
): Pick<Access, "token" | "authority" | "client" | "stranger"> {
  const token = randomBytes(32).toString("hex");
  const authority = createAuthority("an authority");
  const daemon = createSigned("a daemon", authority);
  const client = createSigned("a client", authority);
  const stranger = createSigned("a stranger", createAuthority("another authority"));
  const write = (name: string, text: string, mode: number): void =>
    writeFileSync(workshop.path(name), text, { mode });
  write("token", `${token}\n`, 0o600);
  write("ca.pem", authority.cert, 0o644);
  write("cert.pem", daemon.cert, 0o644);
  write("key.pem", daemon.key, 0o600);
  write("client-cert.pem", client.cert, 0o644);
  write("client-key.pem", client.key, 0o600);
  return { token, authority, client, stranger };
}

const CONFIG = `
transports: []
log: {level: trace, format: json}
api:
  listen: ["tcp://127.0.0.1:0", "tls://127.0.0.1:0"]
  token_path: token
  tls_cert_path: cert.pem
  tls_key_path: key.pem
`;

/** Starts a daemon that asks for a token, and one that asks for a certificate as well. */
export async function startAccessDaemons(workshop: Workshop): Promise<Access> {
  const files = writeAccessFiles(workshop);
  writeFileSync(workshop.path("config.yml"), CONFIG);
  writeFileSync(workshop.path("mutual.yml"), `${CONFIG}  tls_client_ca_path: ca.pem\n`);
  const daemon = await workshop.startDaemon(["--config", "config.yml"]);
  const api = `unix://${workshop.path("run/mutual.sock")}`;
  const mutualDaemon = await workshop.startDaemon(["--api", api, "--config", "mutual.yml"]);
  const endpoint = async (of: StartedProcess, kind: string): Promise<string> =>
    (await of.stdout.waitFor(new RegExp(`${kind}://\\S+`)))[0];
  return {
    ...files,
    daemon,
    mutualDaemon,
    tcp: await endpoint(daemon, "tcp"),
    tls: await endpoint(daemon, "tls"),
    mutual: await endpoint(mutualDaemon, "tls"),
  };
}
