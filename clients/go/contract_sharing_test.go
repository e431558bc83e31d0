// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"slices"
)

func (h *harness) shareKey() (one, two, sender *Node) {
	h.Helper()
	key := h.newKey()
	return h.openKey(h.service, key), h.openKey(h.elsewhere, key), h.open(h.service)
}

// receiveError waits for a message and gives the error instead.
func (h *harness) receiveError(node *Node) error {
	return node.Receive(h.ctx, func(Message) error { return nil })
}

// saysTo insists that every call on a node fails for a reason.
func (h *harness) everyCallSays(node *Node, reason Reason) {
	h.Helper()
	own, payload := node.LocalAddr(), []byte("late")
	h.rejects(node.Send(h.ctx, own, payload), reason)
	h.rejects(h.receiveError(node), reason)
	h.rejects(node.Room(h.ctx), reason)
	h.rejects(node.TrySend(own, payload), reason)
	h.rejects(node.Drop(h.ctx), reason)
	taken, err := node.SendBatch([]Message{{own, payload}})
	h.rejects(err, reason)
	h.expect(taken == 0, "a message was taken")
	_, err = node.ReceiveBatch(h.ctx)
	h.rejects(err, reason)
	_, err = node.FindAddr(h.ctx, own[:], 8)
	h.rejects(err, reason)
	_, err = node.LookupPublicKey(h.ctx, own)
	h.rejects(err, reason)
	h.must(node.Close())
}

// One key, open several times.
var sharingCases = []contractCase{
	{"gives each message to exactly one opening, in turn", func(h *harness) {
		one, two, sender := h.shareKey()
		texts := words("shared", 40)
		h.send(sender, one.LocalAddr(), texts...)
		ofOne, ofTwo := h.nextOf(one, 20), h.nextOf(two, 20)
		h.equal(sorted(append(slices.Clone(ofOne), ofTwo...)), sorted(texts))
		for _, own := range [][]string{ofOne, ofTwo} {
			place := func(text string) int { return slices.Index(texts, text) }
			inOrder := slices.IsSortedFunc(own, func(a, b string) int { return place(a) - place(b) })
			h.expect(inOrder, "out of order: %q", own)
		}
		// And nobody has any left: what comes next is new to both.
		h.send(sender, one.LocalAddr(), "new", "new")
		h.equal([]string{h.next(one), h.next(two)}, []string{"new", "new"})
	}},
	{"has one address for all, and sends from each", func(h *harness) {
		one, two, sender := h.shareKey()
		h.expect(one.LocalAddr() == two.LocalAddr(), "two addresses")
		for _, node := range []*Node{one, two} {
			h.send(node, sender.LocalAddr(), "from one of us")
			h.expect(h.receive(sender).Address == one.LocalAddr(), "from another")
		}
	}},
	{"leaves everything to those who stay when one closes", func(h *harness) {
		one, two, sender := h.shareKey()
		h.must(one.Close())
		h.send(sender, two.LocalAddr(), words("for two", 10)...)
		h.equal(h.nextOf(two, 10), words("for two", 10))
		h.rejects(h.receiveError(one), ErrNodeClosed)
		h.must(two.Close())
		h.rejects(sender.Send(h.ctx, two.LocalAddr(), []byte("gone")), ErrNoSuchAddress)
	}},
	{"is counted within one program too", func(h *harness) {
		key, sender := h.newKey(), h.open(h.service)
		nodes := []*Node{h.openKey(h.service, key), h.openKey(h.service, key), h.openKey(h.service, key)}
		for _, node := range nodes {
			h.send(sender, key.Address(), "somebody?")
			h.must(node.Close())
			h.must(node.Close())
		}
		h.rejects(sender.Send(h.ctx, key.Address(), []byte("nobody")), ErrNoSuchAddress)
	}},
	{"ends everywhere when it is dropped, whoever drops it", func(h *harness) {
		for _, drop := range []func(*Node, *PrivateKey) error{
			func(_ *Node, key *PrivateKey) error { return h.service.Drop(h.ctx, key) },
			func(_ *Node, key *PrivateKey) error { return h.elsewhere.Drop(h.ctx, key) },
			func(one *Node, _ *PrivateKey) error { return one.Drop(h.ctx) },
		} {
			key := h.newKey()
			one, two := h.openKey(h.service, key), h.openKey(h.elsewhere, key)
			waiting := make(chan error, 2)
			for _, node := range []*Node{one, two} {
				go func() { waiting <- h.receiveError(node) }()
			}
			h.must(drop(one, key))
			h.rejects(<-waiting, ErrNodeDropped)
			h.rejects(<-waiting, ErrNodeDropped)
			h.everyCallSays(one, ErrNodeDropped)
			h.everyCallSays(two, ErrNodeDropped)
		}
	}},
}
