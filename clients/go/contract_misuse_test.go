// SPDX-License-Identifier: Apache-2.0

package inet256

import "errors"

// Wrong arguments: clear errors, and nothing else happens. Most of them do not compile in Go; these
// do.
var misuseCases = []contractCase{
	{"refuses keys that are none", func(h *harness) {
		wiped := h.newKey()
		wiped.Wipe()
		for _, key := range []*PrivateKey{nil, {}, wiped} {
			_, err := h.service.Open(h.ctx, key, nil)
			h.rejects(err, ErrBadKey)
			h.rejects(h.service.Drop(h.ctx, key), ErrBadKey)
		}
	}},
	{"refuses options that are none", func(h *harness) {
		for _, option := range []Option{WithInboxBytes(0), WithInboxBytes(-1), WithToken("two words"), WithToken("line\nend")} {
			_, err := Dial(h.ctx, h.daemon.endpoint, option)
			h.rejects(err, ErrBadRequest)
		}
	}},
	{"refuses destinations and payloads that are none, by rejection", func(h *harness) {
		node := h.open(h.service)
		own := node.LocalAddr()
		for _, wrong := range [][]byte{nil, own[:31], append(own[:], 0), []byte(own.String())} {
			_, err := AddressFromBytes(wrong)
			h.rejects(err, ErrBadAddress)
		}
		for _, wrong := range []string{"", "nobody", own.String() + "-", " " + own.String()} {
			_, err := ParseAddress(wrong)
			h.rejects(err, ErrBadAddress)
		}
		// No payload is an empty one.
		h.must(node.Send(h.ctx, own, nil))
		h.expect(len(h.receive(node).Payload) == 0, "not empty")
		h.send(node, own, "the next to arrive")
		h.equal(h.nextOf(node, 1), []string{"the next to arrive"})
	}},
	{"refuses prefixes and numbers of bits that are none", func(h *harness) {
		node := h.open(h.service)
		for _, bits := range []int{4, -4, 257, 1 << 40} {
			_, err := node.FindAddr(h.ctx, nil, bits)
			h.rejects(err, ErrBadRequest)
			h.expect(errors.Is(err, ErrBadPrefix), "got %v", err)
		}
	}},
}
