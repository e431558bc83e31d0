// SPDX-License-Identifier: GPL-3.0-or-later

/** Groups of the machine by name, from /etc/group: Node knows numbers only. */
import { readFileSync } from "node:fs";
import { ApiError } from "./errors.js";

const GROUPS = "/etc/group";

/**
 * The number of a group. Throws ApiError ACCESS_REFUSED for a name that is not in the file; groups
 * that come from elsewhere are given by number.
 */
export function groupNumber(group: string | number, file = GROUPS): number {
  if (typeof group === "number") return group;
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // Then nothing is in it.
  }
  for (const line of text.split("\n")) {
    const [name, , number = ""] = line.split(":");
    if (name === group && /^\d{1,10}$/.test(number)) return Number(number);
  }
  throw new ApiError(
    "ACCESS_REFUSED",
    `api.socket_group: ${group}: no such group in ${file}, expected a group of this machine, or a number`,
  );
}
