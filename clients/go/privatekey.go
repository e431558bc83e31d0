// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"crypto/ed25519"
	"crypto/subtle"
	"fmt"
	"io"
)

// Ed25519SeedBytes is the number of bytes in an Ed25519 seed, the secret half of a private key.
const Ed25519SeedBytes = ed25519.SeedSize

const privateSuffix = ".private"

const secretText = "[secret]"

// PrivateKey is an Ed25519 private key. What it guards: its secret is in one place, prints as
// "[secret]" however it is printed, and is gone after [PrivateKey.Wipe]; and its public half is the
// seed's own, which signing relies on (a signature made with another public key gives the seed
// away). Not for use by several goroutines while one of them wipes it.
type PrivateKey struct {
	box    *secretBox
	public PublicKey
}

// secretBox is what all copies of a key share, so that wiping one wipes all. Two pointers away from
// the key, because package fmt does not ask the methods of a value that is an unexported field of
// another, but prints what it holds, and follows one pointer when it complains about a verb.
type secretBox struct {
	// The seed, then the public key; nil once it is wiped.
	secret *[ed25519.PrivateKeySize]byte
}

// PrivateKeyFromSeed makes the key with this seed: 32 bytes from a cryptographic source of
// randomness, copied; the caller wipes its own. ErrBadKey unless there are exactly 32.
func PrivateKeyFromSeed(seed []byte) (*PrivateKey, error) {
	if len(seed) != Ed25519SeedBytes {
		return nil, fmt.Errorf("%w: an Ed25519 seed has %d bytes, got %d", ErrBadKey, Ed25519SeedBytes, len(seed))
	}
	secret := ed25519.NewKeyFromSeed(seed)
	public, err := NewPublicKey(secret[Ed25519SeedBytes:])
	if err != nil {
		return nil, err
	}
	box := &secretBox{secret: (*[ed25519.PrivateKeySize]byte)(secret)}
	return &PrivateKey{box: box, public: public}, nil
}

// ParsePrivateKey reads a serialized private key, strictly: exact length, known tag, and the public
// half must be the one its seed gives. The bytes are copied; the caller wipes its own. ErrBadKey,
// or ErrUnknownAlgorithm; a public key is told apart.
func ParsePrivateKey(serialized []byte) (*PrivateKey, error) {
	tag, raw, err := decodeTagged(serialized)
	switch {
	case err != nil:
		return nil, err
	case tag == Ed25519:
		return nil, fmt.Errorf("%w: a public key was given where a private key is expected", ErrBadKey)
	case tag != Ed25519+privateSuffix:
		return nil, fmt.Errorf("%w: expected %s%s", ErrUnknownAlgorithm, Ed25519, privateSuffix)
	case len(raw) != ed25519.PrivateKeySize:
		return nil, fmt.Errorf("%w: an Ed25519 private key has %d bytes after its tag, got %d", ErrBadKey, ed25519.PrivateKeySize, len(raw))
	}
	key, err := PrivateKeyFromSeed(raw[:Ed25519SeedBytes])
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(key.box.secret[:], raw) != 1 {
		key.Wipe()
		return nil, fmt.Errorf("%w: the private key's public half is not the one its seed gives", ErrBadKey)
	}
	return key, nil
}

// Public returns the public half; it stays usable after Wipe.
func (k *PrivateKey) Public() PublicKey { return k.public }

// Serialize returns the serialized form in a fresh buffer of 81 bytes that the caller wipes:
// ErrBadKey once the key is wiped.
func (k *PrivateKey) Serialize() ([]byte, error) {
	secret, err := k.reveal()
	if err != nil {
		return nil, err
	}
	return encodeTagged(Ed25519+privateSuffix, secret), nil
}

// Wipe overwrites the secret with zeros and forgets it. Again is no error.
func (k *PrivateKey) Wipe() {
	if secret, err := k.reveal(); err == nil {
		clear(secret)
		k.box.secret = nil
	}
}

// Format prints "[secret]" for every verb.
func (k PrivateKey) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, secretText) }

// MarshalText returns "[secret]", for JSON and structured logs.
func (k PrivateKey) MarshalText() ([]byte, error) { return []byte(secretText), nil }

func (k *PrivateKey) sign(digest []byte) ([]byte, error) {
	secret, err := k.reveal()
	if err != nil {
		return nil, err
	}
	return ed25519.Sign(secret, digest), nil
}

// reveal returns the seed and the public key themselves, not a copy: to be used at once, and neither
// kept nor modified. ErrBadKey once the key is wiped.
func (k *PrivateKey) reveal() (ed25519.PrivateKey, error) {
	if k.box == nil || k.box.secret == nil {
		return nil, fmt.Errorf("%w: the private key was wiped", ErrBadKey)
	}
	return k.box.secret[:], nil
}

// Address returns the address of the node that has this key.
func (k *PrivateKey) Address() Address { return k.public.Address() }
