// SPDX-License-Identifier: GPL-3.0-or-later

// grpcurl at a daemon over TLS: with the token it does what it does on the unix socket, without it
// nothing, and where the daemon asks for certificates, nothing without one either.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { createAuthority, createSigned } from "../support/certificates.mjs";
import { run } from "./command.mjs";
import { startDaemon } from "./daemon.mjs";
import { checkGrpcurlAdmin } from "./grpcurl-admin.mjs";

const ADMIN = "inet256.v1.AdminService";

/** Makes the files of `api:` in a folder, and the daemon's configurations that name them. */
async function prepare(folder) {
  const authority = createAuthority("an authority");
  const daemon = createSigned("localhost", authority);
  const client = createSigned("a client", authority);
  const token = randomBytes(32).toString("hex");
  const api = `
transports: [{type: udp, bind: "127.0.0.1:0"}]
api:
  listen: ["tls://127.0.0.1:0"]
  token_path: token
  tls_cert_path: cert.pem
  tls_key_path: key.pem
`;
  const files = {
    token,
    "ca.pem": authority.cert,
    "cert.pem": daemon.cert,
    "key.pem": daemon.key,
    "client-cert.pem": client.cert,
    "client-key.pem": client.key,
    "tls.yml": api,
    "mutual.yml": `${api}  tls_client_ca_path: ca.pem\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
  return token;
}

/** Where a daemon listens for tls, once it has said so. */
async function tlsAddress(daemon) {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const target = /tls:\/\/([0-9.:]+)/.exec(daemon.output())?.[1];
    if (target !== undefined) return target;
    if (performance.now() > deadline) throw new Error("the daemon does not listen for tls");
    await turn();
  }
}

/** Checks all of it with a grpcurl; each daemon lives for its own checks. */
export async function checkGrpcurlAccess(report, program) {
  const folder = await mkdtemp(join(tmpdir(), "inet256-grpcurl-"));
  const token = await prepare(folder);
  // By the environment: whoever lists processes reads their arguments.
  process.env.GRPCURL_TOKEN = token;
  const bearer = ["-expand-headers", "-H", `authorization: Bearer ${"$"}{GRPCURL_TOKEN}`];
  const trust = ["-cacert", join(folder, "ca.pem")];
  const certificate = [
    ...["-cert", join(folder, "client-cert.pem")],
    ...["-key", join(folder, "client-key.pem")],
  ];

  /** Starts a daemon; answers how grpcurl ends there with these options. */
  async function atDaemon(config, use) {
    const daemon = await startDaemon(["--config", join(folder, config)]);
    try {
      const target = await tlsAddress(daemon);
      const curl = (...words) => {
        const options = words.flat();
        const verb = options.pop();
        return run(program, ["-connect-timeout", "2", ...options, target, ...verb.split(" ")], {
          deadline: 30_000,
        });
      };
      await use(curl, target);
    } finally {
      await daemon.stop();
    }
  }

  const refused = ({ code, stdout, stderr }, words) => {
    assert.notEqual(code, 0);
    assert.equal(stdout, "");
    assert.match(stderr, words);
    assert.ok(!stderr.includes(token), "no token is said");
  };
  const works = async (curl, ...options) => {
    const list = await curl(...options, "list");
    assert.match(list.stdout, /^inet256\.v1\.AdminService$/m, list.stderr);
    const described = await curl(...options, `describe ${ADMIN}`);
    assert.match(described.stdout, /rpc GetStatus \(/, described.stderr);
    const status = await curl(...options, `${ADMIN}/GetStatus`);
    assert.equal(JSON.parse(status.stdout).version.length > 0, true, status.stderr);
  };

  await report.check("grpcurl: over TLS nothing without the token", () =>
    atDaemon("tls.yml", async (curl) => {
      for (const verb of ["list", `describe ${ADMIN}`, `${ADMIN}/GetStatus`]) {
        refused(await curl(trust, verb), /Unauthenticated|UNAUTHENTICATED|authorization/);
        const wrong = ["-H", `authorization: Bearer ${"0".repeat(64)}`];
        refused(await curl(trust, wrong, verb), /Unauthenticated|UNAUTHENTICATED|authorization/);
      }
      refused(
        await curl(["-plaintext"], bearer, "list"),
        /Failed to dial|deadline|EOF|reset|closed/,
      );
    }),
  );
  await report.check("grpcurl: over TLS with the token list, describe, GetStatus", () =>
    atDaemon("tls.yml", (curl) => works(curl, trust, bearer)),
  );
  await report.check("grpcurl: over mutual TLS with a certificate and the token only", () =>
    atDaemon("mutual.yml", async (curl) => {
      await works(curl, trust, certificate, bearer);
      refused(await curl(trust, certificate, "list"), /Unauthenticated|authorization/);
      refused(await curl(trust, bearer, "list"), /certificate|Failed|handshake|EOF|reset|closed/);
    }),
  );
  await atDaemon("mutual.yml", async (_, endpoint) => {
    const how = [...trust, ...certificate, ...bearer];
    await checkGrpcurlAdmin(report, program, { endpoint, how, over: "mutual TLS", saves: true });
  }).catch((error) => report.check("grpcurl over mutual TLS", () => Promise.reject(error)));
  delete process.env.GRPCURL_TOKEN;
  await rm(folder, { recursive: true, force: true });
}
