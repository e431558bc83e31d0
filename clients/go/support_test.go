// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// Words that the cases of the contract share.

// testLimit is the longest that a case waits for anything.
const testLimit = 20 * time.Second

// harness is two programs at one daemon, for one case.
type harness struct {
	*testing.T
	ctx       context.Context
	daemon    *testDaemon
	service   *Client
	elsewhere *Client
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{T: t, daemon: daemonForTest(t)}
	var cancel context.CancelFunc
	h.ctx, cancel = context.WithTimeout(context.Background(), testLimit)
	t.Cleanup(cancel)
	h.service, h.elsewhere = h.dial(), h.dial()
	return h
}

func (h *harness) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// rejects insists on a failure for this reason.
func (h *harness) rejects(err error, reason Reason) {
	h.Helper()
	if !errors.Is(err, reason) {
		h.Fatalf("got %v, expected %v", err, reason)
	}
}

func (h *harness) expect(ok bool, what string, args ...any) {
	h.Helper()
	if !ok {
		h.Fatalf(what, args...)
	}
}

func (h *harness) dial() *Client {
	h.Helper()
	client, err := Dial(h.ctx, h.daemon.endpoint)
	h.must(err)
	h.Cleanup(func() { _ = client.Close() })
	return client
}

func (h *harness) newKey() *PrivateKey {
	h.Helper()
	key, err := GenerateKey()
	h.must(err)
	return key
}

// open opens a node of a new key.
func (h *harness) open(client *Client) *Node {
	h.Helper()
	return h.openKey(client, h.newKey())
}

func (h *harness) openKey(client *Client, key *PrivateKey) *Node {
	h.Helper()
	node, err := client.Open(h.ctx, key, nil)
	h.must(err)
	return node
}

func (h *harness) pair() (a, b *Node) {
	h.Helper()
	return h.open(h.service), h.open(h.elsewhere)
}

func (h *harness) receive(node *Node) (received Message) {
	h.Helper()
	h.must(node.Receive(h.ctx, func(message Message) error {
		received = message
		return nil
	}))
	return received
}

// next is the next message of a node as text.
func (h *harness) next(node *Node) string {
	h.Helper()
	return string(h.receive(node).Payload)
}

func (h *harness) nextOf(node *Node, count int) []string {
	h.Helper()
	texts := make([]string, count)
	for i := range texts {
		texts[i] = h.next(node)
	}
	return texts
}

func (h *harness) send(from *Node, to Address, texts ...string) {
	h.Helper()
	for _, text := range texts {
		h.must(from.Send(h.ctx, to, []byte(text)))
	}
}

func (h *harness) equal(got, want []string) {
	h.Helper()
	if !slices.Equal(got, want) {
		h.Fatalf("got %q, expected %q", got, want)
	}
}

// words are "word 0", "word 1" and so on.
func words(word string, count int) []string {
	texts := make([]string, count)
	for i := range texts {
		texts[i] = fmt.Sprintf("%s %d", word, i)
	}
	return texts
}

func sorted(texts []string) []string {
	ordered := slices.Clone(texts)
	slices.Sort(ordered)
	return ordered
}

// pattern is a payload in which every byte depends on its place.
func pattern(length, seed int) []byte {
	payload := make([]byte, length)
	for i := range payload {
		payload[i] = byte(i*31 + i/256 + seed)
	}
	return payload
}

// until waits for a condition.
func (h *harness) until(what string, isSo func() bool) {
	h.Helper()
	for !isSo() {
		if h.ctx.Err() != nil {
			h.Fatalf("not in time: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// atOnce runs a function many times at once and waits for all.
func atOnce(count int, run func(i int)) {
	var running sync.WaitGroup
	for i := range count {
		running.Add(1)
		go func() {
			defer running.Done()
			run(i)
		}()
	}
	running.Wait()
}

// ended is a context that has been given up for a reason of the caller's own.
func ended(why error) context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	return ctx
}

var errNeverMind = errors.New("never mind")

func contextOf(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testLimit)
	t.Cleanup(cancel)
	return ctx
}
