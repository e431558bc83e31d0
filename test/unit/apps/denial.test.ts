// SPDX-License-Identifier: GPL-3.0-or-later

// What is said of a file that belongs to another user, as in a container.

import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKey, readKeyFile, writeKeyFile } from "@inet256/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { explainDenial } from "../../../apps/src/denial.js";
import { atPath } from "../../../apps/src/failures.js";

const STRANGER = 4_321;

let folder: string;
let path: string;
let owner: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-denial-"));
  path = join(folder, "key.pem");
  writeKeyFile(path, generateKey());
  owner = statSync(path).uid;
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function runAs(uid: number): void {
  vi.spyOn(process, "getuid").mockReturnValue(uid);
}

describe("a file that may not be read", () => {
  it("names whose it is, who reads, and both ways out", () => {
    runAs(STRANGER);
    const denied = Object.assign(new Error("denied"), { code: "EACCES", syscall: "open" });
    const read = (): never => {
      throw denied;
    };
    expect(() => atPath(path, read)).toThrow(
      `${path}: permission denied: it belongs to user ${owner} with mode 0600, and user 4321 is at ` +
        `work here; either run as that user (docker run --user ${owner}), or give it to this one (chown 4321)`,
    );
  });

  it("adds nothing where it is the reader's own", () => {
    runAs(owner);
    expect(explainDenial(path)).toBe("");
  });

  it("says that the way to it is closed where it cannot even be looked at", () => {
    runAs(STRANGER);
    expect(explainDenial(join(folder, "nothing", "key.pem"))).toMatch(/^: a folder on the way /);
  });
});

describe("a key that others may read", () => {
  it("is warned of, with what keeps it readable for whoever reads it now", () => {
    chmodSync(path, 0o644);
    runAs(owner);
    expect(readKeyFile(path).warning).toMatch(/ has mode 0644: .*; use chmod 600$/);
    runAs(STRANGER);
    expect(readKeyFile(path).warning).toMatch(
      new RegExp(`chmod 600 and either chown 4321, who reads it here, or run as user ${owner}$`),
    );
    runAs(0);
    expect(readKeyFile(path).warning).toMatch(/; use chmod 600$/);
  });
});
