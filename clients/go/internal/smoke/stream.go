// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
	"google.golang.org/grpc"
)

// openNode is a node that a stream of Connect has opened. Not for several goroutines.
type openNode struct {
	key    *pb.NodeKey
	opened *pb.OpenResponse
	stream grpc.BidiStreamingClient[pb.ConnectRequest, pb.ConnectResponse]
	cancel context.CancelFunc

	// What the daemon says. A goroutine of its own reads it, because a client that does not read
	// loses messages; when the stream ends it sets end and closes responses.
	responses chan *pb.ConnectResponse
	end       error

	sent     uint64
	accepted uint64
	failed   map[uint64]pb.Reason
	arrived  []*pb.Datagram
}

// open opens a new node; its close must be called.
func (s *suite) open(ctx context.Context) (*openNode, error) {
	key, _, err := s.generate(ctx)
	if err != nil {
		return nil, err
	}
	return s.openKey(ctx, key)
}

func (s *suite) openKey(ctx context.Context, key *pb.NodeKey) (*openNode, error) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := s.nodes.Connect(ctx)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("Connect: %w", err)
	}
	n := &openNode{
		key: key, stream: stream, cancel: cancel,
		responses: make(chan *pb.ConnectResponse, 4096),
		failed:    map[uint64]pb.Reason{},
	}
	go n.read(ctx)
	if err := stream.Send(&pb.ConnectRequest{Open: &pb.OpenRequest{Key: key}}); err != nil {
		cancel()
		return nil, fmt.Errorf("opening: %w", err)
	}
	if err := n.until(func() bool { return n.opened != nil }); err != nil {
		cancel()
		return nil, fmt.Errorf("opening: %w", err)
	}
	return n, nil
}

// openPair opens two nodes; the function closes both.
func (s *suite) openPair(ctx context.Context) (a, b *openNode, closeBoth func(), err error) {
	if a, err = s.open(ctx); err != nil {
		return nil, nil, nil, err
	}
	if b, err = s.open(ctx); err != nil {
		a.close()
		return nil, nil, nil, err
	}
	return a, b, func() { a.close(); b.close() }, nil
}

func (n *openNode) close() { n.cancel() }

func (n *openNode) read(ctx context.Context) {
	defer close(n.responses)
	for {
		response, err := n.stream.Recv()
		if err != nil {
			n.end = err
			return
		}
		select {
		case n.responses <- response:
		case <-ctx.Done():
			n.end = ctx.Err()
			return
		}
	}
}

// until takes in what the daemon says until the condition holds. The stream's end is an error; its
// context bounds the wait.
func (n *openNode) until(holds func() bool) error {
	for !holds() {
		response, ok := <-n.responses
		if !ok {
			return n.end
		}
		if response.Opened != nil {
			n.opened = response.Opened
		}
		for _, failure := range response.Failed {
			n.failed[failure.Number] = failure.Reason
		}
		n.accepted = max(n.accepted, response.AcceptedThrough)
		n.arrived = append(n.arrived, response.Datagrams...)
	}
	return nil
}

// untilEnd takes in the rest and returns what the stream ended with: nil for a clean end.
func (n *openNode) untilEnd() error {
	err := n.until(func() bool { return false })
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// send sends messages to one address, in one batch, and waits until each is accepted or failed.
func (n *openNode) send(to []byte, payloads ...[]byte) error {
	batch := make([]*pb.Datagram, len(payloads))
	for i, payload := range payloads {
		batch[i] = &pb.Datagram{Address: to, Payload: payload}
	}
	if err := n.stream.Send(&pb.ConnectRequest{Datagrams: batch}); err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	n.sent += uint64(len(payloads))
	if err := n.until(func() bool { return n.accepted >= n.sent }); err != nil {
		return fmt.Errorf("waiting for acceptance: %w", err)
	}
	return expect(n.accepted == n.sent, "more was accepted than was sent")
}

// receive waits until so many messages have arrived, and takes all there are.
func (n *openNode) receive(count int) ([]*pb.Datagram, error) {
	if err := n.until(func() bool { return len(n.arrived) >= count }); err != nil {
		return nil, fmt.Errorf("%d of %d messages arrived: %w", len(n.arrived), count, err)
	}
	taken := n.arrived
	n.arrived = nil
	return taken, nil
}
