// SPDX-License-Identifier: GPL-3.0-or-later

/** Numbers and times of requests: inside a range, and with a default for what is left out. */
import type { Duration } from "@bufbuild/protobuf/wkt";
import { NodeError } from "@inet256/client";

/** What a field may be. */
export interface Range {
  /** The field's name, as the protocol writes it. */
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** What is meant where nothing is given. */
  readonly usual: number;
}

/** A whole number; 0 means the usual one. Throws BAD_REQUEST. */
export function numberIn(value: number, { name, least, most, usual }: Range): number {
  if (value === 0) return usual;
  if (value >= least && value <= most) return value;
  throw new NodeError("BAD_REQUEST", `${name}: expected ${least} to ${most}, got ${value}`);
}

/** A time in milliseconds, as is its range. Throws BAD_REQUEST. */
export function millisIn(value: Duration | undefined, { name, least, most, usual }: Range): number {
  if (value === undefined) return usual;
  const millis = Number(value.seconds) * 1000 + value.nanos / 1e6;
  if (millis >= least && millis <= most) return millis;
  const range = `${least / 1000} s to ${most / 1000} s`;
  throw new NodeError("BAD_REQUEST", `${name}: expected ${range}, got ${millis / 1000} s`);
}
