// SPDX-License-Identifier: Apache-2.0

package vectors

import (
	"errors"
	"strings"
	"testing"

	"github.com/mesh256/mesh256/clients/go"
)

type textCase struct {
	Address octets `json:"addressHex"`
	Text    string
}

type textFile struct {
	Cases   []textCase
	Order   []textCase
	Invalid []struct{ Why, Text, Reason string }
}

// agrees says whether text and bytes of a case give each other.
func (c textCase) agrees() bool {
	fromBytes, err := inet256.AddressFromBytes(c.Address)
	if err != nil {
		return false
	}
	fromText, err := inet256.ParseAddress(c.Text)
	return err == nil && fromText == fromBytes && fromBytes.String() == c.Text
}

func TestText(t *testing.T) {
	var file textFile
	read(t, "base64.json", &file)
	for _, c := range append(file.Cases, file.Order...) {
		if !c.agrees() {
			t.Errorf("%s: text and bytes differ", c.Text)
		}
		if (textCase{Address: c.Address.damaged(15), Text: c.Text}).agrees() {
			t.Errorf("%s: damage went unseen", c.Text)
		}
	}
}

func TestTextSortsAsBytes(t *testing.T) {
	var file textFile
	read(t, "base64.json", &file)
	for i := 1; i < len(file.Order); i++ {
		before, after := inet256.Address(file.Order[i-1].Address), inet256.Address(file.Order[i].Address)
		if before.Compare(after) >= 0 || strings.Compare(before.String(), after.String()) >= 0 {
			t.Errorf("%v does not come before %v", before, after)
		}
	}
}

func TestTextRefuses(t *testing.T) {
	// What the error says for each rule that a text can break.
	says := map[string]string{
		"length":        "43 characters expected",
		"character":     "is not one of",
		"trailing bits": "trailing bits",
	}
	var file textFile
	read(t, "base64.json", &file)
	for _, c := range file.Invalid {
		t.Run(c.Why, func(t *testing.T) {
			_, err := inet256.ParseAddress(c.Text)
			if !errors.Is(err, inet256.ErrBadAddress) || !strings.Contains(err.Error(), says[c.Reason]) {
				t.Errorf("got %v, want an error about the %s", err, c.Reason)
			}
		})
	}
}
