// SPDX-License-Identifier: Apache-2.0

package inet256

import "fmt"

// Ed25519 is the algorithm's name: the tag of its public keys (INET256 section 1).
const Ed25519 = "ed25519"

// Ed25519PublicKeyBytes is the number of bytes in an Ed25519 public key.
const Ed25519PublicKeyBytes = 32

// PublicKey is an Ed25519 public key that may be used: canonical, and not of small order. A value:
// compare with ==. The zero value is no key, and verifies nothing.
type PublicKey struct {
	raw [Ed25519PublicKeyBytes]byte
}

// ParsePublicKey reads a serialized public key, strictly: exact length, known tag. ErrBadKey, or
// ErrUnknownAlgorithm; a private key is told apart.
func ParsePublicKey(serialized []byte) (PublicKey, error) {
	tag, raw, err := decodeTagged(serialized)
	switch {
	case err != nil:
		return PublicKey{}, err
	case tag == Ed25519+privateSuffix:
		return PublicKey{}, fmt.Errorf("%w: a private key was given where a public key is expected", ErrBadKey)
	case tag != Ed25519:
		return PublicKey{}, fmt.Errorf("%w: expected %s", ErrUnknownAlgorithm, Ed25519)
	}
	return NewPublicKey(raw)
}

// NewPublicKey makes a key of its 32 raw bytes, which are copied: ErrBadKey unless there are as
// many, in canonical encoding, and not of small order.
func NewPublicKey(raw []byte) (PublicKey, error) {
	if len(raw) != Ed25519PublicKeyBytes {
		return PublicKey{}, fmt.Errorf("%w: an Ed25519 public key has %d bytes, got %d", ErrBadKey, Ed25519PublicKeyBytes, len(raw))
	}
	if !isAcceptablePoint(raw) {
		return PublicKey{}, fmt.Errorf("%w: the public key is of small order or not in canonical encoding", ErrBadKey)
	}
	return PublicKey{raw: [Ed25519PublicKeyBytes]byte(raw)}, nil
}

// Algorithm returns the algorithm's name.
func (k PublicKey) Algorithm() string { return Ed25519 }

// Raw returns a copy of the key's bytes, without a tag.
func (k PublicKey) Raw() []byte { return k.raw[:] }

// Serialize returns the serialized form, 41 bytes.
func (k PublicKey) Serialize() []byte { return encodeTagged(Ed25519, k.raw[:]) }

// Address returns the address of the node that has this key.
func (k PublicKey) Address() Address { return AddressOfSerializedKey(k.Serialize()) }
