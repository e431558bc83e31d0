// SPDX-License-Identifier: GPL-3.0-or-later

// A process in Go and one in Python, at two daemons, send each other so many messages, and check
// each by content; the same while one of the daemons is killed and started again.

import assert from "node:assert/strict";
import { run } from "./command.mjs";
import { startPeeredDaemons, until } from "./peered-daemons.mjs";

const MESSAGES = Number(process.env.EXCHANGE_MESSAGES ?? 100_000);
const DEADLINE = 180_000;

/** `programs`: how each language's program is called, as [{language, command, args, options}]. */
export async function checkExchange(report, programs) {
  const names = programs.map(({ language }) => language).join(" and ");
  const peered = await startPeeredDaemons();
  try {
    await report.check(`${names} exchange ${MESSAGES} messages each way`, async () => {
      for (const result of await exchange(programs, peered)) assert.equal(result.reconnects, 0);
    });
    for (const [killed, { language }] of programs.entries()) {
      await report.check(`${names}: the same, and ${language}'s daemon is killed`, async () => {
        const [, other] = [killed, 1 - killed];
        const begin = await carried(peered.daemons[other]);
        const results = exchange(programs, peered);
        const killing = (async () => {
          await until("a fifth is there", async () => {
            const now = await carried(peered.daemons[other]);
            return now - begin > MESSAGES / 5;
          });
          await peered.daemons[killed].kill();
          await peered.daemons[killed].start();
        })();
        const [ended] = await Promise.all([results, killing]);
        assert.ok(ended[killed].reconnects > 0, "nothing was broken");
      });
    }
  } finally {
    await peered.stop();
  }
}

/** Messages a daemon has delivered to its programs. */
async function carried(daemon) {
  return (await daemon.status()).counters.datagrams_delivered;
}

/** Runs both to their ends, and insists that all of each is there, once, and unaltered. */
async function exchange(programs, { daemons, keys }) {
  const results = await Promise.all(
    programs.map(async ({ language, command, args, options }, i) => {
      const words = ["--api", daemons[i].endpoint, "--key", keys[i].file];
      const wish = ["--peer", keys[1 - i].address, "--count", String(MESSAGES)];
      const all = [...args, ...words, ...wish];
      const { code, stdout, stderr } = await run(command, all, { ...options, deadline: DEADLINE });
      assert.equal(code, 0, `${language}: exit ${code}\n${stdout}${stderr}`);
      return { language, ...JSON.parse(stdout.trim().split("\n").at(-1)) };
    }),
  );
  for (const { language, sent, received, twice, altered, foreign } of results) {
    const expected = { sent: MESSAGES, received: MESSAGES, twice: 0, altered: 0, foreign: 0 };
    assert.deepEqual({ sent, received, twice, altered, foreign }, expected, language);
  }
  return results;
}
