// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// Sending messages.
var sendingCases = []contractCase{
	{"delivers %i bytes intact, from exactly who sent them", func(h *harness) {
		a, b := h.pair()
		for _, length := range []int{0, 1, 2, 127, 128, 1_400, 16_384, 32_768, 65_534, 65_535} {
			sent := pattern(length, length+1)
			h.must(a.Send(h.ctx, b.LocalAddr(), sent))
			got := h.receive(b)
			h.expect(got.Address == a.LocalAddr(), "%d bytes: from another", length)
			h.expect(bytes.Equal(got.Payload, sent), "%d bytes: altered", length)
		}
	}},
	{"refuses 65,536 bytes with MESSAGE_TOO_LARGE, whichever way", func(h *harness) {
		a, b := h.pair()
		tooLarge := make([]byte, 65_536)
		h.rejects(a.Send(h.ctx, b.LocalAddr(), tooLarge), ErrMessageTooLarge)
		h.rejects(a.TrySend(b.LocalAddr(), tooLarge), ErrMessageTooLarge)
		taken, err := a.SendBatch([]Message{{b.LocalAddr(), []byte("fine")}, {b.LocalAddr(), tooLarge}})
		h.rejects(err, ErrMessageTooLarge)
		h.expect(taken == 0, "%d were taken", taken)
		h.send(a, b.LocalAddr(), "the first to arrive")
		h.equal(h.nextOf(b, 1), []string{"the first to arrive"})
	}},
	{"keeps the order between two nodes, whichever way messages are sent", func(h *harness) {
		a, b := h.pair()
		texts := words("message", 300)
		for i, text := range texts {
			switch i % 3 {
			case 0:
				h.send(a, b.LocalAddr(), text)
			case 1:
				h.must(a.TrySend(b.LocalAddr(), []byte(text)))
			case 2:
				_, err := a.SendBatch([]Message{{b.LocalAddr(), []byte(text)}})
				h.must(err)
			}
		}
		h.equal(h.nextOf(b, len(texts)), texts)
	}},
	{"delivers to itself", func(h *harness) {
		a, _ := h.pair()
		h.send(a, a.LocalAddr(), words("to myself", 3)...)
		h.equal(h.nextOf(a, 3), words("to myself", 3))
	}},
	{"takes a payload as it is during the call", func(h *harness) {
		a, b := h.pair()
		payload := []byte("as it is!")
		h.must(a.TrySend(b.LocalAddr(), payload))
		clear(payload)
		copy(payload, "in batch!")
		_, err := a.SendBatch([]Message{{b.LocalAddr(), payload}})
		h.must(err)
		clear(payload)
		h.equal(h.nextOf(b, 2), []string{"as it is!", "in batch!"})
	}},
	{"sends a batch and says how many it took", func(h *harness) {
		a, b := h.pair()
		texts := words("of a batch", 200)
		batch := make([]Message, len(texts))
		for i, text := range texts {
			batch[i] = Message{b.LocalAddr(), []byte(text)}
		}
		for _, part := range [][]Message{nil, batch} {
			taken, err := a.SendBatch(part)
			h.must(err)
			h.expect(taken == len(part), "took %d of %d", taken, len(part))
		}
		h.equal(h.nextOf(b, 200), texts)
	}},
	{"to nobody is NO_SUCH_ADDRESS; trySend makes no promise", func(h *harness) {
		a, b := h.pair()
		nobody := h.newKey().Address()
		for _, to := range []Address{nobody, Everyone, NoOne} {
			h.rejects(a.Send(h.ctx, to, []byte("hello?")), ErrNoSuchAddress)
		}
		h.must(a.TrySend(nobody, []byte("hello?")))
		h.send(a, b.LocalAddr(), "still fine")
		h.equal(h.nextOf(b, 1), []string{"still fine"})
	}},
	{"refuses the right message among many", func(h *harness) {
		a, b := h.pair()
		nobody := h.newKey().Address()
		failed := make([]error, 50)
		atOnce(50, func(i int) {
			to := b.LocalAddr()
			if i%10 == 3 {
				to = nobody
			}
			failed[i] = a.Send(h.ctx, to, []byte(fmt.Sprint(i)))
		})
		var want []string
		for i, err := range failed {
			if i%10 == 3 {
				h.rejects(err, ErrNoSuchAddress)
				continue
			}
			h.must(err)
			want = append(want, fmt.Sprint(i))
		}
		h.equal(sorted(h.nextOf(b, 45)), sorted(want))
	}},
	{"stops when a node is closed: what was sent before it arrives, later messages do not", func(h *harness) {
		a, b := h.pair()
		h.send(a, b.LocalAddr(), "before")
		h.must(b.Close())
		h.rejects(a.Send(h.ctx, b.LocalAddr(), []byte("after")), ErrNoSuchAddress)
	}},
	{"with a signal that has aborted rejects with its reason and sends nothing", func(h *harness) {
		a, b := h.pair()
		for _, err := range []error{
			a.Send(ended(errNeverMind), b.LocalAddr(), []byte("not sent")),
			a.Room(ended(errNeverMind)),
		} {
			h.expect(errors.Is(err, errNeverMind) && errors.Is(err, context.Canceled), "got %v", err)
		}
		h.send(a, b.LocalAddr(), "sent")
		h.equal(h.nextOf(b, 1), []string{"sent"})
	}},
	{"carries more than any bound holds, when the sender waits for acceptance", func(h *harness) {
		a, b := h.pair()
		const groups, group, length = 50, 8, 65_535
		done := make(chan error, 1)
		go func() { done <- countLarge(h, b, groups*group, length) }()
		for i := range groups {
			atOnce(group, func(j int) {
				payload := bytes.Repeat([]byte{byte(i*group + j)}, length)
				if err := a.Send(h.ctx, b.LocalAddr(), payload); err != nil {
					h.Error(err)
				}
			})
		}
		h.must(<-done)
	}},
	{"waits for room as long as there is any to come", func(h *harness) {
		a, b := h.pair()
		payload := make([]byte, MTU)
		taken := 0
		for range 40 {
			err := a.TrySend(b.LocalAddr(), payload)
			if err == nil {
				taken++
				continue
			}
			h.rejects(err, ErrLimitBytes)
			h.must(a.Room(h.ctx))
		}
		h.expect(taken > 20, "only %d were taken", taken)
		h.must(a.Room(h.ctx))
		h.must(a.TrySend(b.LocalAddr(), payload))
	}},
	{"pings the daemon: what begins with inet256p comes back, nothing else does", func(h *harness) {
		a, _ := h.pair()
		daemon := h.daemon.key.Address()
		h.send(a, daemon, "hello", "inet256", "Inet256p", "", " inet256p")
		for _, text := range []string{"inet256p", "inet256p and more", "inet256p" + strings.Repeat("x", 65_527)} {
			h.send(a, daemon, text)
			got := h.receive(a)
			h.expect(got.Address == daemon && string(got.Payload) == text, "another answer")
		}
	}},
}

// countLarge takes so many messages, each of which is one byte again and again, each byte as often as
// the others.
func countLarge(h *harness, node *Node, count, length int) error {
	var seen [256]int
	received := 0
	for message, err := range node.Messages(h.ctx) {
		if err != nil {
			return err
		}
		if len(message.Payload) != length || message.Payload[0] != message.Payload[length-1] {
			return errors.New("altered")
		}
		seen[message.Payload[0]]++
		if received++; received == count {
			break
		}
	}
	for i, times := range seen {
		if want := (count - i + 255) / 256; times != want {
			return fmt.Errorf("message %d came %d times", i, times)
		}
	}
	return nil
}
