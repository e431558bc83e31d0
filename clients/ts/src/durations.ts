// SPDX-License-Identifier: Apache-2.0

/** Times in requests and in answers. */
import type { Duration } from "@bufbuild/protobuf/wkt";

/** A time in microseconds; 0 where there is none. */
export function readMicros(duration: Duration | undefined): number {
  if (duration === undefined) return 0;
  return Number(duration.seconds) * 1e6 + duration.nanos / 1000;
}

/** A time as requests have it, from milliseconds that are not negative. */
export function toDuration(millis: number): Pick<Duration, "seconds" | "nanos"> {
  const seconds = Math.floor(millis / 1000);
  return { seconds: BigInt(seconds), nanos: Math.floor((millis - seconds * 1000) * 1e6) };
}
