// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"sync"
)

// outbox is the sending half of a node: it gathers messages into batches for a writer to write, and
// tells every Send what became of its message.
//
// What it guards (a message is sent at most once): what a writer was given is never given to one
// again. When the stream breaks, what was given and not accepted fails with OUTCOME_UNKNOWN; what
// was never given waits for the next stream.
type outbox struct {
	mu sync.Mutex
	// What is not written yet, in order; the last one is being filled.
	unwritten      []*outBatch
	unwrittenBytes int
	// What was given to the writer of this stream and is not accepted yet.
	written         []*outBatch
	unacceptedBytes int
	nextNumber      uint64
	connected       bool
	// What comes now fails with this, if it is not nil.
	refuse error
	// No more will come: what there is may still be written.
	finishing bool
	// Is closed when there may be room; nil while nobody waits for it.
	room chan struct{}
	// Wakes the writer.
	wake chan struct{}
}

func newOutbox() *outbox {
	return &outbox{nextNumber: 1, wake: make(chan struct{}, 1)}
}

// add takes a message, or says why not: LIMIT_BYTES where there is no room. The lock is held.
func (o *outbox) add(to *Address, payload []byte) (*outBatch, error) {
	if o.refuse != nil {
		return nil, o.refuse
	}
	encoded := encodedDatagramBytes(len(payload))
	if o.unwrittenBytes > 0 && o.unwrittenBytes+encoded > unwrittenBytes {
		return nil, errNoRoom
	}
	last := len(o.unwritten) - 1
	if last < 0 || o.unwritten[last].bytes+encoded > maxStreamMessageBytes {
		o.unwritten = append(o.unwritten, newOutBatch())
		last++
	}
	o.unwritten[last].append(to, payload, encoded)
	o.unwrittenBytes += encoded
	return o.unwritten[last], nil
}

var errNoRoom error = newError(ErrLimitBytes, "too much is waiting to be sent: wait for room first")

func (o *outbox) trySend(to *Address, payload []byte) error {
	o.mu.Lock()
	_, err := o.add(to, payload)
	o.mu.Unlock()
	if err == nil {
		o.wakeWriter()
	}
	return err
}

func (o *outbox) sendBatch(batch []Message) (taken int, err error) {
	o.mu.Lock()
	for i := range batch {
		if _, err = o.add(&batch[i].Address, batch[i].Payload); err != nil {
			break
		}
		taken++
	}
	o.mu.Unlock()
	if taken > 0 {
		o.wakeWriter()
	}
	return taken, err
}

// enqueue takes a message, waiting for room; the outcome comes later.
func (o *outbox) enqueue(ctx context.Context, to *Address, payload []byte) (outcome, error) {
	for {
		o.mu.Lock()
		batch, err := o.add(to, payload)
		if err == nil {
			result := make(outcome, 1)
			batch.waitForLast(result)
			o.mu.Unlock()
			o.wakeWriter()
			return result, nil
		}
		room := o.roomComing()
		o.mu.Unlock()
		if err != errNoRoom {
			return nil, err
		}
		select {
		case <-room:
		case <-ctx.Done():
			return nil, givenUp(ctx)
		}
	}
}

// waitForRoom returns when half of the bound is free.
func (o *outbox) waitForRoom(ctx context.Context) error {
	for {
		o.mu.Lock()
		refuse, free, room := o.refuse, o.hasRoom(), o.roomComing()
		o.mu.Unlock()
		if refuse != nil || free {
			return refuse
		}
		select {
		case <-room:
		case <-ctx.Done():
			return givenUp(ctx)
		}
	}
}

// waitingBytes returns how much there is to write.
func (o *outbox) waitingBytes() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.unwrittenBytes
}

func (o *outbox) hasRoom() bool { return o.unwrittenBytes <= unwrittenBytes/2 }

