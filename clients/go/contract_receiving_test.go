// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"errors"
)

// textsOf takes messages by Messages until there are so many.
func (h *harness) textsOf(node *Node, count int) (texts []string) {
	h.Helper()
	for message, err := range node.Messages(h.ctx) {
		h.must(err)
		texts = append(texts, string(message.Payload))
		if len(texts) >= count {
			break
		}
	}
	return texts
}

// Receiving messages.
var receivingCases = []contractCase{
	{"keeps what arrives before anyone asks", func(h *harness) {
		a, b := h.pair()
		h.send(a, b.LocalAddr(), words("early", 100)...)
		h.equal(h.nextOf(b, 100), words("early", 100))
	}},
	{"waits for what arrives after", func(h *harness) {
		a, b := h.pair()
		received := make(chan string, 1)
		go func() { received <- h.next(b) }()
		h.send(a, b.LocalAddr(), "late")
		h.expect(<-received == "late", "another message")
	}},
	{"gives competing receivers different messages, each message to one", func(h *harness) {
		a, b := h.pair()
		received := make([]string, 20)
		done := make(chan struct{})
		go func() {
			atOnce(20, func(i int) { received[i] = h.next(b) })
			close(done)
		}()
		h.send(a, b.LocalAddr(), words("contested", 20)...)
		<-done
		h.equal(sorted(received), sorted(words("contested", 20)))
	}},
	{"is given up with the signal's reason, and the message goes to the next", func(h *harness) {
		a, b := h.pair()
		never := func(Message) error { return errors.New("there was none") }
		err := b.Receive(ended(errNeverMind), never)
		h.expect(errors.Is(err, errNeverMind), "got %v", err)
		ctx, cancel := context.WithCancelCause(h.ctx)
		given := make(chan error, 1)
		go func() { given <- b.Receive(ctx, never) }()
		cancel(errNeverMind)
		err = <-given
		h.expect(errors.Is(err, errNeverMind), "got %v", err)
		h.send(a, b.LocalAddr(), "for whoever stays")
		h.equal(h.nextOf(b, 1), []string{"for whoever stays"})
	}},
	{"by batches gives every message in order", func(h *harness) {
		a, b := h.pair()
		h.send(a, b.LocalAddr(), words("batched", 500)...)
		h.equal(h.textsOf(b, 250), words("batched", 500)[:250])
		var rest []string
		for len(rest) < 250 {
			batch, err := b.ReceiveBatch(h.ctx)
			h.must(err)
			h.expect(len(batch) > 0, "an empty batch")
			for _, message := range batch {
				rest = append(rest, string(message.Payload))
			}
		}
		h.equal(rest, words("batched", 500)[250:])
	}},
	{"by batches may be left and taken up again, also one by one", func(h *harness) {
		a, b := h.pair()
		texts := words("mixed", 60)
		// Together, so that batches are left in their middle.
		for _, text := range texts {
			h.must(a.TrySend(b.LocalAddr(), []byte(text)))
		}
		var seen []string
		for len(seen) < 60 {
			seen = append(seen, h.textsOf(b, 2)...)
			seen = append(seen, h.next(b))
		}
		h.equal(seen, texts)
	}},
	{"by batches is given up with the signal's reason", func(h *harness) {
		_, b := h.pair()
		ctx, cancel := context.WithCancelCause(h.ctx)
		given := make(chan error, 2)
		go func() {
			_, err := b.ReceiveBatch(ctx)
			given <- err
		}()
		go func() {
			for _, err := range b.Messages(ctx) {
				given <- err
			}
		}()
		cancel(errNeverMind)
		for range 2 {
			err := <-given
			h.expect(errors.Is(err, errNeverMind), "got %v", err)
		}
	}},
	{"by batches ends when the node is closed, and throws when it is dropped", func(h *harness) {
		a, b := h.pair()
		errs := make(chan error, 1)
		read := func(node *Node) {
			var last error
			for _, err := range node.Messages(h.ctx) {
				last = err
			}
			errs <- last
		}
		go read(a)
		h.must(a.Close())
		h.must(<-errs)
		go read(b)
		h.must(b.Drop(h.ctx))
		h.rejects(<-errs, ErrNodeDropped)
	}},
	{"gives bytes that belong to the receiver", func(h *harness) {
		a, b := h.pair()
		_, err := a.SendBatch([]Message{{b.LocalAddr(), []byte("first")}, {b.LocalAddr(), []byte("second")}})
		h.must(err)
		first, second := h.receive(b), h.receive(b)
		clear(first.Payload)
		_ = append(first.Payload, "much more than there was"...)
		h.expect(string(second.Payload) == "second", "altered: %q", second.Payload)
	}},
}
