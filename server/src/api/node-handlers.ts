// SPDX-License-Identifier: GPL-3.0-or-later

/** NodeService but for Connect: the unary calls. Translation only; the service knows the rest. */
import type { Duration } from "@bufbuild/protobuf/wkt";
import { NodeError } from "@inet256/client";
import type { Implementation } from "@inet256/client/grpc";
import { NodeService } from "@inet256/proto";
import type { DaemonService } from "../service/index.js";
import type { Audit } from "./audit.js";
import { openNode, openResponse, withPrivateKey } from "./open.js";
import { createReceive, type Receive, type ReceiveOptions } from "./receive.js";
import { addressOf } from "./request-address.js";
import type { Session, Sessions } from "./sessions.js";
import type { UnaryMaker } from "./unary.js";

/** What the handlers need. */
export interface NodeHandlersOptions extends ReceiveOptions {
  readonly service: DaemonService;
  readonly sessions: Sessions;
  readonly unary: UnaryMaker;
  readonly audit: Audit;
}

/** The unary handlers of NodeService. */
export type NodeHandlers = Omit<Implementation<typeof NodeService>, "connect">;

/** Makes the handlers. */
export function createNodeHandlers(options: NodeHandlersOptions): NodeHandlers {
  const { service, sessions, unary } = options;
  const receivers = new WeakMap<object, Receive>();
  const { method } = NodeService;

  return {
    generateKey: unary(method.generateKey, ({ algorithm }) => {
      const key = service.generateKey(algorithm);
      if (key === undefined) {
        throw new NodeError("UNSUPPORTED_OPTION", "algorithm: unknown; known is ed25519");
      }
      const { address, publicKey } = key;
      const response = {
        privateKey: key.serialize(),
        publicKey: publicKey.serialize(),
        address: address.bytes,
        addressText: address.toString(),
      };
      key.wipe();
      return response;
    }),
    open: unary(method.open, (request, { caller }) => {
      const opening = openNode(service, request, () => {
        sessions.checkRoom();
        caller.countOpen();
      });
      const address = opening.address.toString();
      options.audit.node(caller, "opened", address);
      const onEnd = (): void => options.audit.node(caller, "closed", address);
      receivers.set(opening, createReceive(opening, { ...options, onEnd }));
      return openResponse(opening, sessions.begin(opening, false).token);
    }),
    close: unary(method.close, (_, { token }) => {
      sessions.close(token);
      return {};
    }),
    drop: unary(method.drop, ({ key }) => {
      withPrivateKey(key, service.dropSerialized);
      return {};
    }),
    send: unary(method.send, async (request, { token, signal }) => {
      const session = sessions.use(token);
      const to = addressOf(request);
      await whileWaiting(session, () =>
        service.sendWhenKnown(session.opening, to, request.payload, { signal }),
      );
      return {};
    }),
    receive: unary(method.receive, async (request, { token, signal }) => {
      const session = sessions.use(token);
      const receive = receivers.get(session.opening);
      if (receive === undefined) {
        throw new NodeError("BAD_REQUEST", "the messages of a session of Connect go to its stream");
      }
      const most = request.maxDatagrams === 0 ? 1 : request.maxDatagrams;
      const waitMs = request.wait === undefined ? undefined : durationMs(request.wait);
      return {
        datagrams: [...(await whileWaiting(session, () => receive({ most, waitMs, signal })))],
      };
    }),
    findAddress: unary(method.findAddress, async ({ prefix, nbits }, { token, signal }) => {
      sessions.use(token);
      const address = await service.findAddress(prefix, nbits, { signal });
      return { address: address.bytes, addressText: address.toString() };
    }),
    lookupPublicKey: unary(method.lookupPublicKey, async (request, { token, signal }) => {
      sessions.use(token);
      const publicKey = await service.lookupPublicKey(addressOf(request), { signal });
      return { publicKey: publicKey.serialize() };
    }),
  };
}

async function whileWaiting<T>(session: Session, wait: () => Promise<T>): Promise<T> {
  session.waiting += 1;
  try {
    return await wait();
  } finally {
    session.waiting -= 1;
  }
}

function durationMs({ seconds, nanos }: Duration): number {
  if (seconds < 0n || nanos < 0)
    throw new NodeError("BAD_REQUEST", "wait: expected no negative duration");
  return Number(seconds) * 1000 + nanos / 1e6;
}
