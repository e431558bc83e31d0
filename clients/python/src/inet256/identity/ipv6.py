# SPDX-License-Identifier: Apache-2.0
"""The mapping between addresses and IPv6 addresses in 0200::/7 (INET256 section 5).

    bit 0         7                  14                               128
        | 0000001 | z, 7 bits        | 114 bits of the address that   |
        |         | (leading zeros)  | follow its first one bit       |

So an IPv6 address fixes the first z + 1 + 114 bits of an INET256 address.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from .address import ADDRESS_BITS, Address
from .errors import IdentityError

_SUFFIX_BITS = 114
_SUFFIX_MASK = (1 << _SUFFIX_BITS) - 1
_MAX_ZEROS = 127
_RANGE = 0b0000001


def ipv6_of_address(address: Address) -> IPv6Address:
    """The IPv6 address that stands for this address.

    Raises IdentityError BAD_IPV6 if the address begins with 128 or more zero bits: it has none.
    """
    number = int.from_bytes(address.raw, "big")
    zeros = ADDRESS_BITS - number.bit_length()
    if zeros > _MAX_ZEROS:
        raise IdentityError(
            "BAD_IPV6",
            f"addresses with 128 leading zero bits or more have no IPv6 address, got {zeros}",
        )
    suffix = number >> (number.bit_length() - 1 - _SUFFIX_BITS) & _SUFFIX_MASK
    return IPv6Address((_RANGE << 7 | zeros) << _SUFFIX_BITS | suffix)


def prefix_of_ipv6(ip: IPv6Address | IPv4Address) -> tuple[bytes, int]:
    """What an IPv6 address says about the INET256 address it stands for: a prefix and its nbits.

    These are its first nbits bits (115 to 242), as a search for an address takes them. Bits of the
    prefix beyond nbits are zero. Raises IdentityError BAD_IPV6 unless the address is in 0200::/7,
    without a scope.
    """
    if not isinstance(ip, IPv6Address) or ip.scope_id is not None or int(ip) >> 121 != _RANGE:
        raise IdentityError("BAD_IPV6", "only IPv6 addresses in 200::/7 stand for an address")
    zeros = int(ip) >> _SUFFIX_BITS & _MAX_ZEROS
    nbits = zeros + 1 + _SUFFIX_BITS
    size = (nbits + 7) // 8
    first_bits = 1 << _SUFFIX_BITS | int(ip) & _SUFFIX_MASK
    return (first_bits << (8 * size - nbits)).to_bytes(size, "big"), nbits
