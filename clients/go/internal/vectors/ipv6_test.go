// SPDX-License-Identifier: Apache-2.0

package vectors

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"

	"github.com/mesh256/mesh256/clients/go"
)

type ipv6Case struct {
	Name    string
	Why     string
	Address octets `json:"addressHex"`
	IPv6    string `json:"ipv6"`
	IPv6Raw octets `json:"ipv6Hex"`
	Nbits   int
	Prefix  octets `json:"prefixHex"`
}

type ipv6File struct {
	Cases     []ipv6Case
	FromIPv6  []ipv6Case
	Invalid   []ipv6Case
	HasPrefix []struct {
		Address octets `json:"addressHex"`
		Prefix  octets `json:"prefixHex"`
		Nbits   int
		Matches bool
		Invalid string
	}
}

// mapsTo says whether the address has this IPv6 address, and is found by what that says about it.
func (c ipv6Case) mapsTo() bool {
	address, err := inet256.AddressFromBytes(c.Address)
	if err != nil {
		return false
	}
	ip, err := address.IPv6()
	return err == nil && ip.String() == c.IPv6 && address.HasPrefix(c.Prefix, c.Nbits)
}

// mapsBack says whether the IPv6 address gives this prefix.
func (c ipv6Case) mapsBack() bool {
	raw, ok := netip.AddrFromSlice(c.IPv6Raw)
	if !ok || raw != netip.MustParseAddr(c.IPv6) {
		return false
	}
	prefix, nbits, err := inet256.PrefixOfIPv6(raw)
	return err == nil && nbits == c.Nbits && bytes.Equal(prefix, c.Prefix)
}

func TestIPv6(t *testing.T) {
	var file ipv6File
	read(t, "ipv6.json", &file)
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if !c.mapsTo() || !c.mapsBack() {
				t.Error("another IPv6 address or prefix")
			}
			// The first byte that is not zero decides both the zeros and the bits after them.
			worse := c
			worse.Address = c.Address.damaged(c.Nbits/8 - 2)
			if worse.mapsTo() {
				t.Error("a damaged address went unseen")
			}
			worse.IPv6Raw = c.IPv6Raw.damaged(9)
			if worse.mapsBack() {
				t.Error("a damaged IPv6 address went unseen")
			}
		})
	}
	for _, c := range file.FromIPv6 {
		if !c.mapsBack() {
			t.Errorf("%s: another prefix", c.IPv6)
		}
	}
}

func TestIPv6RefusesWhatHasNoMapping(t *testing.T) {
	var file ipv6File
	read(t, "ipv6.json", &file)
	for _, c := range file.Invalid {
		var err error
		if c.IPv6 != "" {
			_, _, err = inet256.PrefixOfIPv6(netip.MustParseAddr(c.IPv6))
		} else {
			_, err = inet256.Address(c.Address).IPv6()
		}
		if !errors.Is(err, inet256.ErrBadIPv6) {
			t.Errorf("%s %s: got %v", c.Why, c.IPv6, err)
		}
	}
}

func TestPrefixes(t *testing.T) {
	var file ipv6File
	read(t, "ipv6.json", &file)
	for i, c := range file.HasPrefix {
		if got := inet256.Address(c.Address).HasPrefix(c.Prefix, c.Nbits); got != c.Matches {
			t.Errorf("case %d: matches %v, want %v", i, got, c.Matches)
		}
		if err := inet256.CheckPrefix(c.Prefix, c.Nbits); (err != nil) != (c.Invalid != "") {
			t.Errorf("case %d: got %v, want an error: %q", i, err, c.Invalid)
		}
	}
}
