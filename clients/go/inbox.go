// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"errors"
	"sync"
)

// inbox is the receiving half of a node: a bounded queue of batches. What it guards: at most `bound`
// bytes wait, the oldest batches make room, and every message goes to one receiver.
type inbox struct {
	bound int
	mu    sync.Mutex
	queue []*wireBatch
	bytes int
	// Messages lost because nobody took them in time.
	lost uint64
	// Holds one when there may be something to take. Who takes it and leaves something puts it back.
	filled chan struct{}
	// Is closed when the node is over, after err was set.
	ended chan struct{}
	err   error
}

func newInbox(bound int) *inbox {
	return &inbox{bound: bound, filled: make(chan struct{}, 1), ended: make(chan struct{})}
}

// push adds a batch. When messages were lost for it, it answers how many were until now, else 0.
func (i *inbox) push(batch *wireBatch) (lost uint64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.err != nil {
		return 0
	}
	i.queue = append(i.queue, batch)
	i.bytes += len(batch.encoded)
	for i.bytes > i.bound && len(i.queue) > 1 {
		i.lost += uint64(i.queue[0].count)
		i.shift()
		lost = i.lost
	}
	i.signal()
	return lost
}

// shift removes the oldest batch. The lock is held.
func (i *inbox) shift() *wireBatch {
	batch := i.queue[0]
	i.bytes -= len(batch.encoded)
	i.queue[0] = nil
	i.queue = i.queue[1:]
	return batch
}

func (i *inbox) signal() {
	select {
	case i.filled <- struct{}{}:
	default:
	}
}

// giveBack puts what is left of a batch in front again.
func (i *inbox) giveBack(batch *wireBatch) {
	if batch.count == 0 {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.err != nil {
		return
	}
	i.queue = append([]*wireBatch{batch}, i.queue...)
	i.bytes += len(batch.encoded)
	i.signal()
}

// take waits for a batch and calls the function with the lock held: it takes something of it, and
// what it leaves stays.
func (i *inbox) take(ctx context.Context, take func(*wireBatch)) error {
	if ctx.Err() != nil {
		return givenUp(ctx)
	}
	for {
		i.mu.Lock()
		if i.err != nil {
			i.mu.Unlock()
			return i.err
		}
		if len(i.queue) > 0 {
			take(i.queue[0])
			if i.queue[0].count == 0 {
				i.shift()
			}
			if len(i.queue) > 0 {
				i.signal()
			}
			i.mu.Unlock()
			return nil
		}
		i.mu.Unlock()
		select {
		case <-i.filled:
		case <-i.ended:
		case <-ctx.Done():
			return givenUp(ctx)
		}
	}
}

// one takes one message.
func (i *inbox) one(ctx context.Context) (message Message, err error) {
	err = i.take(ctx, func(batch *wireBatch) { message = batch.next() })
	return message, err
}

// batch takes a whole batch.
func (i *inbox) batch(ctx context.Context) (taken wireBatch, err error) {
	err = i.take(ctx, func(batch *wireBatch) {
		taken = *batch
		batch.count = 0
	})
	return taken, err
}

// end forgets what waits; receivers fail with the error, now and later.
func (i *inbox) end(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.err != nil {
		return
	}
	i.err = err
	i.queue = nil
	i.bytes = 0
	close(i.ended)
}

// givenUp is what a call fails with whose context has ended: the context's error, and its cause if
// that is another.
func givenUp(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == nil || errors.Is(cause, err) {
		return err
	}
	return errors.Join(err, cause)
}
