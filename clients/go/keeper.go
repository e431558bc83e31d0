// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// keeper keeps a node open at the daemon: it reads its stream, opens another when that one breaks,
// and knows when there is no coming back. What it guards: a node has one stream at most, and one
// writer; and `over` is for good and is the error of every later call.
type keeper struct {
	client           *Client
	node             *Node
	daemonInboxBytes uint32
	// Ends when the node is over.
	living context.Context
	stop   context.CancelFunc
	// Is closed when everything that waited for the node knows that it is over.
	done   chan struct{}
	outage *time.Timer

	mu sync.Mutex
	// Wiped and nil when the node is over.
	serialized []byte
	// The session of the open stream; empty while there is none.
	session string
	// Is closed, and made anew, when session or over changes.
	changed   chan struct{}
	finishing bool
	over      error
}

// After one of these a node cannot come back by being opened again.
var finalReasons = []Reason{
	ErrBadKey, ErrBadRequest, ErrDisplaced, ErrKeyInUseByDaemon, ErrNodeClosed, ErrNodeDropped,
	ErrUnauthenticated, ErrUnsupportedOption,
}

func newKeeper(c *Client, node *Node, serialized []byte, daemonInboxBytes uint32) *keeper {
	living, stop := context.WithCancel(c.connection.closed)
	return &keeper{
		client: c, node: node, serialized: serialized, daemonInboxBytes: daemonInboxBytes,
		living: living, stop: stop, done: make(chan struct{}), changed: make(chan struct{}),
	}
}

// start opens the node for the first time, and goes on by itself.
func (k *keeper) start(ctx context.Context) error {
	s, err := k.open(ctx)
	if err != nil {
		if over := k.whyOver(); over != nil && ctx.Err() == nil {
			err = over
		}
		k.end(err, true)
		return err
	}
	go k.run(s)
	return nil
}

// open opens a stream, whose session is known from then on.
func (k *keeper) open(ctx context.Context) (*stream, error) {
	k.mu.Lock()
	over, serialized := k.over, slices.Clone(k.serialized)
	k.mu.Unlock()
	if over != nil {
		return nil, over
	}
	s, opened, err := openStream(ctx, k.living, k.client.connection, serialized, k.daemonInboxBytes)
	if err != nil {
		return nil, err
	}
	if address, err := AddressFromBytes(opened.Address); err != nil || address != k.node.address {
		s.cancel()
		return nil, newError(ErrInternal, "the daemon opened another address than the key's")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.over != nil {
		s.cancel()
		return nil, k.over
	}
	k.session = opened.Session
	// At once: whoever sends, or closes the node, from now on does so on this stream.
	k.node.outbox.connect()
	k.announce()
	return s, nil
}

// run serves one stream after the other until the node is over.
func (k *keeper) run(s *stream) {
	for s != nil {
		err := k.serve(s)
		k.mu.Lock()
		k.session = ""
		finishing := k.finishing
		k.mu.Unlock()
		switch {
		case finishing:
			k.end(errNodeClosed, true)
		case k.client.connection.closed.Err() != nil:
			k.end(errClientClosed, true)
		case isFinal(err):
			k.end(err, false)
		default:
			k.tell(Disconnected{Node: k.node.address, Err: err})
		}
		s = k.reopen(err)
	}
}

// serve writes and reads until the stream ends; returns why it did.
func (k *keeper) serve(s *stream) error {
	defer s.cancel()
	if k.outage != nil {
		k.outage.Stop()
		k.outage = nil
	}
	outbox := k.node.outbox
	written := make(chan struct{})
	go func() {
		s.write(outbox)
		close(written)
	}()
	for {
		arrived, err := s.read()
		if err != nil {
			s.cancel()
			<-written
			outbox.disconnect()
			return err
		}
		k.deliver(arrived)
	}
}

func (k *keeper) deliver(a arrival) {
	own := k.node.address
	if a.batch != nil {
		if lost := k.node.inbox.push(a.batch); lost > 0 {
			k.tell(Lost{Node: own, Total: lost})
		}
	}
	for _, failure := range a.failed {
		reason := reasonOfNumber(int32(failure.Reason))
		if !k.node.outbox.failed(failure.Number, reason) {
			k.tell(Refused{Node: own, Reason: reason})
		}
	}
	if a.acceptedThrough > 0 {
		k.node.outbox.accepted(a.acceptedThrough)
	}
	if a.lost > 0 {
		k.tell(Lost{Node: own, AtDaemon: true, Total: a.lost})
	}
}

// reopen opens the node again, however long that takes; nil when it is over.
func (k *keeper) reopen(cause error) *stream {
	if k.whyOver() != nil {
		return nil
	}
	k.outage = time.AfterFunc(outageTime, func() {
		gone := newError(ErrUnavailable, "no daemon for %v (%v)", outageTime, cause)
		gone.Cause = cause
		k.node.outbox.giveUp(gone)
	})
	for retry := reopenFirst; ; retry = min(2*retry, reopenMost) {
		s, err := k.reopenOnce()
		if err == nil {
			k.tell(Reopened{Node: k.node.address})
			return s
		}
		if k.living.Err() != nil || isFinal(err) {
			k.outage.Stop()
			k.end(err, false)
			return nil
		}
		select {
		case <-time.After(time.Duration((0.75 + rand.Float64()/2) * float64(retry))):
		case <-k.living.Done():
		}
	}
}

func (k *keeper) reopenOnce() (s *stream, err error) {
	if err := k.client.connection.whenReady(k.living); err != nil {
		return nil, err
	}
	err = k.client.connection.inTurn(k.living, func() error {
		s, err = k.open(k.living)
		return err
	})
	return s, err
}

// end makes it over, once. asked: because the program wished it.
func (k *keeper) end(err error, asked bool) {
	k.mu.Lock()
	if k.over != nil {
		k.mu.Unlock()
		return
	}
	if k.client.connection.closed.Err() != nil && !asked {
		err, asked = errClientClosed, true
	}
	k.over = err
	k.session = ""
	clear(k.serialized)
	k.serialized = nil
	k.announce()
	k.mu.Unlock()
	k.stop()
	k.node.outbox.end(err)
	k.node.inbox.end(err)
	k.client.forget(k.node)
	close(k.done)
	if !asked {
		k.tell(Ended{Node: k.node.address, Err: err})
	}
}

// announce wakes those who wait for a session. The lock is held.
func (k *keeper) announce() {
	close(k.changed)
	k.changed = make(chan struct{})
}

func (k *keeper) tell(event Event) { k.client.options.events(event) }

func (k *keeper) whyOver() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.over
}

func isFinal(err error) bool {
	return slices.ContainsFunc(finalReasons, func(reason Reason) bool { return errors.Is(err, reason) })
}

func isClosed(err error) bool { return errors.Is(err, ErrNodeClosed) }
