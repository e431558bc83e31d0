// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"errors"
	"slices"
)

// flipped is the address with its bit `place` turned over.
func flipped(address Address, place int) Address {
	address[place/8] ^= 0x80 >> (place % 8)
	return address
}

func (h *harness) finds(node *Node, prefix []byte, bits int, want Address) {
	h.Helper()
	found, err := node.FindAddr(h.ctx, prefix, bits)
	h.must(err)
	h.expect(found == want, "%d bits: another address", bits)
}

// Finding addresses and keys.
var lookupCases = []contractCase{
	{"finds an address by its first %i bits", func(h *harness) {
		a, b := h.pair()
		own := b.LocalAddr()
		for _, bits := range []int{24, 25, 31, 32, 100, 128, 255, 256} {
			h.finds(a, own[:(bits+7)/8], bits, own)
		}
	}},
	{"finds some address by no bits at all", func(h *harness) {
		a, b := h.pair()
		found, err := a.FindAddr(h.ctx, nil, 0)
		h.must(err)
		known := []Address{a.LocalAddr(), b.LocalAddr(), h.daemon.key.Address()}
		h.expect(slices.Contains(known, found), "an unknown address")
	}},
	{"ignores what is longer than the bits asked for, be it wrong or endless", func(h *harness) {
		a, b := h.pair()
		own := b.LocalAddr()
		wrongBehind := flipped(own, 40)
		h.finds(a, wrongBehind[:], 40, own)
		h.finds(a, append(own[:], bytes.Repeat([]byte{0xff}, 100)...), 256, own)
	}},
	{"finds nothing where one bit differs: NO_SUCH_ADDRESS, as a send would say", func(h *harness) {
		a, b := h.pair()
		for _, place := range []int{30, 127, 255} {
			wrong := flipped(b.LocalAddr(), place)
			_, err := a.FindAddr(h.ctx, wrong[:], place+1)
			h.rejects(err, ErrNoSuchAddress)
			h.rejects(a.Send(h.ctx, wrong, []byte("hello?")), ErrNoSuchAddress)
			_, err = a.LookupPublicKey(h.ctx, wrong)
			h.rejects(err, ErrNoSuchAddress)
		}
	}},
	{"refuses a prefix that is shorter than its bits, and bits beyond 256", func(h *harness) {
		a, _ := h.pair()
		for _, c := range []struct{ length, bits int }{{0, 1}, {1, 9}, {31, 249}, {31, 256}, {33, 257}, {32, -1}} {
			_, err := a.FindAddr(h.ctx, make([]byte, c.length), c.bits)
			h.rejects(err, ErrBadRequest)
			h.expect(errors.Is(err, ErrBadPrefix), "got %v", err)
		}
	}},
	{"finds itself and the daemon, and forgets who has gone", func(h *harness) {
		a, b := h.pair()
		for _, address := range []Address{a.LocalAddr(), h.daemon.key.Address()} {
			h.finds(a, address[:], 256, address)
		}
		h.must(b.Close())
		gone := b.LocalAddr()
		_, err := a.FindAddr(h.ctx, gone[:], 256)
		h.rejects(err, ErrNoSuchAddress)
		_, err = a.LookupPublicKey(h.ctx, gone)
		h.rejects(err, ErrNoSuchAddress)
	}},
	{"finds the public key of an address", func(h *harness) {
		a, b := h.pair()
		for _, want := range []PublicKey{b.PublicKey(), a.PublicKey(), h.daemon.key.Public()} {
			found, err := a.LookupPublicKey(h.ctx, want.Address())
			h.must(err)
			h.expect(found == want, "another key")
		}
		_, err := a.LookupPublicKey(h.ctx, Everyone)
		h.rejects(err, ErrNoSuchAddress)
	}},
	{"with a signal that has aborted rejects with its reason", func(h *harness) {
		a, b := h.pair()
		own := b.LocalAddr()
		_, err := a.FindAddr(ended(errNeverMind), own[:], 256)
		h.expect(errors.Is(err, errNeverMind), "got %v", err)
		_, err = a.LookupPublicKey(ended(errNeverMind), own)
		h.expect(errors.Is(err, errNeverMind), "got %v", err)
	}},
}
