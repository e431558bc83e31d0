// SPDX-License-Identifier: GPL-3.0-or-later

// Builds the image as the Dockerfile says and runs it: as its own user, on a read-only root, two of
// them that talk. Needs root, buildah, debootstrap and namespaces, and says what is missing.
//   node packaging/test-image.mjs

import assert from "node:assert/strict";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT, run, succeed } from "../test/languages/command.mjs";
import { createReport } from "../test/languages/report.mjs";
import { createBuilder } from "./image/buildah.mjs";
import { startContainer } from "./image/container.mjs";

const TOOLS = ["buildah", "debootstrap", "unshare", "nsenter", "setpriv"];
const PORTS = [25_701, 25_702];
// The usual one may be taken by a daemon of this machine.
const COMPOSE_PORT = 25_703;
const STRANGER = 4_321;

/** Why it cannot be done here; undefined where it can. */
async function whyNot() {
  if (process.getuid?.() !== 0) return "needs root";
  for (const tool of TOOLS) {
    const { code } = await run("sh", ["-c", `command -v ${tool}`]);
    if (code !== 0) return `${tool} is not installed`;
  }
  const { code } = await run("unshare", ["--mount", "--pid", "--fork", "true"]);
  return code === 0 ? undefined : "no namespaces for mounts here";
}

/** What stands in front of every check: the image, its root, and folders of configuration. */
async function createStage(folder, builder) {
  const settings = await builder.settings();
  const root = await builder.mount();
  const started = new Set();
  const start = (volumes, changes = {}) => {
    const container = startContainer(root, { ...settings, ...changes }, volumes);
    started.add(container);
    return container;
  };
  return {
    settings,
    root,
    start,
    /** Makes an empty folder, of the image's user; answers its path. */
    async makeVolume(name) {
      const volume = join(folder, name);
      await mkdir(volume, { mode: 0o755 });
      await chown(volume, ...settings.User.split(":").map(Number));
      return volume;
    },
    /** A folder made by the commands that users know, with umask 022; `key` is its key's mode. */
    async makeConfig(name, { mode = 0o644, owner = 0, text } = {}) {
      const config = join(folder, name);
      await mkdir(config, { mode: 0o755 });
      const clean = ["env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin"];
      const command = (words) => succeed("chroot", [root, ...clean, "inet256", ...words]);
      const { stdout: example } = await command(["create-config"]);
      await writeFile(join(config, "config.yml"), text ?? example);
      const { stdout: key, stderr } = await command(["keygen"]);
      const file = join(config, "private_key.pem");
      await writeFile(file, key);
      await chmod(file, mode);
      await chown(file, owner, owner);
      return { volumes: [`${config}:/config:ro`], config, address: stderr.trim() };
    },
    end() {
      for (const container of started) container.kill();
    },
  };
}

async function checkSettings({ settings, root }) {
  assert.match(settings.User, /^[1-9]\d*:[1-9]\d*$/, "not root, and a number");
  assert.equal(settings.Cmd.join(" "), "inet256 daemon --config /config/config.yml");
  assert.equal(settings.StopSignal, "SIGTERM");
  assert.deepEqual(Object.keys(settings.Volumes), ["/run/inet256"]);
  const { stdout } = await succeed("du", ["-sm", join(root, "usr/local/lib/inet256")]);
  console.log(`        beside the base: ${stdout.split("\t")[0]} MB`);
}

async function checkAsKnown({ start, makeConfig }) {
  const { volumes, address } = await makeConfig("myconfig", { mode: 0o644, owner: STRANGER });
  const container = start(volumes);
  await container.line(new RegExp(`^address +${address}$`));
  await container.line(/^warning: .*mode 0644.*chown 1000.*run as user 4321/);
  assert.equal(await container.stop(), 0);
}

async function checkPrivateKey({ start, makeConfig, settings }) {
  const owner = Number(settings.User.split(":")[0]);
  const { volumes } = await makeConfig("private", { mode: 0o600, owner });
  const container = start(volumes);
  await container.line(/^endpoint +unix:\/\/\/run\/inet256\/inet256\.sock$/);
  assert.doesNotMatch(container.output.join("\n"), /warning/);
  assert.equal(await container.stop(), 0);
}

async function checkUnreadableKey({ start, makeConfig }) {
  const { volumes } = await makeConfig("unreadable", { mode: 0o600, owner: STRANGER });
  const container = start(volumes);
  assert.equal(await container.ended(), 1);
  assert.match(container.output.join("\n"), /docker run --user 4321.*chown 1000/);
}

// The other of the two ways out.
async function checkOtherUser({ start, makeConfig }) {
  const { volumes } = await makeConfig("other", { mode: 0o600, owner: STRANGER });
  const container = start(volumes, { User: `${STRANGER}:${STRANGER}` });
  await container.line(/^endpoint/);
  assert.doesNotMatch(container.output.join("\n"), /warning/);
  assert.equal(await container.stop(), 0);
}

