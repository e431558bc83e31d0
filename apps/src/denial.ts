// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Why a file may not be read, and the ways out. It is for keys and configurations that are handed
 * to a container or a service, which has a user of its own.
 */
import { statSync } from "node:fs";

/** What follows "permission denied" about that path; empty where there is nothing more to say. */
export function explainDenial(path: string): string {
  const reader = process.getuid?.();
  if (reader === undefined) return "";
  try {
    const { uid, mode } = statSync(path);
    if (uid === reader) return "";
    const digits = (mode & 0o777).toString(8).padStart(4, "0");
    return (
      `: it belongs to user ${uid} with mode ${digits}, and user ${reader} is at work here; either ` +
      `run as that user (docker run --user ${uid}), or give it to this one (chown ${reader})`
    );
  } catch {
    return `: a folder on the way is closed to user ${reader}, who is at work here`;
  }
}
