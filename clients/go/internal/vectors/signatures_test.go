// SPDX-License-Identifier: Apache-2.0

package vectors

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"github.com/mesh256/mesh256/clients/go"
)

type signatureCase struct {
	Why                string
	Seed               octets
	PublicKey          octets `json:"publicKeyRaw"`
	Purpose            string
	Reserved           bool
	Message            octets `json:"messageHex"`
	Context            octets `json:"sigCtxHex"`
	Digest             octets `json:"digestHex"`
	Signature          octets `json:"signatureHex"`
	ReferenceSignature octets `json:"referenceSignatureHex"`
}

type signatureFile struct {
	Cases   []signatureCase
	Invalid []signatureCase
}

func (c signatureCase) verifies(signature []byte) bool {
	key, err := inet256.NewPublicKey(c.PublicKey)
	return err == nil && inet256.Verify(key, c.Purpose, c.Message, signature)
}

func TestSignatures(t *testing.T) {
	var file signatureFile
	read(t, "signatures.json", &file)
	for _, c := range file.Cases {
		context, err := inet256.SignatureContext(c.Purpose)
		if err != nil || !bytes.Equal(context, c.Context) {
			t.Errorf("%q: another context (%v)", c.Purpose, err)
		}
		digest, err := inet256.SignatureDigest(c.Purpose, c.Message)
		if err != nil || !bytes.Equal(digest, c.Digest) {
			t.Errorf("%q: another digest (%v)", c.Purpose, err)
		}
		checkSigning(t, c, digest)
		if !c.verifies(c.Signature) {
			t.Errorf("%q: the signature does not verify", c.Purpose)
		}
		if c.verifies(c.ReferenceSignature) {
			t.Errorf("%q: the reference's signature verifies", c.Purpose)
		}
	}
}

// checkSigning signs as applications do, who are refused reserved purposes.
func checkSigning(t *testing.T, c signatureCase, digest []byte) {
	t.Helper()
	key, err := inet256.PrivateKeyFromSeed(c.Seed)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := inet256.Sign(key, c.Purpose, c.Message)
	if c.Reserved {
		if !errors.Is(err, inet256.ErrBadPurpose) {
			t.Errorf("%q: signed a reserved purpose (%v)", c.Purpose, err)
		}
		signature = ed25519.Sign(ed25519.NewKeyFromSeed(c.Seed), digest)
	} else if err != nil {
		t.Errorf("%q: %v", c.Purpose, err)
	}
	if !bytes.Equal(signature, c.Signature) {
		t.Errorf("%q: another signature", c.Purpose)
	}
}

func TestSignaturesRefuses(t *testing.T) {
	var file signatureFile
	read(t, "signatures.json", &file)
	for _, c := range file.Invalid {
		if c.verifies(c.Signature) {
			t.Errorf("%s: verifies", c.Why)
		}
	}
}

func TestSignaturesNoticesDamage(t *testing.T) {
	var file signatureFile
	read(t, "signatures.json", &file)
	for _, c := range file.Cases {
		worse := c
		worse.Purpose += "x"
		worst := c
		worst.Message = append(append(octets(nil), c.Message...), 0)
		if worse.verifies(c.Signature) || worst.verifies(c.Signature) ||
			c.verifies(c.Signature.damaged(8)) || c.verifies(c.Signature.damaged(40)) {
			t.Errorf("%q: damage went unseen", c.Purpose)
		}
	}
}
