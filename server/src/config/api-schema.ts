// SPDX-License-Identifier: GPL-3.0-or-later

// The section `api`: who may call beside the owner of the unix socket. Guards rule P1: nothing
// listens on TCP without a token, and beyond this machine only with TLS. What the files hold is
// looked at by who serves the API; here only what is written is.

import { z } from "zod";
import type { ApiSettings, ListenSettings } from "./config.js";
import { DEFAULT_API_PORT, MAX_LISTEN } from "./constants.js";
import { formatEndpoint, isLoopback, parseEndpoint, wrongBindAddress } from "./endpoints.js";
import { list, section, text, wrongKind } from "./fields.js";
import { deepFreeze } from "./freeze.js";
import { PATH_EXPECTED, wrongPath } from "./places.js";
import { findRepeated } from "./repeated.js";

const LISTEN_EXPECTED = `tcp://ADDRESS:PORT or tls://ADDRESS:PORT, such as tcp://127.0.0.1:${DEFAULT_API_PORT}`;
const GROUP_EXPECTED = "the name of a group or its number";
const MOST_GROUP = 0xffff_fffe;
const GROUP_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/;
const FORM = /^(tcp|tls):\/\/(.*)$/;

const path = (about: string) => text(PATH_EXPECTED, wrongPath).optional().describe(about);

const groupError = {
  error: ({ input }: { readonly input?: unknown }): string =>
    `${wrongGroup(input)}, expected ${GROUP_EXPECTED}`,
};
const groupSchema = z
  .union(
    [
      z.string(groupError).regex(GROUP_NAME, groupError),
      z.int(groupError).min(0, groupError).max(MOST_GROUP, groupError),
    ],
    groupError,
  )
  .optional()
  .describe(
    "A group, by name or number, that may use the unix socket as well: it then has mode 0660. Left " +
      "out: the user the daemon runs as alone, 0600.",
  )
  .meta({ examples: ["inet256"] });

const listenSchema = text(LISTEN_EXPECTED, wrongListen).transform(canonicalListen);

const keys = section({
  socket_group: groupSchema,
  listen: list(listenSchema, `a list of ${LISTEN_EXPECTED}`, 0, MAX_LISTEN)
    .superRefine(
      findRepeated((address) => address, "the address of an earlier one, expected each once"),
      { when: () => true },
    )
    .optional()
    .describe(
      "Where programs reach the daemon beside its unix socket. Whoever comes this way shows a token; " +
        `beyond loopback it has to be tls. Without a port it is ${DEFAULT_API_PORT}.`,
    )
    .meta({ examples: [[`tcp://127.0.0.1:${DEFAULT_API_PORT}`]] }),
  token_path: path(
    "A file of tokens, one a line, readable by its owner only, as `inet256 create-token` prints them. " +
      "Who shows one of them may call.",
  ).meta({ examples: ["./api_token"] }),
  tls_cert_path: path(
    "The certificate that tls shows to clients, with its chain, PEM. Looked at when the daemon starts.",
  ).meta({ examples: ["./api_cert.pem"] }),
  tls_key_path: path("Its private key, PEM, readable by its owner only.").meta({
    examples: ["./api_key.pem"],
  }),
  tls_client_ca_path: path(
    "Authorities, PEM: only clients with a certificate that one of them signed may use tls, with a " +
      "token all the same. Left out: clients need no certificate.",
  ).meta({ examples: ["./client_ca.pem"] }),
});

type Given = z.output<typeof keys>;

/** The section `api`, complete; its paths as they are written. */
export const apiSchema = keys
  // Also after other problems, so that all are reported at once.
  .superRefine(checkSafety, { when: () => true })
  .transform(
    (given): ApiSettings => ({
      socketGroup: given.socket_group,
      listen: (given.listen ?? []).map(listenSettings),
      tokenPath: given.token_path,
      tlsCertPath: given.tls_cert_path,
      tlsKeyPath: given.tls_key_path,
      tlsClientCaPath: given.tls_client_ca_path,
    }),
  );

/** What applies where the section is not written. */
export const DEFAULT_API: ApiSettings = deepFreeze(apiSchema.parse({}));

function checkSafety(given: Given, context: z.core.$RefinementCtx<Given>): void {
  const listen: readonly unknown[] = Array.isArray(given?.listen) ? given.listen : [];
  for (const [index, each] of listen.entries()) {
    const message = typeof each === "string" ? unsafe(each, given) : undefined;
    if (message === undefined) continue;
    context.addIssue({ code: "custom", path: ["listen", index], message });
  }
}

/** What makes listening there unsafe or impossible, and what to change; undefined if nothing. */
function unsafe(address: string, given: Given): string | undefined {
  const read = readListen(address);
  if (read === undefined) return undefined;
  if (read.kind === "tcp" && !isLoopback(read.endpoint)) {
    return "plaintext that leaves this machine, expected tls://, or an address of loopback such as tcp://127.0.0.1";
  }
  if (given.token_path === undefined) {
    return "anybody who can connect could call, expected token_path, a file as `inet256 create-token` prints it";
  }
  if (read.kind === "tcp") return undefined;
  if (given.tls_cert_path === undefined) {
    return "tls without a certificate, expected tls_cert_path and tls_key_path";
  }
  return given.tls_key_path === undefined
    ? "tls without the key of its certificate, expected tls_key_path"
    : undefined;
}

function readListen(address: string) {
  const [, kind, rest] = FORM.exec(address) ?? [];
  const endpoint = rest === undefined ? undefined : parseEndpoint(rest, DEFAULT_API_PORT);
  if (endpoint === undefined || (kind !== "tcp" && kind !== "tls")) return undefined;
  return { kind, endpoint } as const;
}

function canonicalListen(address: string): string {
  const read = readListen(address);
  return read === undefined ? address : `${read.kind}://${formatEndpoint(read.endpoint)}`;
}

function listenSettings(address: string): ListenSettings {
  const [, kind, rest = ""] = FORM.exec(canonicalListen(address)) ?? [];
  const colon = rest.lastIndexOf(":");
  const host = rest.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  return { kind: kind === "tls" ? "tls" : "tcp", host, port: Number(rest.slice(colon + 1)) };
}

/** The rule for where the API listens. */
function wrongListen(address: string): string | undefined {
  const [, , rest] = FORM.exec(address) ?? [];
  if (rest !== undefined) return wrongBindAddress(rest);
  return address.startsWith("unix:")
    ? "a unix socket, which api_endpoint is for"
    : "neither tcp:// nor tls://";
}

function wrongGroup(given: unknown): string {
  if (typeof given === "string") return "not the name of a group";
  return typeof given === "number" ? "not the number of a group" : wrongKind(given);
}
