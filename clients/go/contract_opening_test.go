// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"

	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// Opening nodes, and what does not outlive them.
var openingCases = []contractCase{
	{"gives a node with the key's address, its public key and the MTU", func(h *harness) {
		key := h.newKey()
		node := h.openKey(h.service, key)
		h.expect(node.LocalAddr() == key.Address(), "another address")
		h.expect(node.PublicKey() == key.Public(), "another public key")
		h.expect(node.MTU() == 65_535 && MTU == 65_535, "another MTU")
	}},
	{"leaves the key to the caller, who may wipe it at once", func(h *harness) {
		key := h.newKey()
		before, err := key.Serialize()
		h.must(err)
		node := h.openKey(h.service, key)
		after, err := key.Serialize()
		h.must(err)
		h.expect(bytes.Equal(before, after), "the key was altered")
		key.Wipe()
		h.send(node, node.LocalAddr(), "hello")
		h.expect(h.next(node) == "hello", "another message")
	}},
	{"can be reached from the moment it resolves", func(h *harness) {
		sender := h.open(h.elsewhere)
		for round := range 20 {
			node := h.open(h.service)
			text := fmt.Sprint("round ", round)
			h.send(sender, node.LocalAddr(), text)
			h.equal(h.nextOf(node, 1), []string{text})
			h.must(node.Close())
		}
	}},
	{"succeeds at once after close and after drop", func(h *harness) {
		key := h.newKey()
		for round := range 10 {
			node := h.openKey(h.service, key)
			if round%2 == 0 {
				h.must(node.Close())
			} else {
				h.must(node.Drop(h.ctx))
			}
		}
		node := h.openKey(h.service, key)
		h.send(node, node.LocalAddr(), "still here")
		h.equal(h.nextOf(node, 1), []string{"still here"})
	}},
	{"inbox-does-not-survive-reopen", func(h *harness) {
		sender, key := h.open(h.elsewhere), h.newKey()
		for _, end := range []func(*Node) error{
			(*Node).Close,
			func(n *Node) error { return n.Drop(h.ctx) },
			func(*Node) error { return h.elsewhere.Drop(h.ctx, key) },
		} {
			node := h.openKey(h.service, key)
			h.send(sender, node.LocalAddr(), words("before", 5)...)
			h.must(end(node))
			again := h.openKey(h.service, key)
			h.send(sender, again.LocalAddr(), "after")
			h.equal(h.nextOf(again, 1), []string{"after"})
			h.must(again.Close())
		}
	}},
	{"of the daemon's own key is refused, and so is dropping it", func(h *harness) {
		_, err := h.service.Open(h.ctx, h.daemon.key, nil)
		h.rejects(err, ErrKeyInUseByDaemon)
		h.rejects(h.service.Drop(h.ctx, h.daemon.key), ErrKeyInUseByDaemon)
		found, err := h.open(h.service).LookupPublicKey(h.ctx, h.daemon.key.Address())
		h.must(err)
		h.expect(found == h.daemon.key.Public(), "another key")
	}},
	{"with an unknown option is refused, and so is one that cannot be honoured", func(h *harness) {
		key := h.newKey()
		for _, bytes := range []int{math.MaxUint32, math.MaxUint32 + 1, -1} {
			_, err := h.service.Open(h.ctx, key, &OpenOptions{InboxBytes: bytes})
			h.rejects(err, ErrUnsupportedOption)
		}
		// The compiler refuses a field that there is not: this is one of a later version.
		options := &pb.OpenOptions{}
		options.ProtoReflect().SetUnknown(protowire.AppendVarint(protowire.AppendTag(nil, 1000, protowire.VarintType), 1))
		serialized, err := key.Serialize()
		h.must(err)
		node := &pb.NodeKey{Key: &pb.NodeKey_PrivateKey{PrivateKey: serialized}}
		_, err = call(h.ctx, h.service.connection, func(ctx context.Context) (*pb.OpenResponse, error) {
			return h.service.api.Open(ctx, &pb.OpenRequest{Key: node, Options: options})
		})
		h.rejects(err, ErrUnsupportedOption)
		opened, err := h.service.Open(h.ctx, key, &OpenOptions{InboxBytes: 1_000_000})
		h.must(err)
		h.send(opened, opened.LocalAddr(), "fine")
		h.equal(h.nextOf(opened, 1), []string{"fine"})
	}},
	{"with a signal that has aborted rejects with its reason and opens nothing", func(h *harness) {
		key := h.newKey()
		_, err := h.service.Open(ended(errNeverMind), key, nil)
		h.expect(errors.Is(err, errNeverMind) && errors.Is(err, context.Canceled), "got %v", err)
		h.rejects(h.open(h.elsewhere).Send(h.ctx, key.Address(), []byte("anybody?")), ErrNoSuchAddress)
	}},
	{"outlives the signal it was opened with", func(h *harness) {
		ctx, cancel := context.WithCancel(h.ctx)
		node, err := h.service.Open(ctx, h.newKey(), nil)
		h.must(err)
		cancel()
		h.send(node, node.LocalAddr(), "alive")
		h.equal(h.nextOf(node, 1), []string{"alive"})
	}},
}
