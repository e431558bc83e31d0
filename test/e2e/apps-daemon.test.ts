// SPDX-License-Identifier: GPL-3.0-or-later

// The daemon as a process: what it makes, says and refuses.

import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorkshop, type Workshop } from "../support/processes.js";

const CLEAN = { code: 0, signal: null };

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.end());

describe("a daemon without a configuration", () => {
  it("makes a key, listens, and says what to try next", async () => {
    const daemon = await workshop.startDaemon();
    await daemon.stdout.waitFor(/ping ADDRESS\n/);
    const key = workshop.path("state/inet256/private_key.pem");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(statSync(workshop.path("state/inet256")).mode & 0o777).toBe(0o700);
    expect(statSync(workshop.path("run/inet256.sock")).mode & 0o777).toBe(0o600);
    const { stdout: address } = await workshop.run(["addr", key]);
    // Clients look here by themselves, so nothing needs to be set.
    expect(daemon.stdout.lines).toEqual([
      `address   ${address.trim()}`,
      `endpoint  ${workshop.endpoint}`,
      // 25632, or any other port where that one is taken; IPv6 where there is any.
      expect.stringMatching(/^peers at {2}0\.0\.0\.0:\d+(, \[::\]:\d+)?$/),
      "",
      "Try next, in other terminals:",
      "  inet256 echo",
      "  inet256 ping ADDRESS",
    ]);
    expect(daemon.stderr.text).toContain(`made a private key: ${key}\n`);
  });

  it("has the same address the next time", async () => {
    const first = await workshop.startDaemon();
    first.kill("SIGINT");
    await first.ended;
    const second = await workshop.startDaemon();
    expect(second.stdout.lines[0]).toBe(first.stdout.lines[0]);
    expect(second.stderr.text).not.toContain("made a private key");
  });

  it("says how to find it where clients do not look", async () => {
    const endpoint = `unix://${workshop.path("elsewhere.sock")}`;
    const daemon = await workshop.startDaemon(["--api", endpoint]);
    await daemon.stdout.waitFor(/ping ADDRESS\n/);
    expect(daemon.stdout.text).toContain(`  INET256_API=${endpoint} inet256 echo\n`);
    const status = await workshop.run(["status"], { env: { INET256_API: endpoint } });
    expect(status.code).toBe(0);
  });

  it("prints one line of JSON", async () => {
    const daemon = await workshop.startDaemon(["--json"]);
    await daemon.stdout.waitFor(/\n/);
    expect(JSON.parse(daemon.stdout.text)).toEqual({
      address: expect.stringMatching(/^\S{43}$/),
      endpoint: workshop.endpoint,
      endpoints: [workshop.endpoint],
      transportAddresses: expect.arrayContaining([expect.stringMatching(/^0\.0\.0\.0:\d+$/)]),
      privateKeyPath: workshop.path("state/inet256/private_key.pem"),
    });
  });
});

describe("a daemon with a configuration", () => {
  it("works word for word as users know it", async () => {
    const prepared = workshop.shell(
      "inet256 create-config > config.yml && inet256 keygen > private_key.pem && chmod 600 private_key.pem",
    );
    expect(await prepared.ended).toEqual(CLEAN);
    const daemon = workshop.shell("exec inet256 daemon --config config.yml");
    const [, address = ""] = await daemon.stdout.waitFor(/^address {3}(\S{43})\n/);
    const expected = await workshop.run(["addr", "private_key.pem"]);
    expect(`${address}\n`).toBe(expected.stdout);
    expect(daemon.stderr.text).not.toContain("warning");
    const { code } = await workshop.run(["ping", "-c", "1"]);
    expect(code).toBe(0);
    daemon.kill("SIGTERM");
    expect(await daemon.ended).toEqual(CLEAN);
  });

  it("warns when others may read its key", async () => {
    const config = "private_key_path: ./key.pem\n";
    writeFileSync(workshop.path("config.yml"), config);
    await workshop.run(["keygen", "--output", "key.pem"]);
    chmodSync(workshop.path("key.pem"), 0o640);
    const daemon = await workshop.startDaemon(["--config", "config.yml"]);
    expect(daemon.stderr.text).toContain(
      "warning: key.pem has mode 0640: others may read or change this private key; use chmod 600\n",
    );
  });

  it("listens where it says", async () => {
    const endpoint = `unix://${workshop.path("configured.sock")}`;
    writeFileSync(
      workshop.path("config.yml"),
      `api_endpoint: ${endpoint}\nlog:\n  level: silent\n`,
    );
    const daemon = await workshop.startDaemon(["--config", "config.yml"]);
    expect(daemon.stdout.lines[1]).toBe(`endpoint  ${endpoint}`);
    expect(daemon.stderr.lines).toHaveLength(1);
    expect((await workshop.run(["--api", endpoint, "status"])).code).toBe(0);
  });
});

