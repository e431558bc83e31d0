// SPDX-License-Identifier: GPL-3.0-or-later

// The zones of link-local addresses: names of interfaces, and their indices. Only interfaces that
// are up and have a link-local address have one, and without it nothing can be sent there anyway.

import { networkInterfaces } from "node:os";

/** The index of the interface of this name; undefined if there is none. */
export function interfaceIndex(name: string): number | undefined {
  for (const entry of networkInterfaces()[name] ?? []) {
    if (entry.family === "IPv6" && entry.scopeid > 0) return entry.scopeid;
  }
  return undefined;
}

/** The name of the interface of this index; undefined if there is none. */
export function interfaceName(index: number): string | undefined {
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    for (const entry of entries ?? []) {
      if (entry.family === "IPv6" && entry.scopeid === index) return name;
    }
  }
  return undefined;
}
