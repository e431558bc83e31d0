// SPDX-License-Identifier: GPL-3.0-or-later

/** The calls of AdminService about peers. Translation only. */
import type { Implementation } from "@inet256/client/grpc";
import { AdminService } from "@inet256/proto";
import type { Control, DaemonService } from "../service/index.js";
import { addressOf } from "./request-address.js";
import { peerMessage } from "./status-message.js";
import type { UnaryMaker } from "./unary.js";

/** Makes the handlers. */
export function createPeerHandlers(
  service: Pick<DaemonService, "status">,
  control: Pick<Control, "addPeer" | "removePeer">,
  unary: UnaryMaker,
): Pick<Implementation<typeof AdminService>, "addPeer" | "listPeers" | "removePeer"> {
  const { method } = AdminService;
  return {
    listPeers: unary(method.listPeers, () => ({ peers: service.status().peers.map(peerMessage) })),
    addPeer: unary(method.addPeer, async (request) => {
      const address = addressOf(request);
      await control.addPeer(address, request.transportAddresses, request.save);
      const peer = service.status().peers.find((each) => each.address.equals(address));
      return peer === undefined ? {} : { peer: peerMessage(peer) };
    }),
    removePeer: unary(method.removePeer, async (request) => {
      await control.removePeer(addressOf(request), request.save);
      return {};
    }),
  };
}
