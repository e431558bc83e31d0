// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/sha3"
)

// What is signed (INET256 section 4). One key serves the network and its applications, so every
// signature is bound to a purpose:
//
//	sigCtx = cSHAKE256(N = "", S = "", X = purpose, 256 bits)     which is SHAKE256
//	digest = cSHAKE256(N = "", S = sigCtx, X = message, 512 bits)
//	sig    = Sign(privateKey, digest)
const (
	signatureContextBytes = 32
	signatureDigestBytes  = 64
)

// ReservedPurposePrefix begins the purposes that are for implementations only.
const ReservedPurposePrefix = "inet256/"

// SignatureContext returns sigCtx, what a purpose gives signatures: ErrBadPurpose if the purpose is
// not UTF-8.
func SignatureContext(purpose string) ([]byte, error) {
	if !utf8.ValidString(purpose) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrBadPurpose)
	}
	context := make([]byte, signatureContextBytes)
	sha3.ShakeSum256(context, []byte(purpose))
	return context, nil
}

// SignatureDigest returns the 64 bytes that a key signs for a purpose and a message: ErrBadPurpose
// if the purpose is not UTF-8.
func SignatureDigest(purpose string, message []byte) ([]byte, error) {
	context, err := SignatureContext(purpose)
	if err != nil {
		return nil, err
	}
	hash := sha3.NewCShake256(nil, context)
	_, _ = hash.Write(message)
	digest := make([]byte, signatureDigestBytes)
	_, _ = hash.Read(digest)
	return digest, nil
}

// Sign signs a message for a purpose of the application's own. ErrBadPurpose if the purpose begins
// with "inet256/", which is reserved for implementations, or is not UTF-8; ErrBadKey if the key was
// wiped.
func Sign(key *PrivateKey, purpose string, message []byte) ([]byte, error) {
	if strings.HasPrefix(purpose, ReservedPurposePrefix) {
		return nil, fmt.Errorf("%w: those that begin with %q are reserved for implementations", ErrBadPurpose, ReservedPurposePrefix)
	}
	digest, err := SignatureDigest(purpose, message)
	if err != nil {
		return nil, err
	}
	return key.sign(digest)
}

// Verify says whether this is the key's signature of the message for the purpose, reserved or not.
func Verify(key PublicKey, purpose string, message, signature []byte) bool {
	digest, err := SignatureDigest(purpose, message)
	return err == nil && VerifyEd25519(key.raw[:], digest, signature)
}
