// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { describeNetwork, describeNetworks } from "../../../server/src/daemon/index.js";
import { listAlgorithms } from "../../../server/src/network/index.js";

describe("routing algorithms in words", () => {
  it("are all that are built in, one of them the default", () => {
    const described = describeNetworks();
    expect(described.map(({ name, description }) => [name, description])).toEqual(
      listAlgorithms().map(({ name, description }) => [name, description]),
    );
    expect(described.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual([
      "beaconnet",
    ]);
  });

  it("have the options of their schema", () => {
    const options = z.strictObject({
      hops: z.int().default(3).describe("How far."),
      seed: z.string().describe("Which one."),
      quiet: z.boolean().optional(),
    });
    expect(describeNetwork({ name: "toy", description: "A toy.", options })).toEqual({
      name: "toy",
      description: "A toy.",
      isDefault: false,
      options: [
        { name: "hops", description: "How far.", required: false, default: 3 },
        { name: "seed", description: "Which one.", required: true, default: undefined },
        { name: "quiet", description: "", required: false, default: undefined },
      ],
    });
  });
});
