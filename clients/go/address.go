// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"fmt"

	"golang.org/x/crypto/sha3"
)

// AddressBytes is the number of bytes in an address (INET256 section 1).
const AddressBytes = 32

// Address names a node: the hash of its public key (INET256 section 1). A value: compare with ==,
// use as the key of a map.
type Address [AddressBytes]byte

var (
	// NoOne is all zeros, the conventional name for "no one". Never a node.
	NoOne = Address{}
	// Everyone is all ones, the conventional name for "everyone". Never a node.
	Everyone = Address(bytes.Repeat([]byte{0xff}, AddressBytes))
)

// AddressFromBytes returns the address with these bytes: ErrBadAddress unless there are exactly 32.
func AddressFromBytes(b []byte) (Address, error) {
	if len(b) != AddressBytes {
		return Address{}, fmt.Errorf("%w: %d bytes expected, got %d", ErrBadAddress, AddressBytes, len(b))
	}
	return Address(b), nil
}

// AddressOfSerializedKey returns the address of a public key: the first 32 bytes of SHAKE256 of its
// serialized form. The key's algorithm need not be known, and nothing about it is checked; see
// [PublicKey.Address] for one that is.
func AddressOfSerializedKey(serialized []byte) Address {
	var address Address
	sha3.ShakeSum256(address[:], serialized)
	return address
}

// Compare returns -1, 0 or 1: the order of the bytes, which is also that of the texts.
func (a Address) Compare(other Address) int {
	return bytes.Compare(a[:], other[:])
}
