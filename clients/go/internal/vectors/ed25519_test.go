// SPDX-License-Identifier: Apache-2.0

package vectors

import (
	"fmt"
	"slices"
	"testing"

	"github.com/mesh256/mesh256/clients/go"
)

type ed25519Case struct {
	ID        int `json:"tcId"`
	Name      any
	Comment   string
	Flags     []string
	PublicKey octets
	Message   octets
	Signature octets
	Result    string
}

func (c ed25519Case) isOfSmallOrder() bool {
	return slices.Contains(c.Flags, "SmallOrderPublicKey")
}

// verdict is what INET256 section 1 says. Where Wycheproof says "acceptable" the rule decides: keys
// of small order are refused, and those of mixed order satisfy the cofactorless equation.
func (c ed25519Case) verdict() bool {
	return c.Result == "valid" || c.Result == "acceptable" && !c.isOfSmallOrder()
}

func (c ed25519Case) verifies() bool {
	return inet256.VerifyEd25519(c.PublicKey, c.Message, c.Signature)
}

func readEd25519(t *testing.T) []ed25519Case {
	t.Helper()
	var wycheproof, torsion struct{ Cases []ed25519Case }
	read(t, "ed25519.json", &wycheproof)
	read(t, "ed25519-torsion.json", &torsion)
	return append(wycheproof.Cases, torsion.Cases...)
}

func TestEd25519(t *testing.T) {
	for _, c := range readEd25519(t) {
		t.Run(fmt.Sprint(c.ID, c.Name, c.Comment), func(t *testing.T) {
			if got := c.verifies(); got != c.verdict() {
				t.Errorf("verdict %v, but the vector is %s", got, c.Result)
			}
			_, err := inet256.NewPublicKey(c.PublicKey)
			if (err != nil) != c.isOfSmallOrder() {
				t.Errorf("parsing the public key: %v", err)
			}
		})
	}
}

func TestEd25519NoticesDamage(t *testing.T) {
	valid := 0
	for _, c := range readEd25519(t) {
		if !c.verdict() {
			continue
		}
		valid++
		for _, worse := range []ed25519Case{
			{PublicKey: c.PublicKey.damaged(16), Message: c.Message, Signature: c.Signature},
			{PublicKey: c.PublicKey, Message: append(c.Message, 0), Signature: c.Signature},
			{PublicKey: c.PublicKey, Message: c.Message, Signature: c.Signature.damaged(8)},
			{PublicKey: c.PublicKey, Message: c.Message, Signature: c.Signature.damaged(40)},
		} {
			if worse.verifies() {
				t.Errorf("%d %v: damage went unseen", c.ID, c.Name)
			}
		}
	}
	if valid <= 20 {
		t.Errorf("only %d cases are valid", valid)
	}
}
