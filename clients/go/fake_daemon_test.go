// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"

	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// fakeDaemon does what a test tells it to, be it wrong or rude, and notes what it is told.
type fakeDaemon struct {
	pb.UnimplementedNodeServiceServer
	server    *grpc.Server
	onOpen    func(*fakeStream) error
	onRequest func(*fakeStream, *pb.ConnectRequest) error

	mu      sync.Mutex
	conns   []net.Conn
	streams int
	// What came over all streams, in order, and with which token.
	received [][]byte
	tokens   []string
}

// fakeStream is one stream of Connect, from the daemon's side.
type fakeStream struct {
	pb.NodeService_ConnectServer
	daemon *fakeDaemon
	key    *PrivateKey
	// How many datagrams came on it.
	count uint64
}

// errEnd ends a stream as if all were well.
var errEnd = errors.New("end")

// serveFake serves on a listener until the test is over.
func serveFake(t *testing.T, listener net.Listener, options ...grpc.ServerOption) *fakeDaemon {
	t.Helper()
	d := &fakeDaemon{server: grpc.NewServer(append(options, grpc.MaxRecvMsgSize(maxStreamMessageBytes))...)}
	d.onOpen = (*fakeStream).open
	d.onRequest = (*fakeStream).acceptAll
	pb.RegisterNodeServiceServer(d.server, d)
	go func() { _ = d.server.Serve(&countedListener{listener, d}) }()
	t.Cleanup(d.server.Stop)
	return d
}

func startFake(t *testing.T) (d *fakeDaemon, endpoint string) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	return serveFake(t, listener), "unix://" + socket
}

// countedListener remembers connections, so that they can be cut.
type countedListener struct {
	net.Listener
	daemon *fakeDaemon
}

func (l *countedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.daemon.mu.Lock()
		l.daemon.conns = append(l.daemon.conns, conn)
		l.daemon.mu.Unlock()
	}
	return conn, err
}

// cut breaks every connection there is.
func (d *fakeDaemon) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, conn := range d.conns {
		_ = conn.Close()
	}
	d.conns = nil
}

func (d *fakeDaemon) noteToken(ctx context.Context) {
	tokens := metadata.ValueFromIncomingContext(ctx, authorizationKey)
	d.mu.Lock()
	d.tokens = append(d.tokens, tokens...)
	d.mu.Unlock()
}

func (d *fakeDaemon) FindAddress(ctx context.Context, _ *pb.FindAddressRequest) (*pb.FindAddressResponse, error) {
	d.noteToken(ctx)
	return nil, failure(ErrNoSuchAddress, codes.NotFound)
}

func (d *fakeDaemon) Connect(server pb.NodeService_ConnectServer) error {
	d.noteToken(server.Context())
	first, err := server.Recv()
	if err != nil {
		return err
	}
	key, err := ParsePrivateKey(first.GetOpen().GetKey().GetPrivateKey())
	if err != nil {
		return failure(ErrBadKey, codes.InvalidArgument)
	}
	d.mu.Lock()
	d.streams++
	d.mu.Unlock()
	s := &fakeStream{NodeService_ConnectServer: server, daemon: d, key: key}
	err = d.onOpen(s)
	for err == nil {
		var request *pb.ConnectRequest
		if request, err = server.Recv(); err == nil {
			s.note(request)
			err = d.onRequest(s, request)
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, errEnd) {
		return nil
	}
	return err
}

func (s *fakeStream) note(request *pb.ConnectRequest) {
	s.daemon.mu.Lock()
	defer s.daemon.mu.Unlock()
	for _, datagram := range request.Datagrams {
		s.daemon.received = append(s.daemon.received, datagram.Payload)
	}
	s.count += uint64(len(request.Datagrams))
}

// open answers as a good daemon does when a node is open.
func (s *fakeStream) open() error {
	address := s.key.Address()
	return s.Send(&pb.ConnectResponse{Opened: &pb.OpenResponse{
		Session: "session", Address: address[:], AddressText: address.String(),
		PublicKey: s.key.Public().Serialize(), Mtu: MTU,
	}})
}

func (s *fakeStream) accept(through uint64) error {
	return s.Send(&pb.ConnectResponse{AcceptedThrough: through})
}

func (s *fakeStream) acceptAll(*pb.ConnectRequest) error { return s.accept(s.count) }

// failure is how the daemon says a reason.
func failure(reason Reason, code codes.Code) error {
	said, err := status.New(code, "made up").WithDetails(&errdetails.ErrorInfo{Domain: errorDomain, Reason: string(reason)})
	if err != nil {
		return err
	}
	return said.Err()
}