// roomComing returns what is closed when there may be room. The lock is held.
func (o *outbox) roomComing() <-chan struct{} {
	if o.room == nil {
		o.room = make(chan struct{})
	}
	return o.room
}

// announceRoom wakes those who wait for room. The lock is held.
func (o *outbox) announceRoom() {
	if o.room != nil {
		close(o.room)
		o.room = nil
	}
}

func (o *outbox) wakeWriter() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// connect says that a stream is open: its first datagram will be number 1.
func (o *outbox) connect() {
	o.mu.Lock()
	o.connected = true
	o.nextNumber = 1
	if !o.finishing {
		o.refuse = nil
	}
	o.mu.Unlock()
	o.wakeWriter()
}

// disconnect says that the stream is gone; what was written to it has an unknown outcome.
func (o *outbox) disconnect() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.connected = false
	o.failWritten()
	if o.finishing {
		o.failUnwritten(o.refuse)
	}
}

func (o *outbox) failWritten() {
	err := newError(ErrOutcomeUnknown, "the connection to the daemon broke before it answered: the message was sent once or not at all")
	for _, batch := range o.written {
		batch.failAll(err)
	}
	o.written = nil
	o.unacceptedBytes = 0
}

func (o *outbox) failUnwritten(err error) {
	for _, batch := range o.unwritten {
		batch.failAll(err)
	}
	o.unwritten = nil
	o.unwrittenBytes = 0
	o.announceRoom()
}

// giveUp fails what waits, unless a stream is open; what comes before the next one fails at once.
func (o *outbox) giveUp(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.connected || o.finishing {
		return
	}
	o.refuse = err
	o.failUnwritten(err)
}

// accepted says that the daemon has accepted everything up to this number but what has failed.
func (o *outbox) accepted(through uint64) {
	o.mu.Lock()
	done := 0
	for _, batch := range o.written {
		batch.acceptThrough(through)
		if batch.firstNumber+uint64(batch.count) > through+1 {
			break
		}
		o.unacceptedBytes -= batch.bytes
		done++
	}
	o.written = o.written[done:]
	wake := done > 0 && len(o.unwritten) > 0
	o.mu.Unlock()
	if wake {
		o.wakeWriter()
	}
}

// failed says that the daemon refused one datagram; answers whether somebody waited for it.
func (o *outbox) failed(number uint64, reason Reason) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := newError(reason, "the daemon refused the message")
	for _, batch := range o.written {
		if number >= batch.firstNumber && number < batch.firstNumber+uint64(batch.count) {
			return batch.fail(number, err)
		}
	}
	return false
}

// finish takes no more; the writer ends the stream when everything is written.
func (o *outbox) finish(err error) {
	o.mu.Lock()
	o.finishing = true
	o.refuse = err
	if !o.connected {
		o.failUnwritten(err)
	}
	o.announceRoom()
	o.mu.Unlock()
	o.wakeWriter()
}

// end makes everything fail, now and later.
func (o *outbox) end(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refuse = err
	o.finishing = true
	o.connected = false
	o.failWritten()
	o.failUnwritten(err)
}

// take gives the writer its next message, if there is one and the daemon may be sent more: awaited
// says that somebody waits for its acceptance, last that there never will be another.
func (o *outbox) take() (message *outgoing, awaited, last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.unwritten) == 0 {
		return nil, false, o.finishing
	}
	batch := o.unwritten[0]
	if o.unacceptedBytes > 0 && o.unacceptedBytes+batch.bytes > maxUnacceptedBytes {
		return nil, false, false
	}
	o.unwritten[0] = nil
	o.unwritten = o.unwritten[1:]
	batch.firstNumber = o.nextNumber
	o.nextNumber += uint64(batch.count)
	o.unacceptedBytes += batch.bytes
	o.unwrittenBytes -= batch.bytes
	o.written = append(o.written, batch)
	if o.hasRoom() {
		o.announceRoom()
	}
	return batch.take(), len(batch.waiting) > 0, false
}
