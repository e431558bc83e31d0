// SPDX-License-Identifier: GPL-3.0-or-later

// What was checked and how it went: a line for each check as it ends, what failed in full, and at
// the end the counts. What cannot be checked on this machine is skipped with the reason; under
// CI=true, where everything has to be there, that is a failure.

/** The counts of one check that is one test. */
const ONE_PASSED = { passed: 1, failed: 0, output: "" };

/** Makes a report; `ci` says that nothing may be skipped. */
export function createReport({ ci = process.env.CI === "true", print = console.log } = {}) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const skips = [];

  function fail(name, output) {
    print(`FAILED  ${name}`);
    if (output) print(output.trimEnd().replace(/^/gm, "        "));
  }

  return {
    /**
     * Makes a check: an async function that answers {passed, failed, output}, or nothing if it is
     * one test, and rejects if it fails as a whole. Answers whether it passed.
     */
    async check(name, work) {
      const started = performance.now();
      try {
        const { passed, failed, output } = (await work()) ?? ONE_PASSED;
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        const total = passed + failed > 1 ? `, ${passed} of ${passed + failed}` : "";
        counts.passed += passed;
        counts.failed += failed;
        if (failed > 0) fail(`${name} (${seconds} s${total})`, output);
        else print(`ok      ${name} (${seconds} s${total})`);
        return failed === 0;
      } catch (error) {
        counts.failed += 1;
        fail(name, error.message);
        return false;
      }
    },

    /** Says that something cannot be checked here, and why. */
    skip(name, reason) {
      if (ci) {
        counts.failed += 1;
        fail(name, `cannot be skipped under CI=true: ${reason}`);
      } else {
        counts.skipped += 1;
        skips.push(`${name}: ${reason}`);
        print(`skipped ${name}: ${reason}`);
      }
    },

    /** Prints the counts and answers the exit code. */
    finish() {
      print("");
      for (const skip of skips) print(`Skipped: ${skip}`);
      print(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
      return counts.failed > 0 ? 1 : 0;
    },
  };
}
