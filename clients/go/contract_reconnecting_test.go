// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"

	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
	"google.golang.org/grpc/codes"
)

// A message is sent at most once, whatever breaks.
var reconnectingCases = []contractCase{
	{"client-reconnect-never-resends", neverResends},
	{"stream-break-never-requeues", neverRequeues},
	{"what a reader did not take before its stream broke is not kept for its next one", func(h *harness) {
		w := startWire(h.T, h.daemon.socket)
		reader, sender := h.open(h.dialAt(w.endpoint)), h.open(h.service)
		h.send(sender, reader.LocalAddr(), "taken")
		h.equal(h.nextOf(reader, 1), []string{"taken"})
		w.clog()
		h.send(sender, reader.LocalAddr(), words("lost", 10)...)
		w.cut()
		// It comes back by itself; until then its address is nobody's.
		// and the daemon may take a little longer to notice that the old stream is gone.
		h.until("it is open again", func() bool {
			_ = sender.Send(h.ctx, reader.LocalAddr(), []byte("after"))
			brief, cancel := context.WithTimeout(h.ctx, 50*time.Millisecond)
			defer cancel()
			return reader.Receive(brief, func(message Message) error {
				h.expect(string(message.Payload) == "after", "%q was kept", message.Payload)
				return nil
			}) == nil
		})
	}},
}

func (h *harness) dialAt(endpoint string, options ...Option) *Client {
	h.Helper()
	client, err := Dial(h.ctx, endpoint, options...)
	h.must(err)
	h.Cleanup(func() { _ = client.Close() })
	return client
}

// neverRequeues: what was handed to a stream that broke is given to no other opening of the key.
func neverRequeues(h *harness) {
	w := startWire(h.T, h.daemon.socket)
	key := h.newKey()
	doomed := h.dialAt(w.endpoint)
	h.openKey(doomed, key)
	kept, sender := h.openKey(h.elsewhere, key), h.open(h.service)
	// Half of them go into a wire that hands nothing on: to the doomed stream, and nowhere else.
	w.clog()
	h.send(sender, key.Address(), words("shared", 40)...)
	own := h.nextOf(kept, 20)
	// It dies with them, and its program does not come back.
	w.stop()
	h.must(doomed.Close())
	// When all that comes goes to the one that is kept, the daemon has noticed.
	h.until("the daemon has noticed", func() bool {
		h.send(sender, key.Address(), "one", "two")
		first := h.next(kept)
		brief, cancel := context.WithTimeout(h.ctx, 50*time.Millisecond)
		defer cancel()
		second := kept.Receive(brief, func(message Message) error {
			own = append(own, string(message.Payload))
			return nil
		})
		own = append(own, first)
		return second == nil
	})
	for _, text := range own[20:] {
		h.expect(text == "one" || text == "two", "%q was kept", text)
	}
	// Nor is it kept for those who open the key anew.
	h.must(kept.Close())
	again := h.openKey(h.elsewhere, key)
	h.send(sender, key.Address(), "the next")
	h.equal(h.nextOf(again, 1), []string{"the next"})
}

// fates is how streams go wrong, one after the other, again and again.
type fates struct {
	mu             sync.Mutex
	opened, broken int
}

const breaksWanted = 33

// next returns which fate is next, -1 when there were enough.
func (f *fates) next(counter *int, of int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken >= breaksWanted {
		return -1
	}
	*counter++
	return *counter % of
}

func (f *fates) enough() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken >= breaksWanted
}

func (f *fates) onOpen(s *fakeStream) error {
	switch f.next(&f.opened, 7) {
	case 2:
		return failure(ErrUnavailable, codes.Unavailable)
	case 4:
		s.daemon.cut()
		return errEnd
	case 6:
		return errors.Join(s.open(), failure(ErrUnavailable, codes.Unavailable))
	default:
		return s.open()
	}
}

func (f *fates) onRequest(s *fakeStream, request *pb.ConnectRequest) error {
	if len(request.Datagrams) == 0 {
		return nil
	}
	fate := f.next(&f.broken, 10)
	switch fate {
	case 0:
		return failure(ErrUnavailable, codes.Unavailable)
	case 1:
		s.daemon.cut()
		return errEnd
	case 2:
		return errEnd
	case 3, 4:
		_ = s.accept(s.count)
	case 5:
		_ = s.accept((s.count + 1) / 2)
	case 6:
		_ = s.accept(1)
	default:
		return s.accept(s.count)
	}
	if fate == 4 || fate == 6 {
		s.daemon.cut()
	}
	return errEnd
}

// neverResends is against a daemon that breaks its streams in the nastiest moments.
func neverResends(h *harness) {
	d, endpoint := startFake(h.T)
	f := &fates{}
	d.onOpen, d.onRequest = f.onOpen, f.onRequest
	var mu sync.Mutex
	reopened := 0
	node := h.open(h.dialAt(endpoint, WithEvents(func(event Event) {
		if _, ok := event.(Reopened); ok {
			mu.Lock()
			reopened++
			mu.Unlock()
		}
	})))
	outcomes := h.sendUntil(node, f.enough)
	h.must(node.Close())
	mu.Lock()
	defer mu.Unlock()
	h.expect(reopened > 10, "reopened %d times only", reopened)
	d.mu.Lock()
	defer d.mu.Unlock()
	times := map[uint32]int{}
	for _, payload := range d.received {
		times[binary.BigEndian.Uint32(payload)]++
	}
	accepted, arrivedUnknown := 0, 0
	for number, err := range outcomes {
		h.expect(times[number] <= 1, "message %d came %d times", number, times[number])
		switch {
		case err == nil:
			accepted++
			h.expect(times[number] == 1, "message %d was accepted, and did not come", number)
		case !errors.Is(err, ErrOutcomeUnknown):
			h.Fatal(err)
		case times[number] == 1:
			arrivedUnknown++
		}
	}
	// Not vacuous: of those of unknown outcome some have arrived, so sending again would show.
	h.expect(arrivedUnknown > 20 && accepted > 20, "%d and %d are too few", arrivedUnknown, accepted)
}

// sendUntil sends without end, from many goroutines and by every way, and notes what each was told.
func (h *harness) sendUntil(node *Node, enough func() bool) map[uint32]error {
	var mu sync.Mutex
	outcomes := map[uint32]error{}
	number := uint32(0)
	take := func() uint32 {
		mu.Lock()
		defer mu.Unlock()
		number++
		return number
	}
	atOnce(20, func(int) {
		for !enough() {
			payload := make([]byte, MTU)
			own := take()
			if own%20 != 0 {
				payload = payload[:4+own%90]
			}
			binary.BigEndian.PutUint32(payload, own)
			if own%5 == 4 {
				_ = node.TrySend(node.LocalAddr(), slices.Clone(payload))
				continue
			}
			err := node.Send(h.ctx, node.LocalAddr(), payload)
			// It is the program's again: were the client to look at it later, it would see nonsense.
			clear(payload)
			mu.Lock()
			outcomes[own] = err
			mu.Unlock()
		}
	})
	return outcomes
}
