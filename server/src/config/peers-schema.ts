// SPDX-License-Identifier: GPL-3.0-or-later

// The section `peers`. Guards that no two have one address, and that what is dialled can be.

import { Address } from "../identity/index.js";
import type { PeerSettings } from "./config.js";
import { DEFAULT_UDP_PORT, MAX_PEER_ADDRESSES, MAX_PEERS } from "./constants.js";
import { canonicalEndpoint, PEER_ADDRESS_EXPECTED, wrongPeerAddress } from "./endpoints.js";
import { list, section, text } from "./fields.js";
import { findRepeated } from "./repeated.js";

const ID_EXPECTED = `an INET256 address, ${Address.TEXT_LENGTH} characters as \`inet256 addr\` prints them`;
/** What the example shows: nobody's. */
const EXAMPLE_ID = "Replace_this_by_the_address_of_your_peer---";
const EXAMPLE_ADDRESSES = [`192.0.2.1:${DEFAULT_UDP_PORT}`, `[2001:db8::1]:${DEFAULT_UDP_PORT}`];

const addressSchema = text(PEER_ADDRESS_EXPECTED, wrongPeerAddress).transform(canonicalEndpoint);

const peerSchema = section({
  id: text(ID_EXPECTED, wrongId)
    .transform((given) => Address.parse(given))
    .describe("The peer's own INET256 address, which its daemon prints at the start.")
    .meta({ examples: [EXAMPLE_ID], pattern: "^[-0-9A-Z_a-z]{43}$" }),
  addrs: list(addressSchema, "a list of IP addresses with ports", 0, MAX_PEER_ADDRESSES)
    .superRefine(
      findRepeated((address) => address, "an address that this peer has already, expected it once"),
      { when: () => true },
    )
    .optional()
    .describe(
      `Where it is dialled, ADDRESS:PORT, at most ${MAX_PEER_ADDRESSES}; without a port it is ` +
        `${DEFAULT_UDP_PORT}. Left out: the peer is waited for, and dials itself.`,
    )
    .meta({ examples: [EXAMPLE_ADDRESSES] }),
}).transform(({ id, addrs }): PeerSettings => ({ id, addrs: addrs ?? [] }));

/** The section `peers`. */
export const peersSchema = list(peerSchema, "a list of peers", 0, MAX_PEERS)
  .superRefine(
    findRepeated(textOfId, "the id of an earlier peer, expected each once", ["id"]),
    // Also after other problems, so that all are reported at once.
    { when: () => true },
  )
  .nullable()
  .describe(
    "The daemons that this one keeps a link with, and no others. Both have each other as a peer; " +
      "one of them at least says where the other one is.",
  );

/** A peer that somebody names beside a configuration, or what is wrong with it in a sentence. */
export function checkPeer(id: Address, addrs: readonly string[]): PeerSettings | string {
  const result = peerSchema.safeParse({ id: id.toString(), addrs });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  return issue?.message ?? "not a peer";
}

function textOfId(peer: unknown): string | undefined {
  const { id } = (peer ?? {}) as { readonly id?: unknown };
  return id instanceof Address ? id.toString() : undefined;
}

function wrongId(id: string): string | undefined {
  if (id.length !== Address.TEXT_LENGTH) return "not as long as an address";
  if (!/^[-0-9A-Z_a-z]*$/.test(id)) return "a character that no address has";
  let address: Address;
  try {
    address = Address.parse(id);
  } catch {
    return "the last character is none that an address ends with";
  }
  const nobody = address.equals(Address.EVERYONE) || address.equals(Address.NO_ONE);
  return nobody ? "an address that no daemon has" : undefined;
}
