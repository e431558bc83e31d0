// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

var seed = bytes.Repeat([]byte{0xa7, 0x5c}, Ed25519SeedBytes/2)

func newKey(t *testing.T) *PrivateKey {
	t.Helper()
	key, err := PrivateKeyFromSeed(seed)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestPrivateKeyNeverShows(t *testing.T) {
	key := newKey(t)
	holder := struct {
		Exported *PrivateKey
		Value    PrivateKey
		private  *PrivateKey
		value    PrivateKey
	}{key, *key, key, *key}
	encoded, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("opened", "key", key, "value", *key)
	slog.New(slog.NewTextHandler(&log, nil)).Info("opened", "key", key, "holder", holder)
	shown := []string{string(encoded), log.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, key), fmt.Sprintf(verb, *key))
		shown = append(shown, fmt.Sprintf(verb, holder), fmt.Sprintf(verb, &holder))
	}
	for _, text := range shown {
		for _, secret := range []string{hex.EncodeToString(seed[:4]), "167 92 167", "a7, 0x5c", `\xa7`} {
			if strings.Contains(strings.ToLower(text), secret) {
				t.Errorf("shows the seed: %s", text)
			}
		}
	}
	if got := fmt.Sprintf("%v %s", key, *key); got != "[secret] [secret]" {
		t.Errorf("got %s", got)
	}
}

func TestWipedPrivateKeyIsGone(t *testing.T) {
	key := newKey(t)
	signature, err := Sign(key, "example", []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	secret, copied := key.box.secret, *key
	key.Wipe()
	key.Wipe()
	if *secret != [len(secret)]byte{} {
		t.Error("the secret is still there")
	}
	if _, err := key.Serialize(); !errors.Is(err, ErrBadKey) {
		t.Errorf("serialized after Wipe: %v", err)
	}
	for _, wiped := range []*PrivateKey{key, &copied, {}} {
		if _, err := Sign(wiped, "example", nil); !errors.Is(err, ErrBadKey) {
			t.Errorf("signed after Wipe: %v", err)
		}
	}
	if !Verify(key.Public(), "example", []byte("message"), signature) {
		t.Error("the public half is gone too")
	}
}

func TestRefusedPurposes(t *testing.T) {
	for _, purpose := range []string{"inet256/", "inet256/x", "not UTF-8: \xff"} {
		if _, err := Sign(newKey(t), purpose, nil); !errors.Is(err, ErrBadPurpose) {
			t.Errorf("%q: %v", purpose, err)
		}
	}
}

func TestZeroPublicKeyVerifiesNothing(t *testing.T) {
	// For this key anyone could forge: it is of small order.
	forged := make([]byte, Ed25519SignatureBytes)
	forged[0] = 1
	if Verify(PublicKey{}, "example", nil, forged) {
		t.Error("verified")
	}
}

func FuzzParse(f *testing.F) {
	key, err := PrivateKeyFromSeed(seed)
	if err != nil {
		f.Fatal(err)
	}
	private, err := key.Serialize()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(private)
	f.Add(key.Public().Serialize())
	f.Add([]byte(key.Public().Address().String()))
	f.Fuzz(func(t *testing.T, input []byte) {
		if key, err := ParsePrivateKey(input); err == nil {
			again, err := key.Serialize()
			if err != nil || !bytes.Equal(again, input) {
				t.Error("a private key has two forms")
			}
		}
		if key, err := ParsePublicKey(input); err == nil && !bytes.Equal(key.Serialize(), input) {
			t.Error("a public key has two forms")
		}
		if address, err := ParseAddress(string(input)); err == nil && address.String() != string(input) {
			t.Error("an address has two texts")
		}
		VerifyEd25519(input, input, input)
	})
}
