// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"slices"
	"time"
)

// Close ends this opening, after what was handed over before has been sent; the last opening takes
// the node with it. It returns when the daemon has agreed, or after 2 s. Again is no error.
func (n *Node) Close() error {
	k := n.keeper
	k.mu.Lock()
	over, open, again := k.over != nil, k.session != "", k.finishing
	k.finishing = true
	k.mu.Unlock()
	if over {
		return nil
	}
	if !again {
		n.outbox.finish(errNodeClosed)
	}
	if !open {
		k.end(errNodeClosed, true)
	}
	select {
	case <-k.done:
	case <-time.After(closeTime):
		k.end(errNodeClosed, true)
	}
	return nil
}

// Drop removes the node whoever opened it. Fails with UNAVAILABLE, or with the context's error.
func (n *Node) Drop(ctx context.Context) error {
	k := n.keeper
	k.mu.Lock()
	over, serialized := k.over, slices.Clone(k.serialized)
	k.mu.Unlock()
	if over != nil {
		return over
	}
	if err := k.client.drop(ctx, serialized); err != nil {
		return err
	}
	k.end(errNodeDropped, true)
	return nil
}
