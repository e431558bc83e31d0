// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The service manager that started this process, if one did: the sockets it hands over (as
 * sd_listen_fds(3) describes), and how it is told of readiness (as sd_notify(3) does). Guards that
 * nothing this process starts takes the variables for its own: they are cleared once read.
 */
import { execFile } from "node:child_process";
import type { Terminal } from "../world.js";

/** A service manager, or none. */
export interface ServiceManager {
  /** Descriptors of sockets that listen already; empty where none were handed over. */
  readonly sockets: readonly number[];
  /** Tells it one notice, such as `READY=1`. Resolves also if there is none, or it cannot be told. */
  tell(notice: string): Promise<void>;
}

/** Sends a notice to a socket; false: it cannot. */
export type SendNotice = (socket: string, notice: string) => boolean;

/** The first descriptor that is handed over. */
const FIRST_SOCKET = 3;
/** More than anybody hands over. */
const MOST_SOCKETS = 64;
const PROGRAM_DEADLINE_MS = 5_000;

type Variables = Record<string, string | undefined>;

/** Reads what the service manager left in the environment, and clears it. */
export function createServiceManager(
  { env }: Pick<Terminal, "env">,
  send: SendNotice,
  pid: number = process.pid,
): ServiceManager {
  const variables: Variables = env;
  const sockets = inheritedSockets(variables, pid);
  const address = variables["NOTIFY_SOCKET"] ?? "";
  for (const name of ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET"]) {
    delete variables[name];
  }
  return {
    sockets,
    async tell(notice) {
      if (address === "" || send(address, notice)) return;
      await tellByProgram(address, notice);
    },
  };
}

function inheritedSockets(env: Readonly<Variables>, pid: number): readonly number[] {
  // Without its own number they are another process's.
  if (env["LISTEN_PID"] !== String(pid)) return [];
  const count = Number(env["LISTEN_FDS"] ?? 0);
  if (!Number.isInteger(count) || count < 0 || count > MOST_SOCKETS) return [];
  return Array.from({ length: count }, (_, i) => FIRST_SOCKET + i);
}

// Where the kernel cannot be asked directly. systemd takes a notice of another process only with
// NotifyAccess=all.
function tellByProgram(address: string, notice: string): Promise<void> {
  return new Promise((resolve) => {
    const env = { ...process.env, NOTIFY_SOCKET: address };
    const settings = { env, timeout: PROGRAM_DEADLINE_MS };
    // That nobody could be told is no reason to end: the manager will say so by itself.
    execFile("systemd-notify", [notice], settings, () => resolve());
  });
}
