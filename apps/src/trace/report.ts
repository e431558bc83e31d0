// SPDX-License-Identifier: GPL-3.0-or-later

/** What trace says of a stop, to people and as JSON. */
import type { Stop } from "@inet256/client";
import { formatCount, formatMicros } from "../quantities.js";

/** What became of the pings to a stop. */
export interface StopResult extends Stop {
  /** The fastest round trip in milliseconds; undefined: nothing came back. */
  readonly rttMs: number | undefined;
}

const HOPS_WIDTH = 3;
const ROLE_WIDTH = "next hop".length;

/** One line: how many links away, what it is, who, and how fast. */
export function stopLine({ role, address, hops, rttMs }: StopResult): string {
  const links = hops === undefined ? "?" : formatCount(hops);
  const answer = rttMs === undefined ? "no answer" : formatMicros(rttMs * 1000);
  return `${links.padStart(HOPS_WIDTH)}  ${role.replace("-", " ").padEnd(ROLE_WIDTH)}  ${address}  ${answer}`;
}

/** The same as an object. */
export function stopJson({ role, address, hops, rttMs }: StopResult): unknown {
  return { type: "stop", role, address, hops: hops ?? null, rttMs: rttMs ?? null };
}
