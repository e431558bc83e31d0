// SPDX-License-Identifier: GPL-3.0-or-later

/** AdminService: what an operator asks, and changes. Translation only. */
import { NodeError } from "@inet256/client";
import type { Implementation } from "@inet256/client/grpc";
import { AdminService } from "@inet256/proto";
import { isLogLevel, LOG_LEVELS } from "../core/index.js";
import type { Control, DaemonService } from "../service/index.js";
import { NODES_IN_ANSWER } from "./constants.js";
import { createPeerHandlers } from "./peer-handlers.js";
import { createProbeHandlers } from "./probe-handlers.js";
import { millisIn, type Range } from "./ranges.js";
import { addressOf } from "./request-address.js";
import { explanationMessage } from "./route-message.js";
import { type ApiStatus, statusMessage } from "./status-message.js";
import type { StreamMaker } from "./streaming.js";
import type { UnaryMaker } from "./unary.js";

/** What the handlers need. */
export interface AdminOptions {
  readonly service: Pick<
    DaemonService,
    "explain" | "listNodes" | "pause" | "ping" | "status" | "trace"
  >;
  readonly control: Control;
  readonly version: string;
  readonly unary: UnaryMaker;
  readonly streaming: StreamMaker;
  /** What the API knows of itself. */
  readonly api: () => ApiStatus;
}

const INTERVAL: Range = { name: "interval", least: 100, most: 3_600_000, usual: 1000 };

/** Makes the handlers. */
export function createAdminHandlers(options: AdminOptions): Implementation<typeof AdminService> {
  const { service, control, unary, streaming } = options;
  const { method } = AdminService;
  const status = () => statusMessage(service.status(), options.api(), options.version);
  return {
    getStatus: unary(method.getStatus, status),
    watchStatus: streaming(method.watchStatus, async function* ({ interval }, signal) {
      const intervalMs = millisIn(interval, INTERVAL);
      for (;;) {
        yield { status: status() };
        await service.pause(intervalMs, signal);
      }
    }),
    listNodes: streaming(method.listNodes, function* () {
      const nodes = service.listNodes();
      for (let at = 0; at < nodes.length; at += NODES_IN_ANSWER) {
        yield { nodes: nodes.slice(at, at + NODES_IN_ANSWER).map(nodeMessage) };
      }
    }),
    ...createPeerHandlers(service, control, unary),
    ...createProbeHandlers(service, streaming),
    listNetworks: unary(method.listNetworks, () => ({
      networks: control.networks().map(({ name, description, used, optionsSchema }) => ({
        name,
        summary: description,
        used,
        optionsSchema: JSON.stringify(optionsSchema),
      })),
    })),
    explainRoute: unary(method.explainRoute, async (request, { signal }) =>
      explanationMessage(await service.explain(addressOf(request), { signal })),
    ),
    getLogLevel: unary(method.getLogLevel, () => ({ level: control.logLevel })),
    setLogLevel: unary(method.setLogLevel, ({ level }) => {
      if (!isLogLevel(level)) {
        const expected = `expected one of ${LOG_LEVELS.join(", ")}`;
        throw new NodeError("BAD_REQUEST", `level: ${expected}`);
      }
      const previous = control.logLevel;
      control.setLogLevel(level);
      return { previous };
    }),
  };
}

function nodeMessage(node: ReturnType<DaemonService["listNodes"]>[number]) {
  const { address, openings, queuedMessages, queuedBytes } = node;
  return {
    address: address.bytes,
    addressText: address.toString(),
    openings,
    queuedMessages: BigInt(queuedMessages),
    queuedBytes: BigInt(queuedBytes),
  };
}
