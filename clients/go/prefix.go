// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"fmt"
)

// AddressBits is the number of bits in an address.
const AddressBits = 8 * AddressBytes

// CheckPrefix refuses, with ErrBadPrefix, a prefix and a number of bits that do not go together:
// nbits is 0 to 256, and the prefix has at least that many bits. What it has beyond is ignored.
func CheckPrefix(prefix []byte, nbits int) error {
	if nbits < 0 || nbits > AddressBits {
		return fmt.Errorf("%w: nbits is 0 to %d, got %d", ErrBadPrefix, AddressBits, nbits)
	}
	if needed := (nbits + 7) / 8; len(prefix) < needed {
		return fmt.Errorf("%w: %d bits need at least %d bytes, got %d", ErrBadPrefix, nbits, needed, len(prefix))
	}
	return nil
}

// HasPrefix says whether the first nbits bits of the address are those of the prefix. False, never
// an error, for what [CheckPrefix] refuses: use that first on what comes from a caller.
func (a Address) HasPrefix(prefix []byte, nbits int) bool {
	if nbits < 0 || nbits > 8*min(len(prefix), AddressBytes) {
		return false
	}
	whole, rest := nbits/8, nbits%8
	if !bytes.Equal(a[:whole], prefix[:whole]) {
		return false
	}
	return rest == 0 || (a[whole]^prefix[whole])>>(8-rest) == 0
}
