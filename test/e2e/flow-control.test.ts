// SPDX-License-Identifier: GPL-3.0-or-later

// The daemon widens windows through members of grpc-js that are not promised to stay: this fails
// when an upgrade takes them away.

import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { createConnection } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { FLOW_CONTROL_BYTES } from "../../server/src/api/constants.js";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import { until } from "../support/until.js";

describe("a connection to the daemon", () => {
  let daemon: TestDaemon | undefined;
  let session: ClientHttp2Session | undefined;
  afterEach(async () => {
    session?.destroy();
    await daemon?.stop();
  });

  it("has wide windows, for each stream and for all of them", async () => {
    daemon = await startTestDaemon();
    const path = daemon.socketPath;
    const opened = connect("http://localhost", { createConnection: () => createConnection(path) });
    session = opened;
    const [settings] = await once(opened, "remoteSettings");
    expect(settings.initialWindowSize).toBe(FLOW_CONTROL_BYTES);
    await until(
      "the wide window",
      () => (opened.state.remoteWindowSize ?? 0) >= FLOW_CONTROL_BYTES,
    );
  });
});
