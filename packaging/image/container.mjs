// SPDX-License-Identifier: GPL-3.0-or-later

// Runs what an image says, the way `docker run --rm --read-only --net=host -v …` does: namespaces
// for mounts and processes, a root that is read-only, the user of the image, no capabilities,
// nothing of this process's environment.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { run } from "../../test/languages/command.mjs";

const DEADLINE_MS = 20_000;
const ENTER = `
set -eu
root=$1 owner=$2 volumes=$3; shift 3
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o "$owner,mode=0755" tmpfs "$root/run/inet256"
for volume in $volumes; do
  source=\${volume%%:*} rest=\${volume#*:}
  mount --bind "$source" "$root\${rest%%:*}"
  case $rest in *:ro) mount -o remount,bind,ro "$root\${rest%%:*}" ;; esac
done
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
exec chroot "$root" "$@"`;

/** The words that become that user without any right, with the image's environment alone. */
function asUser({ User, Env }, command) {
  const [uid, gid] = User.split(":");
  const rights = uid === "0" ? [] : ["--inh-caps=-all", "--bounding-set=-all"];
  return [
    ...["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs"],
    ...rights,
    ...["env", "-i", "HOME=/", ...Env],
    ...command,
  ];
}

/**
 * Starts a container on that root, as the image's settings say or as some are given instead.
 * `volumes` are SOURCE:TARGET, or SOURCE:TARGET:ro, without spaces.
 */
export function startContainer(root, settings, volumes) {
  const [uid, gid] = settings.User.split(":");
  const words = ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "container"];
  const inside = [
    root,
    `uid=${uid},gid=${gid}`,
    volumes.join(" "),
    ...asUser(settings, settings.Cmd),
  ];
  const child = spawn("unshare", [...words, ...inside], { stdio: ["ignore", "pipe", "pipe"] });
  const output = [];
  const waiting = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      output.push(line);
      for (const look of waiting) look();
    });
  }
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  const first = async () => {
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
    return Number(children.trim());
  };

  return {
    output,
    /** Resolves to its exit code, or the name of a signal. */
    ended: () => within(ended, () => `it has not ended:\n${output.join("\n")}`),
    /** Resolves to the first line that fits. */
    line(pattern) {
      let look;
      const seen = new Promise((resolve, reject) => {
        look = () => {
          const line = output.find((candidate) => pattern.test(candidate));
          if (line !== undefined) resolve(line);
        };
        ended.then(
          (code) => reject(new Error(`it ended with ${code}:\n${output.join("\n")}`)),
          reject,
        );
      });
      waiting.add(look);
      look();
      return within(seen, () => `no line ${pattern}:\n${output.join("\n")}`);
    },
    /** As `docker exec` does. Answers {code, stdout, stderr}. */
    async exec(words) {
      const inside = ["--target", `${await first()}`, "--mount", "--pid", "--root", "--wd=/"];
      return run("nsenter", [...inside, ...asUser(settings, words)], { deadline: DEADLINE_MS });
    },
    /** As `docker stop` does: the image's signal to its first process. */
    async stop() {
      process.kill(await first(), settings.StopSignal);
      return this.ended();
    },
    kill: () => child.kill("SIGKILL"),
  };
}

async function within(promise, describe) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(describe())), DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
