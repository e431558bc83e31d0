// SPDX-License-Identifier: GPL-3.0-or-later

// grpcurl, called.

import assert from "node:assert/strict";
import { run } from "./command.mjs";

const NODES = "inet256.v1.NodeService";

/**
 * grpcurl at an endpoint, unix:///path. From 1.9.2 on it takes that as it is; its flag -unix with a
 * bare path, as in earlier versions, fails in 1.9.2 and 1.9.3 (grpcurl's issue 496). Private keys go
 * through its input, not its arguments. `how` are its flags for who asks, and over what.
 */
export function createCurl(program, endpoint, how = ["-plaintext"]) {
  async function invoke(args, before, input) {
    const flags = [...how, "-max-time", "20", ...before];
    return run(program, [...flags, endpoint, ...args], { input, deadline: 30_000 });
  }

  async function request(method, message, session) {
    const header = session === undefined ? [] : ["-rpc-header", `inet256-session: ${session}`];
    const flags = ["-format-error", ...header, "-d", "@"];
    return invoke([method], flags, JSON.stringify(message));
  }

  async function json(method, message, session) {
    const { code, stdout, stderr } = await request(method, message, session);
    assert.equal(code, 0, `${method}: ${stderr}`);
    return JSON.parse(stdout);
  }

  return {
    /** What a command without a request prints. */
    async text(...args) {
      const { code, stdout, stderr } = await invoke(args, []);
      assert.equal(code, 0, stderr);
      return stdout;
    },
    /** The answer of a method that succeeds. */
    json,
    /** The same for a method of NodeService. */
    call: (rpc, message, session) => json(`${NODES}/${rpc}`, message, session),
    /** The answers of a method that answers with a stream, which ends. */
    async stream(method, message) {
      const { code, stdout, stderr } = await request(method, message);
      assert.equal(code, 0, `${method}: ${stderr}`);
      return JSON.parse(`[${stdout.replaceAll(/^}\s*{/gm, "},{")}]`);
    },
    /** The beginning of a stream that does not end by itself: what it said in so many seconds. */
    async beginning(method, message, seconds) {
      const { stdout } = await invoke(
        [method],
        ["-d", "@", "-max-time", String(seconds)],
        JSON.stringify(message),
      );
      return stdout;
    },
    /** Insists that a method of NodeService fails with one of the reasons. */
    async refused(rpc, message, session, reasons) {
      const method = rpc.includes("/") ? rpc : `${NODES}/${rpc}`;
      const { code, stderr } = await request(method, message, session);
      assert.notEqual(code, 0, `${rpc} succeeded, expected ${reasons}`);
      const { details } = JSON.parse(stderr);
      assert.equal(details[0].domain, "inet256");
      assert.ok(reasons.includes(details[0].reason), `${details[0].reason}, expected ${reasons}`);
    },
  };
}
