// SPDX-License-Identifier: GPL-3.0-or-later

// What hostile neighbours and routers say to those of the lab: beacons, ways, carried messages.

import { PURPOSES } from "../../../../server/src/identity/index.js";
import { beaconnet } from "../../../../server/src/network/beaconnet/index.js";
import {
  decodeMessage,
  encodeMessage,
  type Message,
  type RouteEntry,
} from "../../../../server/src/network/beaconnet/messages.js";
import {
  type ControlMessage,
  encodeControl,
} from "../../../../server/src/network/locating/control-messages.js";
import { encodeBeacon } from "../../../../server/src/network/records/beacon.js";
import {
  createRouterLab,
  type LabDaemon,
  type LabNode,
  type RouterLab,
} from "../../../../server/src/testing/index.js";

/** A lab of beaconnet. */
export function createBeaconnetLab(seed = 1): RouterLab {
  return createRouterLab(beaconnet.configure({}), seed);
}

/** A beacon that a router has signed. */
export function beaconOf(
  lab: RouterLab,
  router: LabNode,
  seq: number,
  lifetimeSeconds = 60,
): Uint8Array {
  const fields = { publicKey: router.publicKey, seq, lifetimeSeconds };
  return encodeBeacon(lab.tag, fields, (body) => router.sign(PURPOSES.beacon, body));
}

/** A way, cheap and fresh unless said otherwise. */
export function way(beacon: RouteEntry["beacon"], other: Partial<RouteEntry> = {}): RouteEntry {
  return { cost: 1_000, hops: 1, secondsLeft: 60, beacon, ...other };
}

/** One daemon hears this of another at once. */
export function say(to: LabDaemon, from: LabDaemon, message: Message): void {
  to.hear(from, encodeMessage(message));
}

/** … ways. */
export function sayWays(to: LabDaemon, from: LabDaemon, ...entries: RouteEntry[]): void {
  say(to, from, { type: "routes", entries });
}

/** … a message that claims to be between two routers. */
export function sayCarried(
  to: LabDaemon,
  by: LabDaemon,
  between: { readonly from: LabNode; readonly to: LabNode },
  message: ControlMessage,
): void {
  say(to, by, {
    type: "carry",
    hopsLeft: 64,
    to: between.to.address.bytes,
    from: between.from.address.bytes,
    message: encodeControl(message),
  });
}

/** What one has sent another since the list was emptied last, of one type. */
export function sent<T extends Message["type"]>(
  lab: RouterLab,
  type: T,
  from: LabDaemon,
  to?: LabDaemon,
): Extract<Message, { type: T }>[] {
  return lab.carried
    .filter((each) => each.from === from.name && (to === undefined || each.to === to.name))
    .flatMap(({ bytes }) => {
      const message = decodeMessage(bytes);
      return message?.type === type ? [message as Extract<Message, { type: T }>] : [];
    });
}

/** The address of the neighbour by which one reaches a router; undefined: it does not. */
export function nextHop(from: LabDaemon, router: LabNode): Uint8Array | undefined {
  const { bytes } = router.address;
  return from.router.ways().find((each) => Buffer.compare(each.router, bytes) === 0)?.nextHop;
}

/** Its newest beacon, as it was sent to anybody. */
export function newestBeacon(lab: RouterLab, of: LabDaemon): Uint8Array {
  const beacons = sent(lab, "routes", of).flatMap(({ entries }) =>
    entries.flatMap(({ beacon, cost }) =>
      beacon instanceof Uint8Array && cost === 0 ? [beacon] : [],
    ),
  );
  const newest = beacons.at(-1);
  if (newest === undefined) throw new Error(`no beacon of ${of.name}`);
  return newest;
}

/** a with the neighbours b and evil, and c behind b; a node at a and one at c. */
export function createBesideEvil() {
  const lab = createBeaconnetLab();
  const [a, b, c, evil] = ["a", "b", "c", "evil"].map((name) => lab.daemon(name)) as [
    LabDaemon,
    LabDaemon,
    LabDaemon,
    LabDaemon,
  ];
  lab.link(a, b);
  lab.link(b, c);
  lab.link(a, evil);
  const [alice, carol] = [lab.node(), lab.node()];
  a.open(alice);
  c.open(carol);
  lab.run(2_000);
  lab.carried.length = 0;
  return { lab, a, b, c, evil, alice, carol };
}
