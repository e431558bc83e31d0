// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"errors"
	"io"
	"runtime"

	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// stream is one stream of NodeService.Connect. It knows nothing of reopening.
type stream struct {
	grpc.ClientStream
	connection *connection
	cancel     context.CancelFunc
}

// arrival is what a message of the stream brought.
type arrival struct {
	batch           *wireBatch
	acceptedThrough uint64
	failed          []*pb.Failure
	// The daemon's count of lost datagrams, 0 for nothing new.
	lost uint64
}

var connectDesc = grpc.StreamDesc{StreamName: "Connect", ServerStreams: true, ClientStreams: true}

// openStream starts a stream that opens the node of a serialized private key, which it wipes, and
// waits for the answer. It lives until it is cancelled or `living` ends; ctx is for the opening only.
func openStream(ctx, living context.Context, c *connection, privateKey []byte, inboxBytes uint32) (*stream, *pb.OpenResponse, error) {
	living, cancel := context.WithCancel(living)
	giveUp := context.AfterFunc(ctx, cancel)
	s := &stream{connection: c, cancel: cancel}
	opened, err := s.open(living, privateKey, inboxBytes)
	if !giveUp() {
		cancel()
		return nil, nil, givenUp(ctx)
	}
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return s, opened, nil
}

func (s *stream) open(ctx context.Context, privateKey []byte, inboxBytes uint32) (*pb.OpenResponse, error) {
	defer clear(privateKey)
	call, err := s.connection.channel.NewStream(s.connection.authorized(ctx), &connectDesc, pb.NodeService_Connect_FullMethodName, forceRawCodec)
	if err != nil {
		return nil, s.connection.explain(err)
	}
	s.ClientStream = call
	request := &pb.ConnectRequest{Open: &pb.OpenRequest{
		Key:     &pb.NodeKey{Key: &pb.NodeKey_PrivateKey{PrivateKey: privateKey}},
		Options: &pb.OpenOptions{InboxBytes: inboxBytes, AcceptLazily: true},
	}}
	// Large enough that gRPC gives it back to its pool, which wipes it.
	encoded, err := proto.MarshalOptions{}.MarshalAppend(make([]byte, 0, 2*1024), request)
	if err != nil {
		return nil, newError(ErrInternal, "the opening cannot be encoded")
	}
	// What SendMsg fails with is told by RecvMsg.
	_ = call.SendMsg(&outgoing{buffer: &encoded, pool: wipingPool{}})
	var message incoming
	if err := call.RecvMsg(&message); err != nil {
		return nil, s.endedBy(err)
	}
	response := &pb.ConnectResponse{}
	if err := proto.Unmarshal(message.encoded, response); err != nil || response.Opened == nil {
		return nil, newError(ErrInternal, "the daemon's first message opens nothing")
	}
	return response.Opened, nil
}

// endedBy is why a stream ended that RecvMsg failed on.
func (s *stream) endedBy(err error) error {
	if errors.Is(err, io.EOF) {
		return newError(ErrUnavailable, "the daemon ended the stream")
	}
	return s.connection.explain(err)
}

// read waits for the next message and looks through it.
func (s *stream) read() (arrival, error) {
	var message incoming
	if err := s.RecvMsg(&message); err != nil {
		return arrival{}, s.endedBy(err)
	}
	return readResponse(message.encoded)
}

func readResponse(encoded []byte) (arrival, error) {
	count, end, through, ok := scanResponse(encoded)
	if !ok {
		return readUncommonResponse(encoded)
	}
	a := arrival{acceptedThrough: through}
	if count > 0 {
		a.batch = &wireBatch{encoded: encoded[:end], count: count}
	}
	return a, nil
}

// readUncommonResponse reads what the scanner does not: rare fields, or an encoder with other habits.
func readUncommonResponse(encoded []byte) (arrival, error) {
	response := &pb.ConnectResponse{}
	if err := proto.Unmarshal(encoded, response); err != nil {
		return arrival{}, newError(ErrInternal, "the daemon sent a message that cannot be read")
	}
	a := arrival{acceptedThrough: response.AcceptedThrough, failed: response.Failed, lost: response.Lost}
	if len(response.Datagrams) == 0 {
		return a, nil
	}
	batch := &wireBatch{count: len(response.Datagrams)}
	for _, datagram := range response.Datagrams {
		address, err := AddressFromBytes(datagram.Address)
		if err != nil || len(datagram.Payload) > MTU {
			return arrival{}, newError(ErrInternal, "the daemon sent a datagram that is none")
		}
		batch.encoded = appendDatagram(batch.encoded, &address, datagram.Payload)
	}
	a.batch = batch
	return a, nil
}

// A batch of less than this waits until every goroutine that is ready had its turn: what they send
// goes along.
const hastyBytes = 16 * 1024

// write writes what the outbox gives it until the stream breaks or the outbox has finished.
func (s *stream) write(o *outbox) {
	done := s.Context().Done()
	for {
		select {
		case <-o.wake:
		case <-done:
			return
		}
		if o.waitingBytes() < hastyBytes {
			runtime.Gosched()
		}
		for {
			message, awaited, last := o.take()
			if last {
				_ = s.CloseSend()
				return
			}
			if message == nil {
				break
			}
			if s.SendMsg(message) != nil || awaited && s.ask() != nil {
				// Why it broke is told by read.
				return
			}
		}
	}
}

var nothing = []byte{}

// ask asks for the acceptance of everything before it: it comes lazily otherwise.
func (s *stream) ask() error {
	return s.SendMsg(&outgoing{buffer: &nothing})
}
