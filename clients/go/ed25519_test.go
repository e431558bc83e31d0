// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"math/big"
	"testing"
)

// The vectors have no key in a non-canonical encoding other than of small order: nobody knows the
// private half of one. There are 19 values of y that have two encodings.
func TestNonCanonicalPublicKeysAreRefused(t *testing.T) {
	for y := int64(0); y < 19; y++ {
		canonical := littleEndian(big.NewInt(y))
		other := littleEndian(new(big.Int).Add(fieldPrime, big.NewInt(y)))
		for _, sign := range []byte{0, 0x80} {
			canonical[31] |= sign
			other[31] |= sign
			if _, err := NewPublicKey(other); err == nil {
				t.Errorf("y = p + %d was taken", y)
			}
			_, err := NewPublicKey(canonical)
			if isSmall := y <= 1; (err != nil) != isSmall {
				t.Errorf("y = %d: %v", y, err)
			}
		}
	}
}

// The library makes this check as well; a signature must not depend on it.
func TestSignaturesHaveAScalarBelowTheGroupOrder(t *testing.T) {
	signature := make([]byte, Ed25519SignatureBytes)
	signature[0] = 3
	below := new(big.Int).Sub(groupOrder, big.NewInt(1))
	for scalar, acceptable := range map[*big.Int]bool{groupOrder: false, below: true} {
		copy(signature[32:], littleEndian(scalar))
		if got := isAcceptableSignature(signature); got != acceptable {
			t.Errorf("S = %v: %v", scalar, got)
		}
	}
}
