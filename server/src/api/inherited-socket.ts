// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A unix socket that somebody else made and handed over, as systemd does. It is used as it is: who
 * made it chose its mode, and it is not removed at the end.
 */
import { readFileSync, readlinkSync } from "node:fs";
import type { Server } from "node:net";
import { ApiError } from "./errors.js";

/**
 * Makes `server` accept what comes to descriptor `fd`; resolves with the socket's path, where the
 * system tells it. Rejects with ApiError SOCKET_UNUSABLE unless it is a unix socket that listens.
 */
export function listenOnInherited(server: Server, fd: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string, cause?: unknown): void => {
      const message = `the inherited descriptor ${fd} ${why}, expected a unix socket that listens: ListenStream=/run/inet256.sock`;
      reject(new ApiError("SOCKET_UNUSABLE", message, { cause }));
    };
    server.once("error", (error: NodeJS.ErrnoException) =>
      refuse(`cannot be used (${error.code ?? "refused"})`, error),
    );
    server.listen({ fd }, () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        resolve(pathOf(fd));
        return;
      }
      server.close();
      // Over TCP whoever connects has to show a token.
      refuse("is a TCP socket, which api.listen is for");
    });
  });
}

/** The path a unix socket is bound to, from Linux's tables; undefined where they do not have it. */
function pathOf(fd: number): string | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
    if (inode === undefined) return undefined;
    for (const line of readFileSync("/proc/self/net/unix", "utf8").split("\n")) {
      const columns = /^\S+ \S+ \S+ \S+ \S+ \S+ +(\d+) (\/.*)$/.exec(line);
      if (columns?.[1] === inode) return columns[2];
    }
  } catch {
    // Another system.
  }
  return undefined;
}