describe("a daemon refuses, in one line, exit code not 0", () => {
  /** The last line of stderr: the log may come before it. */
  async function refusal(words: readonly string[], env = {}): Promise<[number | null, string]> {
    const { code, stdout, stderr } = await workshop.run(["daemon", ...words], { env });
    expect(stdout).toBe("");
    const last = stderr.trimEnd().split("\n").at(-1) ?? "";
    return [code, last];
  }

  it("a socket at which another one listens, which goes on", async () => {
    await workshop.startDaemon();
    const socket = workshop.path("run/inet256.sock");
    expect(await refusal([])).toEqual([
      1,
      `inet256 daemon: ${socket}: another daemon is listening there; stop it, or give this one another api_endpoint`,
    ]);
    expect((await workshop.run(["status"])).code).toBe(0);
  });

  it("a configuration with mistakes, each a line", async () => {
    writeFileSync(workshop.path("config.yml"), "log:\n  level: loud\nnods: 3\n");
    const { code, stderr } = await workshop.run(["daemon", "--config", "config.yml"]);
    expect(code).toBe(1);
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/^config\.yml:2:10: log\.level: unknown word, expected one of trace, /),
      expect.stringMatching(
        /^config\.yml:3:1: nods: unknown key, expected one of private_key_path, /,
      ),
      "",
    ]);
  });

  it("a configuration that cannot be read", async () => {
    expect(await refusal(["--config", "none.yml"])).toEqual([
      1,
      "inet256 daemon: none.yml: no such file",
    ]);
    expect(await refusal(["--config", "run"])).toEqual([
      1,
      "inet256 daemon: run: a folder, expected a file",
    ]);
  });

  it("a key file that holds no key", async () => {
    writeFileSync(workshop.path("config.yml"), "private_key_path: wrong.pem\n");
    expect(await refusal(["--config", "config.yml"])).toEqual([
      1,
      "inet256 daemon: wrong.pem: no such file",
    ]);
    writeFileSync(workshop.path("wrong.pem"), "MARKERMARKER\n", { mode: 0o600 });
    expect(await refusal(["--config", "config.yml"])).toEqual([
      1,
      "inet256 daemon: wrong.pem: the key file is neither PEM nor a serialized private key, or is cut short",
    ]);
  });

  it("gRPC's trace, unless it is wanted", async () => {
    expect(await refusal([], { GRPC_TRACE: "all" })).toEqual([
      2,
      "inet256 daemon: GRPC_TRACE is set, and would write tokens to the log: expected it unset, or --unsafe-trace",
    ]);
    const traced = await workshop.startDaemon(["--unsafe-trace"], {
      env: { GRPC_TRACE: "server" },
    });
    expect(traced.stdout.lines).not.toHaveLength(0);
  });

  it("a file that is no socket", async () => {
    writeFileSync(workshop.path("run/inet256.sock"), "mine");
    const [code, line] = await refusal([]);
    expect(code).toBe(1);
    expect(line).toContain("there is a file that is no socket");
    expect(readFileSync(workshop.path("run/inet256.sock"), "utf8")).toBe("mine");
  });
});

describe("programs without a daemon", () => {
  it.each([["status"], ["ping"], ["echo"], ["nc"]])("%s says so in one line", async (program) => {
    expect(await workshop.run([program])).toEqual({
      code: 1,
      signal: null,
      stdout: "",
      stderr: `inet256 ${program}: no daemon answers at ${workshop.endpoint}: there is no socket; start one with: inet256 daemon\n`,
    });
  });

  it("a key file that is wrong is told before a daemon is looked for", async () => {
    writeFileSync(workshop.path("wrong.pem"), "MARKERMARKER\n");
    expect(await workshop.run(["echo", "--key", "wrong.pem"])).toMatchObject({
      code: 1,
      stderr:
        "inet256 echo: wrong.pem: the key file is neither PEM nor a serialized private key, or is cut short\n",
    });
  });
});
