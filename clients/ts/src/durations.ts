// SPDX-License-Identifier: Apache-2.0

/** Times in a daemon's answers. */
import type { Duration } from "@bufbuild/protobuf/wkt";

/** A time in microseconds; 0 where there is none. */
export function readMicros(duration: Duration | undefined): number {
  if (duration === undefined) return 0;
  return Number(duration.seconds) * 1e6 + duration.nanos / 1000;
}
