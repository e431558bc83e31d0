// SPDX-License-Identifier: GPL-3.0-or-later

// The other languages: the Go and Python clients' own tests, then, against one real daemon, their
// smoke programs and grpcurl. `npm test` runs this after the tests in TypeScript, with the command
// built. Where Go or Python is missing, what needs it is skipped, and said to be; under CI=true that
// is a failure. The last line is "N passed, N failed, N skipped".

import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./command.mjs";
import { startDaemon } from "./daemon.mjs";
import { checkExchange } from "./exchange.mjs";
import { buildGrpcurl, buildSmoke, checkGo, goPrograms, smokeGo, whyNoGo } from "./go.mjs";
import { checkGoModule } from "./go-module.mjs";
import { checkGrpcurl } from "./grpcurl.mjs";
import { checkGrpcurlAccess } from "./grpcurl-access.mjs";
import { checkGrpcurlAdmin } from "./grpcurl-admin.mjs";
import { checkHello } from "./hello.mjs";
import { checkPython, prepareEnvironments, smokePython } from "./python.mjs";
import { createReport } from "./report.mjs";

const report = createReport();

/** Answers what is needed later: whether there is Go, and where grpcurl is, if it could be built. */
async function prepareGo() {
  const reason = await whyNoGo();
  if (reason !== undefined) {
    for (const part of ["Go", "grpcurl"]) report.skip(part, reason);
    return { present: false };
  }
  await checkGo(report);
  await report.check("Go: build the smoke program", async () => {
    await buildSmoke();
  });
  try {
    return { present: true, grpcurl: await buildGrpcurl() };
  } catch (error) {
    report.skip("grpcurl", `it cannot be built: ${error.message}`);
    return { present: true };
  }
}

async function preparePython() {
  const environments = await prepareEnvironments(report);
  await checkPython(report, environments);
  return environments;
}

const PYTHON = join(ROOT, "clients/python");

/** How Python's programs are called, if they are there. */
function pythonPrograms(environments) {
  const command = environments[0]?.interpreter;
  const options = { cwd: PYTHON, env: { PYTHONPATH: "src" } };
  const program = (file, args) =>
    command !== undefined && existsSync(join(PYTHON, file))
      ? [{ language: "Python", command, args, options }]
      : [];
  return {
    exchange: program("tests/programs/exchange.py", ["-m", "tests.programs.exchange"]),
    hello: program("examples/hello.py", ["examples/hello.py"]),
  };
}

/** What needs programs of several languages; where there is one alone, it is its own peer. */
async function checkAcross(go, environments, endpoint) {
  const own = go.present ? await goPrograms() : undefined;
  const python = pythonPrograms(environments);
  const hellos = [...(own === undefined ? [] : [own.hello]), ...python.hello];
  await checkHello(report, hellos, endpoint);
  if (own === undefined) return;
  await report.check("Go: the module, fetched, runs the README's example", () =>
    checkGoModule(endpoint),
  );
  const [other = { ...own.exchange, language: "another Go" }] = python.exchange;
  await checkExchange(report, [own.exchange, other]);
}

async function checkDaemon(go, environments) {
  const daemon = await startDaemon();
  if (go.present) await report.check("Go: smoke", () => smokeGo(daemon.endpoint));
  for (const { name, interpreter } of environments) {
    const smoke = () => smokePython(interpreter, daemon.endpoint);
    await report.check(`Python: smoke, ${name} packages`, smoke);
  }
  if (go.grpcurl !== undefined) {
    const { endpoint } = daemon;
    await checkGrpcurl(report, go.grpcurl, endpoint);
    const how = ["-plaintext"];
    await checkGrpcurlAdmin(report, go.grpcurl, { endpoint, how, over: "the socket" });
    await checkGrpcurlAccess(report, go.grpcurl);
  }
  await checkAcross(go, environments, daemon.endpoint);
  await report.check("the daemon stops cleanly", async () => {
    await daemon.stop();
  });
}

const [go, environments] = await Promise.all([prepareGo(), preparePython()]);
if (go.present || environments.length > 0) {
  await checkDaemon(go, environments).catch((error) =>
    report.check("the daemon", () => Promise.reject(error)),
  );
}
process.exitCode = report.finish();
