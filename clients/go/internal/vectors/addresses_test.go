// SPDX-License-Identifier: Apache-2.0

package vectors

import (
	"bytes"
	"testing"

	"github.com/mesh256/mesh256/clients/go"
)

type addressCase struct {
	Name                string
	Seed                octets
	PrivateKey          octets `json:"privateKeySerialized"`
	PublicKeyRaw        octets
	PublicKeySerialized octets
	Address             octets `json:"addressHex"`
	Text                string `json:"addressBase64"`
}

type addressFile struct {
	Cases   []addressCase
	Others  []addressCase
	Invalid []struct {
		Kind  string
		Why   string
		Bytes octets
	}
}

// agrees says whether seed, private key, public key, address and text of a case belong together.
func (c addressCase) agrees() bool {
	made, err := inet256.PrivateKeyFromSeed(c.Seed)
	if err != nil {
		return false
	}
	parsed, err := inet256.ParsePrivateKey(c.PrivateKey)
	if err != nil {
		return false
	}
	serialized, err := made.Serialize()
	if err != nil {
		return false
	}
	public, err := inet256.ParsePublicKey(c.PublicKeySerialized)
	return err == nil &&
		bytes.Equal(serialized, c.PrivateKey) &&
		parsed.Public() == public && made.Public() == public &&
		bytes.Equal(public.Raw(), c.PublicKeyRaw) &&
		bytes.Equal(public.Serialize(), c.PublicKeySerialized) &&
		c.hasAddress(public.Address())
}

func (c addressCase) hasAddress(address inet256.Address) bool {
	return bytes.Equal(address[:], c.Address) && address.String() == c.Text
}

func TestAddresses(t *testing.T) {
	var file addressFile
	read(t, "addresses.json", &file)
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if !c.agrees() {
				t.Error("another key, address or text")
			}
		})
	}
	for _, c := range file.Others {
		t.Run(c.Name, func(t *testing.T) {
			if !c.hasAddress(inet256.AddressOfSerializedKey(c.PublicKeySerialized)) {
				t.Error("another address or text")
			}
		})
	}
}

func TestAddressesRefusesWhatIsNoKey(t *testing.T) {
	var file addressFile
	read(t, "addresses.json", &file)
	for _, c := range file.Invalid {
		t.Run(c.Kind+": "+c.Why, func(t *testing.T) {
			var err error
			if c.Kind == "private" {
				_, err = inet256.ParsePrivateKey(c.Bytes)
			} else {
				_, err = inet256.ParsePublicKey(c.Bytes)
			}
			if err == nil {
				t.Error("was parsed")
			}
		})
	}
}

func TestAddressesNoticesDamage(t *testing.T) {
	var file addressFile
	read(t, "addresses.json", &file)
	for _, c := range file.Cases {
		for i, damage := range []func(*addressCase){
			func(c *addressCase) { c.Seed = c.Seed.damaged(16) },
			func(c *addressCase) { c.PrivateKey = c.PrivateKey.damaged(40) },
			func(c *addressCase) { c.PrivateKey = c.PrivateKey.damaged(70) },
			func(c *addressCase) { c.PublicKeySerialized = c.PublicKeySerialized.damaged(20) },
			func(c *addressCase) { c.Address = c.Address.damaged(31) },
			func(c *addressCase) { c.Text = "0" + c.Text[1:42] + "-" },
		} {
			worse := c
			damage(&worse)
			if worse.agrees() {
				t.Errorf("%s: damage %d went unseen", c.Name, i)
			}
		}
	}
}
