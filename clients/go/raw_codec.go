// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"errors"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
)

// A codec for gRPC that hands over bytes as they are, for the stream of Connect: both of its
// messages are encoded and decoded by this package.

// outgoing is an encoded message, whose buffer is gRPC's once it is sent.
type outgoing struct {
	buffer *[]byte
	pool   mem.BufferPool
}

// incoming is an encoded message as it came, in a buffer of its own.
type incoming struct {
	encoded []byte
}

type rawCodec struct{}

var forceRawCodec = grpc.ForceCodecV2(rawCodec{})

// Name is part of the content type: the bytes are protobuf.
func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(message any) (mem.BufferSlice, error) {
	out, ok := message.(*outgoing)
	if !ok {
		return nil, errors.New("the raw codec sends encoded messages only")
	}
	return mem.BufferSlice{mem.NewBuffer(out.buffer, out.pool)}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, message any) error {
	in, ok := message.(*incoming)
	if !ok {
		return errors.New("the raw codec receives encoded messages only")
	}
	in.encoded = data.Materialize()
	return nil
}

// Buffers for batches, in two sizes: a node that sends little should not hold much.
const (
	smallBatchBytes = 4 * 1024
	largeBatchBytes = maxStreamMessageBytes
)

var (
	smallBatches = newBatchPool(smallBatchBytes)
	largeBatches = newBatchPool(largeBatchBytes)
)

// batchPool keeps buffers of one capacity. It is a mem.BufferPool, to which gRPC gives buffers back.
type batchPool struct {
	pool sync.Pool
}

func newBatchPool(capacity int) *batchPool {
	return &batchPool{pool: sync.Pool{New: func() any {
		buffer := make([]byte, 0, capacity)
		return &buffer
	}}}
}

// Get returns an empty buffer; its capacity is the pool's, whatever is asked for.
func (p *batchPool) Get(int) *[]byte { return p.pool.Get().(*[]byte) }

// Put takes a buffer back.
func (p *batchPool) Put(buffer *[]byte) {
	*buffer = (*buffer)[:0]
	p.pool.Put(buffer)
}

// wipingPool takes buffers that held a secret.
type wipingPool struct{}

// Get is not used.
func (wipingPool) Get(size int) *[]byte { return mem.DefaultBufferPool().Get(size) }

// Put overwrites the buffer.
func (wipingPool) Put(buffer *[]byte) { clear((*buffer)[:cap(*buffer)]) }
