// SPDX-License-Identifier: GPL-3.0-or-later

// The numbers of the protocol's text, written down once more: to change one is to change both.

import { describe, expect, it } from "vitest";
import * as constants from "../../../server/src/channel/constants.js";

describe("the numbers of the channel", () => {
  it("that the protocol fixes are those of its text", () => {
    expect(constants).toMatchObject({
      TYPE: {
        message1: 0x51,
        message2: 0x52,
        message3: 0x53,
        cookie: 0x54,
        data: 0x55,
        hint: 0x56,
      },
      SUITE: 1,
      FLAG_LARGE_MESSAGE_3: 1,
      WHOLE: 0x01,
      HANDSHAKE_HEADER_BYTES: 12,
      MAC_BYTES: 16,
      COOKIE_BYTES: 64,
      DATA_HEADER_BYTES: 16,
      DATA_OVERHEAD_BYTES: 32,
      HINT_BYTES: 16,
      PROLOGUE_BYTES: 88,
      FRAGMENT_BODY_BYTES: 1_156,
      MOST_FRAGMENTS: 15,
      MOST_MESSAGE_BYTES: 16_384,
      REKEY_AFTER_DATAGRAMS: 2 ** 40,
      REJECT_AFTER_DATAGRAMS: 2 ** 48,
      REKEY_INITIATOR_MS: 120_000,
      REKEY_RESPONDER_MS: 150_000,
      REJECT_AFTER_MS: 180_000,
      REKEY_IF_USED_WITHIN_MS: 30_000,
      CROSSING_MS: 5_000,
    });
  });

  it("that bound what strangers can cost are those of its text (C2, C5, C7, S4 to S6, S12, F2)", () => {
    expect(constants).toMatchObject({
      CERTIFICATE_GRACE_S: 300,
      CERTIFICATE_CACHE: 4_096,
      COOKIE_SECRET_MS: 120_000,
      HALF_OPEN_MS: 10_000,
      COOKIE_ABOVE_HALF_OPEN: 64,
      SOURCE_RATE: 20,
      SOURCE_BURST: 5,
      NEIGHBOUR_RATE: 500,
      REPEATED_CONFIRMATIONS_RATE: 4,
      HINTS_PER_SOURCE: 10,
      HINTS_RATE: 100,
      DOUBT_PAUSE_MS: 2_000,
      FRAGMENTS_BYTES: 4 * 1024 * 1024,
      FRAGMENTED_PER_SOURCE: 4,
      FRAGMENTS_MS: 5_000,
    });
    expect(constants.NATIVE_BUDGETS.cookieAbove).toBe(200);
    expect(constants.PORTABLE_BUDGETS.cookieAbove).toBe(10);
  });

  it("of attempts and sessions are those of its text (S3, S7, S9, S11, S13)", () => {
    expect(constants).toMatchObject({
      ATTEMPT_MS: 5_000,
      RETRANSMIT_AFTER_MS: [250, 500, 1_000],
      RETRANSMIT_JITTER: 0.2,
      EAGER_MS: 60_000,
      PATIENT_PAUSE_MS: 5_000,
      PATIENT_MS: 600_000,
      RARE_PAUSE_MS: 30_000,
      EARLY_DATAGRAMS: 8,
      EARLY_BYTES: 640 * 1024,
      MOST_SESSIONS: 3,
      RECEIVE_ONLY_MS: 15_000,
      NEW_SESSIONS: 5,
      NEW_SESSIONS_WITHIN_MS: 10_000,
      GIVE_UP_MS: 10_000,
      KEEPALIVE_MS: 1_000,
      SILENCE_MS: 3_000,
      WALL_JUMP_MS: 30_000,
      JUMP_REKEY_MS: 2_000,
      JUMP_REKEY_RATE: 200,
    });
  });

  it("of the layers are those of its text", () => {
    const { LINK_LAYER: link, SESSION_LAYER: session } = constants;
    const both = (name: keyof constants.LayerRules) => [link[name], session[name]];
    expect(both("id")).toEqual([1, 2]);
    expect(both("message1Bytes")).toEqual([1_200, 512]);
    expect(both("windowBits")).toEqual([32_768, 8_192]);
    expect(both("halfOpen")).toEqual([1_024, 4_096]);
    expect(both("retransmitMs")).toEqual([500, 1_000]);
    expect(both("fragments")).toEqual([true, false]);
    expect(both("rekeyAlways")).toEqual([true, false]);
    expect(both("keepalives")).toEqual([false, true]);
    expect([...session.keepalive]).toEqual([1]);
    expect(link.keepalive.length).toBe(0);
    // A cookie of ours is never shown when the responder does not accept it any more.
    expect(constants.COOKIE_USED_MS).toBeLessThan(constants.COOKIE_SECRET_MS);
  });
});
