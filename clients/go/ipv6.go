// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"fmt"
	"math/bits"
	"net/netip"
)

// The mapping between addresses and IPv6 addresses in 0200::/7 (INET256 section 5):
//
//	bit 0         7                  14                               128
//	    | 0000001 | z, 7 bits        | 114 bits of the address that   |
//	    |         | (leading zeros)  | follow its first one bit       |
//
// So an IPv6 address fixes the first z + 1 + 114 bits of an INET256 address.
const (
	zerosAt    = 7
	suffixAt   = 14
	suffixBits = 114
	maxZeros   = 127
)

var ipv6Range = netip.MustParsePrefix("200::/7")

// IPv6 returns the IPv6 address that stands for this address: ErrBadIPv6 if it begins with 128 or
// more zero bits, because then it has none.
func (a Address) IPv6() (netip.Addr, error) {
	zeros := leadingZeroBits(a)
	if zeros > maxZeros {
		return netip.Addr{}, fmt.Errorf("%w: only addresses with fewer than 128 leading zero bits have one, got %d", ErrBadIPv6, zeros)
	}
	var ip [16]byte
	setBit(ip[:], zerosAt-1)
	for i := 0; i < suffixAt-zerosAt; i++ {
		if zeros>>(suffixAt-zerosAt-1-i)&1 != 0 {
			setBit(ip[:], zerosAt+i)
		}
	}
	copySuffix(ip[:], suffixAt, a[:], zeros+1)
	return netip.AddrFrom16(ip), nil
}

// PrefixOfIPv6 returns what an IPv6 address says about the INET256 address it stands for: its first
// nbits bits (115 to 242), as a search for an address takes them. Bits of the prefix beyond nbits
// are zero. ErrBadIPv6 unless the address is in 0200::/7, without a zone.
func PrefixOfIPv6(ip netip.Addr) (prefix []byte, nbits int, err error) {
	if !ipv6Range.Contains(ip) {
		return nil, 0, fmt.Errorf("%w: only those in %v stand for an address", ErrBadIPv6, ipv6Range)
	}
	raw := ip.As16()
	zeros := int(raw[0]&1)<<6 | int(raw[1]>>2)
	nbits = zeros + 1 + suffixBits
	prefix = make([]byte, (nbits+7)/8)
	setBit(prefix, zeros)
	copySuffix(prefix, zeros+1, raw[:], suffixAt)
	return prefix, nbits, nil
}

func leadingZeroBits(a Address) int {
	for i, b := range a {
		if b != 0 {
			return 8*i + bits.LeadingZeros8(b)
		}
	}
	return AddressBits
}

// copySuffix copies suffixBits bits into a zeroed destination.
func copySuffix(to []byte, toBit int, from []byte, fromBit int) {
	for i := 0; i < suffixBits; i++ {
		if bit := fromBit + i; from[bit/8]<<(bit%8)&0x80 != 0 {
			setBit(to, toBit+i)
		}
	}
}

func setBit(b []byte, bit int) {
	b[bit/8] |= 0x80 >> (bit % 8)
}
