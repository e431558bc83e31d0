// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"crypto/subtle"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
)

var (
	pemBegin   = []byte("-----BEGIN ")
	pemDashes  = []byte("-----")
	ed25519OID = asn1.ObjectIdentifier{1, 3, 101, 112}

	// Everything of a version 0 Ed25519 key in PKCS#8 (RFC 8410) that precedes the seed.
	pkcs8Head = []byte{
		0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
		0x04, 0x22, 0x04, 0x20,
	}
)

// What the labels of other PEM files say about them.
var otherLabels = map[string]string{
	"ENCRYPTED PRIVATE KEY": "the private key is encrypted: decrypt it first, for example with openssl pkey",
	"PUBLIC KEY":            "the file holds a public key, not a private key",
	"INET256 PUBLIC KEY":    "the file holds a public key, not a private key",
	"CERTIFICATE":           "the file holds a public key, not a private key",
}

// DecodeKeyFile reads what [ReadKeyFile] reads; nothing of the content is kept or repeated in errors.
func DecodeKeyFile(content []byte) (*PrivateKey, error) {
	switch {
	case len(bytes.TrimSpace(content)) == 0:
		return nil, badKeyFile("the key file is empty")
	case bytes.HasPrefix(content, []byte{0xff, 0xfe}) || bytes.HasPrefix(content, []byte{0xfe, 0xff}):
		return nil, badKeyFile("the key file is UTF-16 text: convert it to UTF-8")
	case !bytes.Contains(content, pemBegin) && !bytes.HasPrefix(content, pemDashes):
		if _, _, err := decodeTagged(content); err != nil {
			return nil, badKeyFile("the key file is neither PEM nor a serialized private key, or is cut short")
		}
		return ParsePrivateKey(content)
	case bytes.Count(content, pemBegin) > 1:
		return nil, badKeyFile("it holds more than one PEM block")
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, badKeyFile("its PEM is damaged or cut short")
	}
	defer clear(block.Bytes)
	switch {
	case len(block.Headers) > 0:
		return nil, badKeyFile("it has headers: it is encrypted, or in a form older than PKCS#8")
	case block.Type == pkcs8Label:
		return decodePKCS8(block.Bytes)
	case block.Type == inet256Label:
		return ParsePrivateKey(block.Bytes)
	case otherLabels[block.Type] != "":
		return nil, badKeyFile(otherLabels[block.Type])
	default:
		return nil, badKeyFile(fmt.Sprintf("the PEM block has another label; expected %q (PKCS#8) or %q", pkcs8Label, inet256Label))
	}
}

func badKeyFile(what string) error { return fmt.Errorf("%w: %s", ErrBadKey, what) }

// pkcs8Key is a private key in PKCS#8 (RFC 5958).
type pkcs8Key struct {
	Version   int
	Algorithm struct {
		OID        asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
	PrivateKey []byte
	Attributes []asn1.RawValue `asn1:"optional,set,tag:0"`
	PublicKey  asn1.BitString  `asn1:"optional,tag:1"`
}

func decodePKCS8(der []byte) (*PrivateKey, error) {
	bad := badKeyFile("the PKCS#8 private key is damaged or cut short")
	var outer pkcs8Key
	rest, err := asn1.Unmarshal(der, &outer)
	defer clear(outer.PrivateKey)
	if err != nil || len(rest) > 0 {
		return nil, bad
	}
	if !outer.Algorithm.OID.Equal(ed25519OID) {
		return nil, fmt.Errorf("%w: expected %s", ErrUnknownAlgorithm, Ed25519)
	}
	var seed []byte
	rest, err = asn1.Unmarshal(outer.PrivateKey, &seed)
	defer clear(seed)
	hasPublic := outer.PublicKey.BitLength > 0
	if err != nil || len(rest) > 0 || len(seed) != Ed25519SeedBytes ||
		outer.Version > 1 || len(outer.Algorithm.Parameters.FullBytes) > 0 || (outer.Version == 1) != hasPublic {
		return nil, bad
	}
	key, err := PrivateKeyFromSeed(seed)
	if err != nil {
		return nil, err
	}
	if hasPublic && subtle.ConstantTimeCompare(outer.PublicKey.RightAlign(), key.public.Raw()) != 1 {
		key.Wipe()
		return nil, badKeyFile("the public key in the file is not that of its private key")
	}
	return key, nil
}

// encodePKCS8 returns the structure of a seed in a fresh buffer: 48 bytes.
func encodePKCS8(seed []byte) []byte {
	der := make([]byte, 0, len(pkcs8Head)+Ed25519SeedBytes)
	return append(append(der, pkcs8Head...), seed...)
}
