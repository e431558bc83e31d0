// SPDX-License-Identifier: GPL-3.0-or-later

/** The address that a request names. */
import { Address, NodeError } from "@inet256/client";

/** The address in either of its forms. Throws BAD_ADDRESS for none, both, or a malformed one. */
export function addressOf(request: {
  readonly address: Uint8Array;
  readonly addressText: string;
}): Address {
  const { address, addressText } = request;
  if (address.length > 0 === (addressText !== "")) {
    throw new NodeError("BAD_ADDRESS", "give exactly one of address and address_text");
  }
  try {
    return address.length > 0 ? Address.fromBytes(address) : Address.parse(addressText);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "malformed";
    throw new NodeError("BAD_ADDRESS", `address: ${why}`, { cause });
  }
}
