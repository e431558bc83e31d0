// SPDX-License-Identifier: Apache-2.0

package inet256

import "fmt"

// handedOver says how many messages a node's outbox has taken on its stream.
func handedOver(node *Node) int {
	o := node.outbox
	o.mu.Lock()
	defer o.mu.Unlock()
	count := int(o.nextNumber) - 1
	for _, batch := range o.unwritten {
		count += batch.count
	}
	return count
}

// Closing and dropping.
var endingCases = []contractCase{
	{"of a closed node makes every call say NODE_CLOSED", func(h *harness) {
		node := h.open(h.service)
		waiting := make(chan error, 1)
		go func() { waiting <- h.receiveError(node) }()
		h.must(node.Close())
		h.rejects(<-waiting, ErrNodeClosed)
		h.everyCallSays(node, ErrNodeClosed)
	}},
	{"by close may be said again, and by several at once", func(h *harness) {
		node := h.open(h.service)
		atOnce(3, func(int) {
			if err := node.Close(); err != nil {
				h.Error(err)
			}
			if err := h.receiveError(node); !isClosed(err) {
				h.Errorf("closed, but %v", err)
			}
		})
		h.must(node.Close())
	}},
	{"by close sends what was handed over before, and says what became of it", func(h *harness) {
		receiver := h.open(h.elsewhere)
		for round := range 5 {
			node := h.open(h.service)
			texts := words(fmt.Sprint("round ", round), 50)
			outcomes := make(chan error, 50)
			for _, text := range texts {
				go func() { outcomes <- node.Send(h.ctx, receiver.LocalAddr(), []byte(text)) }()
			}
			h.until("all are handed over", func() bool { return handedOver(node) == 50 })
			h.must(node.Close())
			h.equal(sorted(h.nextOf(receiver, 50)), sorted(texts))
			for range texts {
				h.must(<-outcomes)
			}
		}
	}},
	{"by close sends what trySend took", func(h *harness) {
		receiver, node := h.open(h.elsewhere), h.open(h.service)
		for _, text := range words("tried", 20) {
			h.must(node.TrySend(receiver.LocalAddr(), []byte(text)))
		}
		h.must(node.Close())
		h.equal(h.nextOf(receiver, 20), words("tried", 20))
	}},
	{"by drop of what is not open succeeds", func(h *harness) {
		key := h.newKey()
		h.must(h.service.Drop(h.ctx, key))
		h.openKey(h.elsewhere, key)
		h.must(h.service.Drop(h.ctx, key))
		h.must(h.service.Drop(h.ctx, key))
	}},
	{"by drop leaves the key to the caller", func(h *harness) {
		key := h.newKey()
		h.must(h.service.Drop(h.ctx, key))
		serialized, err := key.Serialize()
		h.must(err)
		h.expect(len(serialized) == 81, "%d bytes", len(serialized))
	}},
	{"of one node leaves others alone", func(h *harness) {
		var nodes [6]*Node
		for i := range nodes {
			nodes[i] = h.open(h.service)
		}
		h.must(nodes[0].Close())
		h.must(nodes[1].Drop(h.ctx))
		h.send(nodes[2], nodes[3].LocalAddr(), "still here")
		h.equal(h.nextOf(nodes[3], 1), []string{"still here"})
	}},
}
