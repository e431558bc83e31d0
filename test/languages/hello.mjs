// SPDX-License-Identifier: GPL-3.0-or-later

// The example of each client, across languages: one process listens, another says hello to it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { succeed } from "./command.mjs";

const DEADLINE = 60_000;

/**
 * Lets every program listen once and greet once, at one daemon. `programs`: how each language's
 * example is called, as [{language, command, args, options: {cwd, env}}].
 */
export async function checkHello(report, programs, endpoint) {
  for (const [i, greeter] of programs.entries()) {
    const listener = programs[(i + 1) % programs.length];
    await report.check(`hello from ${greeter.language} to ${listener.language}`, () =>
      greet(listener, greeter, endpoint),
    );
  }
}

/** One greeting, checked at both ends. */
export async function greet(listener, greeter, endpoint) {
  const { command, args, options = {} } = listener;
  const env = { INET256_API: endpoint };
  const listening = spawn(command, args, {
    ...options,
    env: { ...process.env, ...options.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: DEADLINE,
  });
  try {
    const lines = createInterface({ input: listening.stdout })[Symbol.asyncIterator]();
    const { value: address } = await lines.next();
    assert.match(address ?? "", /^[-0-9A-Za-z_]{43}$/);
    const { stdout } = await succeed(greeter.command, [...greeter.args, address], {
      ...greeter.options,
      env: { ...greeter.options?.env, ...env },
      deadline: DEADLINE,
    });
    const { value: heard } = await lines.next();
    const [, own] = /^([-0-9A-Za-z_]{43}) says hello$/.exec(heard ?? "") ?? [];
    assert.ok(own, `heard: ${heard}`);
    assert.ok(stdout.includes(`hello, ${own}`), `the answer was: ${stdout}`);
  } finally {
    listening.kill();
  }
}
