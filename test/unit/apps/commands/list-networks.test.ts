// SPDX-License-Identifier: GPL-3.0-or-later

import { listAlgorithms } from "@inet256/mesh256";
import { describe, expect, it } from "vitest";
import { networkLines } from "../../../../apps/src/commands/list-networks.js";
import { runCommand } from "../../../support/commands.js";

const names = listAlgorithms().map(({ name }) => name);

describe("list-networks", () => {
  it("prints every algorithm, and which one is meant by default", async () => {
    const { exitCode, stdout, stderr } = await runCommand(["list-networks"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const headings = stdout.split("\n").filter((line) => /^\S/.test(line));
    expect(headings).toEqual(
      names.map((name) => (name === "beaconnet" ? `${name} (default)` : name)),
    );
    expect(stdout).toContain(
      "onehop\n  Direct peers only: what they do not host is not reached.\n  no options\n",
    );
  });

  it("has the same as JSON, one a line", async () => {
    const { stdout } = await runCommand(["list-networks", "--json"]);
    const networks = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(networks.map(({ name }) => name)).toEqual(names);
    expect(networks[0]).toEqual({
      name: "onehop",
      description: expect.stringMatching(/\.$/),
      isDefault: false,
      options: [],
    });
    expect(networks.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it("shows options with what they are for and what applies without them", () => {
    const lines = networkLines([
      {
        name: "toy",
        description: "A toy.",
        isDefault: false,
        options: [
          { name: "hops", description: "How far.", required: false, default: 3 },
          { name: "colour", description: "", required: false, default: "red" },
          { name: "seed", description: "Which one.", required: true, default: undefined },
          { name: "x", description: "Unsaid.", required: false, default: undefined },
        ],
      },
    ]);
    expect(lines).toEqual([
      "toy",
      "  A toy.",
      "  options:",
      "    hops    How far. (default: 3)",
      "    colour  (default: red)",
      "    seed    Which one. (required)",
      "    x       Unsaid.",
    ]);
  });
});