async function checkConfined({ start, makeConfig }) {
  const { volumes } = await makeConfig("confined", { owner: STRANGER });
  const container = start(volumes);
  await container.line(/^endpoint/);
  const script = `id -u; id -g; grep ^CapEff /proc/1/status; touch /usr/x /config/x 2>&1 || true
    inet256 status --json > /dev/null && echo healthy`;
  const { stdout } = await container.exec(["sh", "-c", script]);
  assert.match(stdout, /^1000\n1000\nCapEff:\t0+\n/);
  assert.equal(stdout.match(/Read-only file system/g)?.length, 2, stdout);
  assert.match(stdout, /healthy\n$/);
  assert.equal(await container.stop(), 0);
}

async function checkHealth({ start, makeConfig, settings }) {
  const { volumes } = await makeConfig("health", { owner: STRANGER });
  const [, ...command] = settings.Healthcheck.Test;
  const without = start(volumes, { Cmd: ["sleep", "60"] });
  const ill = await without.exec(command);
  assert.notEqual(ill.code, 0, "nobody listens, and yet it is healthy");
  without.kill();
  const container = start(volumes);
  await container.line(/^endpoint/);
  const well = await container.exec(command);
  assert.equal(well.code, 0, well.stderr);
  assert.equal(await container.stop(), 0);
}

async function checkTalking({ start, makeConfig }) {
  const made = [await makeConfig("a", {}), await makeConfig("b", {})];
  for (const [i, { config }] of made.entries()) {
    const text = [
      "private_key_path: ./private_key.pem",
      "transports:",
      `  - {type: udp, bind: "127.0.0.1:${PORTS[i]}"}`,
      "peers:",
      `  - {id: ${made[1 - i].address}, addrs: ["127.0.0.1:${PORTS[1 - i]}"]}`,
      "",
    ];
    await writeFile(join(config, "config.yml"), text.join("\n"));
  }
  const [a, b] = made.map(({ volumes }) => start(volumes));
  await Promise.all([a, b].map((container) => container.line(/^endpoint/)));
  // As `docker exec`, and left running: it ends with its container.
  const file = "/run/inet256/address";
  await b.exec(["sh", "-c", `inet256 echo --quiet > ${file} 2>&1 &`]);
  const wait = `for i in $(seq 200); do [ -s ${file} ] && break; sleep 0.1; done; cat ${file}`;
  const { stdout: target } = await b.exec(["sh", "-c", wait]);
  const ping = await a.exec(["inet256", "ping", "-c", "3", target.trim()]);
  assert.equal(ping.code, 0, `${ping.stdout}${ping.stderr}`);
  console.log(ping.stdout.trimEnd().replace(/^/gm, "        "));
  assert.deepEqual([await a.stop(), await b.stop()], [0, 0]);
}

// Its network becomes loopback, where all addresses of 127.0.0.0/8 are this machine.
async function checkCompose({ start, makeVolume }) {
  const file = await readFile(join(ROOT, "compose.yaml"), "utf8");
  const text = file.replaceAll("172.30.25", "127.30.25").replaceAll(":25632", `:${COMPOSE_PORT}`);
  const { services, volumes: named } = parse(text, { merge: true });
  const folders = {};
  for (const name of Object.keys(named)) folders[name] = await makeVolume(`volume-${name}`);
  const run = (name) => {
    const { command, volumes, user } = services[name];
    return start(
      volumes.map((volume) => volume.replace(/^[^:]+/, (source) => folders[source])),
      { Cmd: command.map((word) => word.replaceAll("$$", "$")), ...(user && { User: user }) },
    );
  };
  assert.equal(await run("setup").ended(), 0);
  const [first, second] = ["first", "second"].map(run);
  await Promise.all([first, second].map((container) => container.line(/^endpoint/)));
  const echo = run("echo");
  await echo.line(/^echoing/);
  const ping = 'inet256 ping -c 3 "$(inet256 addr /config/echo.pem)"';
  const { code, stdout, stderr } = await first.exec(["sh", "-c", ping]);
  assert.equal(code, 0, `${stdout}${stderr}`);
  for (const container of [echo, first, second]) await container.stop();
}

const CHECKS = {
  "it says what it is": checkSettings,
  "the commands that users know, with a key of mode 0644 of another user": checkAsKnown,
  "a key of mode 0600 of its own user": checkPrivateKey,
  "a key of mode 0600 of another user: a sentence with the ways out": checkUnreadableKey,
  "the same as that user": checkOtherUser,
  "no rights, and a root that is read-only": checkConfined,
  "its health check tells ill from well": checkHealth,
  "two containers talk": checkTalking,
  "what the compose file has talks": checkCompose,
};

const report = createReport();
const reason = await whyNot();
if (reason !== undefined) {
  report.skip("the image", reason);
  process.exit(report.finish());
}
const folder = await mkdtemp(join(tmpdir(), "inet256-image-"));
await chmod(folder, 0o755);
const builder = createBuilder(folder);
let stage;
try {
  const isBuilt =
    (await report.check("a base from packages alone", () => builder.makeBase())) &&
    (await report.check("the image builds", () => builder.build()));
  if (isBuilt) {
    stage = await createStage(folder, builder);
    for (const [name, check] of Object.entries(CHECKS)) {
      await report.check(name, () => check(stage));
    }
  }
} finally {
  stage?.end();
  await builder.end();
  await rm(folder, { recursive: true, force: true });
}
process.exit(report.finish());
