// SPDX-License-Identifier: Apache-2.0

package inet256

import "google.golang.org/grpc/mem"

// outcome is where a Send waits for what became of its message: nil, or why it was not accepted.
// It holds one, so that telling it to somebody who has given up does not block.
type outcome chan error

// pending is a message of a batch that somebody waits for.
type pending struct {
	// Its place in the batch, from 0.
	place   int
	outcome outcome
}

// outBatch gathers datagrams for one message of the stream. Its buffer becomes gRPC's when it is
// written; who waits for what stays here until the daemon has answered.
type outBatch struct {
	buffer *[]byte
	pool   mem.BufferPool
	bytes  int
	count  int
	// The number of its first datagram, once it is written.
	firstNumber uint64
	// In the order of their places.
	waiting []pending
}

func newOutBatch() *outBatch {
	return &outBatch{buffer: smallBatches.Get(0), pool: smallBatches}
}

// append adds a datagram that fits, of that many encoded bytes.
func (b *outBatch) append(to *Address, payload []byte, encodedBytes int) {
	if b.bytes+encodedBytes > cap(*b.buffer) {
		b.grow()
	}
	*b.buffer = appendDatagram(*b.buffer, to, payload)
	b.bytes += encodedBytes
	b.count++
}

// waitForLast notes who waits for what was appended last.
func (b *outBatch) waitForLast(o outcome) {
	b.waiting = append(b.waiting, pending{place: b.count - 1, outcome: o})
}

func (b *outBatch) grow() {
	large := largeBatches.Get(0)
	*large = append(*large, *b.buffer...)
	b.pool.Put(b.buffer)
	b.buffer, b.pool = large, largeBatches
}

// take hands over the encoded message; the batch has no buffer any more.
func (b *outBatch) take() *outgoing {
	message := &outgoing{buffer: b.buffer, pool: b.pool}
	b.buffer = nil
	return message
}

// acceptThrough tells those whose messages have numbers up to this one that they were accepted.
func (b *outBatch) acceptThrough(number uint64) {
	told := 0
	for _, p := range b.waiting {
		if b.firstNumber+uint64(p.place) > number {
			break
		}
		p.outcome <- nil
		told++
	}
	b.waiting = b.waiting[told:]
}

// fail tells whoever waits for one message that it failed; says whether there is somebody.
func (b *outBatch) fail(number uint64, err error) bool {
	for i, p := range b.waiting {
		if b.firstNumber+uint64(p.place) == number {
			p.outcome <- err
			b.waiting = append(b.waiting[:i:i], b.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// failAll tells everybody who still waits, and gives up the buffer if it was not written.
func (b *outBatch) failAll(err error) {
	for _, p := range b.waiting {
		p.outcome <- err
	}
	b.waiting = nil
	if b.buffer != nil {
		b.pool.Put(b.buffer)
		b.buffer = nil
	}
}
