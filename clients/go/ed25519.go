// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"crypto/ed25519"
	"math/big"
	"slices"
)

// Ed25519SignatureBytes is the number of bytes in an Ed25519 signature: R, then S.
const Ed25519SignatureBytes = ed25519.SignatureSize

// VerifyEd25519 says whether a signature is valid by the rule of INET256 section 1, all of it:
// lengths, S < L, canonical A and R of no small order, and encode(S·B − (k mod L)·A) equal to R.
// The equation is the one of crypto/ed25519, which also checks S; but the library takes keys and
// signatures of small order and keys that are not canonical. Never panics.
func VerifyEd25519(publicKey, message, signature []byte) bool {
	return len(publicKey) == Ed25519PublicKeyBytes && isAcceptablePoint(publicKey) &&
		isAcceptableSignature(signature) &&
		ed25519.Verify(publicKey, message, signature)
}

var (
	// The group order L = 2^252 + 27742317777372353535851937790883648493.
	groupOrder = number("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed")
	// The field's prime p = 2^255 − 19.
	fieldPrime = number("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed")
	// The y coordinate of two of the four points of order 8; that of the others is its negative.
	order8Y = number("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826")

	groupOrderBytes = littleEndian(groupOrder)
	fieldPrimeBytes = littleEndian(fieldPrime)

	// The y coordinates of the eight points of small order: 1 (order 1), −1 (order 2), 0 (order 4,
	// two points), and of order 8 (two points each). The sign of x is left out, which also covers
	// the impossible encodings of y = ±1 that have it set.
	smallOrderY = [][]byte{
		littleEndian(big.NewInt(1)),
		littleEndian(new(big.Int).Sub(fieldPrime, big.NewInt(1))),
		littleEndian(new(big.Int)),
		littleEndian(order8Y),
		littleEndian(new(big.Int).Sub(fieldPrime, order8Y)),
	}
)

// isAcceptableSignature says whether these are 64 bytes R ‖ S with S < L and R as acceptable as a
// public key has to be.
func isAcceptableSignature(signature []byte) bool {
	return len(signature) == Ed25519SignatureBytes &&
		isLess(signature[32:], groupOrderBytes) && isAcceptablePoint(signature[:32])
}

// isAcceptablePoint says whether 32 bytes are in canonical encoding (y < p) and stand for no point
// of small order. Whether there is a point with this y at all is not asked: without one, no
// signature verifies.
func isAcceptablePoint(encoded []byte) bool {
	y := slices.Clone(encoded)
	y[31] &= 0x7f
	return isLess(y, fieldPrimeBytes) &&
		!slices.ContainsFunc(smallOrderY, func(small []byte) bool { return bytes.Equal(y, small) })
}

// isLess compares 32-byte little-endian numbers. None of them is secret.
func isLess(a, b []byte) bool {
	for i := 31; i >= 0; i-- {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

func number(hexadecimal string) *big.Int {
	n, ok := new(big.Int).SetString(hexadecimal, 16)
	if !ok {
		panic("not a number: " + hexadecimal)
	}
	return n
}

func littleEndian(n *big.Int) []byte {
	encoded := n.FillBytes(make([]byte, 32))
	slices.Reverse(encoded)
	return encoded
}
