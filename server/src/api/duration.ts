// SPDX-License-Identifier: GPL-3.0-or-later

/** Times as the API says them. */
import { create } from "@bufbuild/protobuf";
import { type Duration, DurationSchema } from "@bufbuild/protobuf/wkt";

/** So many microseconds, fractions down to a nanosecond; not negative. */
export function duration(micros: number): Duration {
  const seconds = Math.floor(micros / 1e6);
  return create(DurationSchema, {
    seconds: BigInt(seconds),
    nanos: Math.floor((micros - seconds * 1e6) * 1000),
  });
}
