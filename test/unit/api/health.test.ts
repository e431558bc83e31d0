// SPDX-License-Identifier: GPL-3.0-or-later

// Health: serving from the start to the shutdown, for each service and for the whole.

import { EventEmitter } from "node:events";
import { status } from "@grpc/grpc-js";
import { health } from "@inet256/proto";
import { describe, expect, it } from "vitest";
import { createHealth } from "../../../server/src/api/health.js";

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = health.HealthCheckResponse_ServingStatus;
const NAMES = ["inet256.v1.NodeService", "inet256.v1.AdminService"];

function setUp() {
  const service = createHealth(NAMES);
  const check = (name: string): unknown => {
    let answer: unknown;
    service.implementation.check({ request: { service: name } } as never, (error, response) => {
      answer = error?.code ?? response?.status;
    });
    return answer;
  };
  const watch = (name: string) => {
    const heard: unknown[] = [];
    const call = Object.assign(new EventEmitter(), {
      request: { service: name },
      write: (response: { status: unknown }) => void heard.push(response.status),
      end: () => void heard.push("end"),
    });
    service.implementation.watch(call as never);
    return { call, heard };
  };
  return { ...service, check, watch };
}

describe("createHealth", () => {
  it("checks: serving, for the whole and for each; unknown names are an error", () => {
    const { check } = setUp();
    for (const name of ["", ...NAMES]) expect(check(name)).toBe(SERVING);
    for (const name of ["x", "inet256.v1", "__proto__"]) expect(check(name)).toBe(status.NOT_FOUND);
  });

  it("says not serving after the stop", () => {
    const { check, stop } = setUp();
    stop();
    for (const name of ["", ...NAMES]) expect(check(name)).toBe(NOT_SERVING);
    expect(check("x")).toBe(status.NOT_FOUND);
  });

  it("tells those who watch at once, at the stop, and then ends; unknown names stay open", () => {
    const { watch, stop } = setUp();
    const [whole, one, unknown, gone] = ["", NAMES[0] ?? "", "x", ""].map(watch);
    expect(whole?.heard).toEqual([SERVING]);
    expect(unknown?.heard).toEqual([SERVICE_UNKNOWN]);
    gone?.call.emit("cancelled");
    stop();
    stop();
    expect(whole?.heard).toEqual([SERVING, NOT_SERVING, "end"]);
    expect(one?.heard).toEqual([SERVING, NOT_SERVING, "end"]);
    expect(unknown?.heard).toEqual([SERVICE_UNKNOWN, SERVICE_UNKNOWN, "end"]);
    expect(gone?.heard, "one that has gone hears no more").toEqual([SERVING]);
  });
});
