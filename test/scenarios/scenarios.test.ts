// SPDX-License-Identifier: GPL-3.0-or-later

// Every scenario of this folder is played, and what is observed must be what stands in its file.
// SCENARIOS=write writes it there instead, to be reviewed as a diff; what a scenario expects must
// hold all the same.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { playScenario } from "./play.js";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const WRITES = process.env["SCENARIOS"] === "write";
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".scenario"));

describe("scenarios", () => {
  it("are there", () => expect(files.length).toBeGreaterThan(0));

  it.each(files)("%s", async (file) => {
    const text = readFileSync(`${FOLDER}${file}`, "utf8");
    const played = await playScenario(file, text);
    if (played.failure !== undefined) {
      throw new Error(`${played.failure.message}\n\n${played.text.slice(-2_000)}`);
    }
    if (WRITES) writeFileSync(`${FOLDER}${file}`, played.text);
    else expect(played.text).toBe(text);
  });
});
