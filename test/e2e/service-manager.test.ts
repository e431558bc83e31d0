// SPDX-License-Identifier: GPL-3.0-or-later

// A daemon as a service manager starts it: a socket that listens already is used as it is and left
// there, the manager is told when the daemon is ready and when it stops, and unsafe settings end the
// start with a sentence.

import { chmodSync, lstatSync, writeFileSync } from "node:fs";
import { connect } from "@inet256/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeAccessFiles } from "../support/access.js";
import { createWorkshop, type Workshop } from "../support/processes.js";
import { until } from "../support/until.js";

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.end());

// Binds, listens, puts the socket at descriptor 3, and becomes the daemon; a child of it plays the
// manager that hears of readiness.
const MANAGER = (command: string, words: string): string => `
cat > manager.py <<'END'
import os, socket, sys
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind("notify")
daemon = os.getpid()
if os.fork() == 0:
    notify.settimeout(0.2)
    while os.getppid() == daemon:
        try: print("manager hears", notify.recv(4096).decode(), flush=True)
        except TimeoutError: pass
    sys.exit()
kind = socket.AF_UNIX if sys.argv[1] == "unix" else socket.AF_INET
s = socket.socket(kind, socket.SOCK_STREAM)
s.bind(os.path.abspath("handed.sock") if sys.argv[1] == "unix" else ("127.0.0.1", 0))
if sys.argv[1] == "unix": os.chmod("handed.sock", 0o666)
s.listen(16)
if s.fileno() != 3: os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", NOTIFY_SOCKET=os.path.abspath("notify"))
os.execvp(sys.argv[2], sys.argv[2:])
END
exec python3 manager.py ${words} "${process.execPath}" "$(sed -n 's/^exec "[^"]*" "\\([^"]*\\)".*/\\1/p' bin/inet256)" ${command}
`;

describe("a socket that was handed over", () => {
  it("inherited-socket-is-used-as-it-is, and the manager is told", async () => {
    const daemon = workshop.shell(MANAGER("daemon", "unix"));
    await daemon.stdout.waitFor(/manager hears READY=1/);
    const path = workshop.path("handed.sock");
    expect(daemon.stdout.text).toContain(`endpoint  unix://${path}`);
    const before = lstatSync(path);
    expect(before.mode & 0o777).toBe(0o666);
    const client = connect(`unix://${path}`);
    expect((await client.status()).endpoints).toEqual([`unix://${path}`]);
    await client.close();
    // Nothing listens where it would have without.
    expect(lstatSync(workshop.path("run/inet256.sock"), { throwIfNoEntry: false })).toBeUndefined();
    daemon.kill("SIGTERM");
    await daemon.stdout.waitFor(/manager hears STOPPING=1/);
    await until("the daemon ends", () => /"?stopped/.test(daemon.stderr.text), 20_000);
    const after = lstatSync(path);
    expect([after.ino, after.mode]).toEqual([before.ino, before.mode]);
  });

  it("is refused when it is a TCP socket: whoever comes there would need no token", async () => {
    const daemon = workshop.shell(MANAGER("daemon", "tcp"));
    await daemon.stderr.waitFor(
      /the inherited descriptor 3 is a TCP socket, which api.listen is for/,
    );
  });
});

describe("unsafe-settings-stop-the-start", () => {
  const CASES: readonly (readonly [string, string, RegExp])[] = [
    [
      "loopback without a token",
      "listen: ['tcp://127.0.0.1:0']",
      /^config\.yml:2:12: api\.listen\[0\]: anybody who can connect could call, expected token_path/,
    ],
    [
      "plaintext beyond loopback",
      "listen: ['tcp://0.0.0.0:0']\n  token_path: token",
      /^config\.yml:2:12: api\.listen\[0\]: plaintext that leaves this machine, expected tls:\/\//,
    ],
    [
      "tls without a certificate",
      "listen: ['tls://0.0.0.0:0']\n  token_path: token",
      /^config\.yml:2:12: api\.listen\[0\]: tls without a certificate/,
    ],
    [
      "no token file",
      "token_path: nothing",
      /^config\.yml:2:15: api\.token_path: there is no such file/,
    ],
    [
      "a token file for all",
      "token_path: open",
      /^config\.yml:2:15: api\.token_path: mode 0644 lets others read it, expected 0600: chmod 600/,
    ],
    [
      "a key file for all",
      "listen: ['tls://127.0.0.1:0']\n  token_path: token\n  tls_cert_path: cert.pem\n  tls_key_path: open-key.pem",
      /^config\.yml:5:17: api\.tls_key_path: mode 0644 lets others read it/,
    ],
  ];

  it.each(CASES)("%s", async (_, text, sentence) => {
    const { token } = writeAccessFiles(workshop);
    for (const [from, to] of [
      ["token", "open"],
      ["key.pem", "open-key.pem"],
    ] as const) {
      const { readFileSync } = await import("node:fs");
      writeFileSync(workshop.path(to), readFileSync(workshop.path(from)));
      chmodSync(workshop.path(to), 0o644);
    }
    writeFileSync(workshop.path("config.yml"), `api:\n  ${text}\n`);
    for (const words of [
      ["config", "check", "config.yml"],
      ["daemon", "--config", "config.yml"],
    ]) {
      const { code, stdout, stderr } = await workshop.run(words);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(sentence);
      expect(stderr).not.toContain(token);
    }
  });

  it("a group that is none", async () => {
    writeFileSync(workshop.path("config.yml"), "api: {socket_group: no-such-group-here}\n");
    const { code, stderr } = await workshop.run(["daemon", "--config", "config.yml"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/api\.socket_group: no-such-group-here: no such group in \/etc\/group/);
    expect(lstatSync(workshop.path("run/inet256.sock"), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe("create-token", () => {
  it("makes 64 digits, another each time, in a file for its owner alone", async () => {
    const [one, other] = [
      await workshop.run(["create-token"]),
      await workshop.run(["create-token"]),
    ];
    expect(one.stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect([one.stderr, one.stdout === other.stdout]).toEqual(["", false]);
    const made = await workshop.run(["create-token", "--output", "t"]);
    expect([made.code, made.stdout, made.stderr]).toEqual([0, "", ""]);
    expect(lstatSync(workshop.path("t")).mode & 0o777).toBe(0o600);
    expect((await workshop.run(["create-token", "--output", "t"])).code).toBe(1);
  });
});
