// SPDX-License-Identifier: GPL-3.0-or-later

// Processes of a measurement: started, asked one thing at a time, and ended.
import { execFileSync, fork, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** Processor time is given by /proc in ticks of so many microseconds (USER_HZ is 100 on Linux). */
const TICK_MICROS = 10_000;

/** Where profiles go, if they are wanted: BENCH_PROFILE names a folder. */
const profileArgs = (name) => {
  const folder = process.env.BENCH_PROFILE;
  if (folder === undefined) return [];
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`];
};

/** A process that is told what to do by messages, and answers each with one. */
export async function startEnd(name, file, args) {
  const child = fork(file, args, { execArgv: profileArgs(name) });
  const answer = () =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`${name} ended with ${code}`));
      child.once("exit", ended);
      child.once("message", (message) => {
        child.off("exit", ended);
        resolve(message);
      });
    });
  const hello = await answer();
  return {
    ...hello,
    pid: child.pid,
    ask(command, options) {
      const next = answer();
      child.send({ command, options });
      return next;
    },
    close: () => ended(child, () => child.send({ command: "close" })),
  };
}

/** A server that prints `ready` when it can be called; SIGTERM ends it. */
export async function startServer(name, args, ready, env = {}) {
  const child = spawn(process.execPath, [...profileArgs(name), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (text.includes(ready)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  return { pid: child.pid, close: () => ended(child, () => child.kill()) };
}

function ended(child, end) {
  return new Promise((resolve) => {
    child.once("exit", resolve);
    end();
  });
}

/** Microseconds of processor time that a process has used; 0 where /proc does not say. */
export function cpuMicros({ pid }) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
  } catch {
    return 0;
  }
}

/** The processors that this process may use, by their numbers; empty where /proc does not say. */
export function processors() {
  try {
    const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"));
    return list.split(",").flatMap((range) => {
      const [first, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
  } catch {
    return [];
  }
}

/** Has the main thread of a process run on these processors only; what compiles and collects beside it stays free. */
export function place({ pid }, allowed) {
  execFileSync("taskset", ["-cp", allowed.join(","), String(pid)], { stdio: "ignore" });
}

/** How many processes want a processor, over the last minute: what a figure was measured beside. */
export function loadAverage() {
  try {
    return Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]);
  } catch {
    return 0;
  }
}
