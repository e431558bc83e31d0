// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

// connection is the one connection that all nodes of a client share.
type connection struct {
	endpoint Endpoint
	channel  *grpc.ClientConn
	token    string
	// How many nodes may be reopened at the same time.
	turns chan struct{}
	// Ends when the client is closed.
	closed context.Context
	close  context.CancelFunc

	mu sync.Mutex
	// Why the last attempt to connect failed.
	lastDialError error
}

const (
	// How far the daemon may be ahead of us, for all streams together: as a stream message takes.
	connectionWindow = 1024 * 1024
	streamWindow     = 512 * 1024
	socketBuffer     = 64 * 1024
)

func newConnection(endpoint Endpoint, o *dialOptions) (*connection, error) {
	closed, cancel := context.WithCancel(context.Background())
	c := &connection{endpoint: endpoint, token: o.token, turns: make(chan struct{}, reopenAtOnce), closed: closed, close: cancel}
	secure := insecure.NewCredentials()
	if endpoint.scheme == "tls" {
		secure = credentials.NewTLS(o.tls)
	}
	channel, err := grpc.NewClient("passthrough:///"+endpoint.authority(),
		grpc.WithTransportCredentials(secure),
		grpc.WithContextDialer(c.dial),
		grpc.WithNoProxy(),
		grpc.WithDisableServiceConfig(),
		// What may have been sent is never sent again.
		grpc.WithDisableRetry(),
		grpc.WithIdleTimeout(0),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: reconnectFirst, Multiplier: 1.6, Jitter: 0.2, MaxDelay: reconnectMost},
			MinConnectTimeout: connectTime,
		}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswerBytes)),
		grpc.WithInitialConnWindowSize(connectionWindow),
		grpc.WithInitialWindowSize(streamWindow),
		grpc.WithWriteBufferSize(socketBuffer),
		grpc.WithReadBufferSize(socketBuffer),
	)
	if err != nil {
		cancel()
		return nil, newError(ErrBadRequest, "the connection cannot be set up: %v", err)
	}
	c.channel = channel
	return c, nil
}

// dial connects to where the endpoint says, whatever gRPC calls it.
func (c *connection) dial(ctx context.Context, _ string) (net.Conn, error) {
	network, address := c.endpoint.network()
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		c.mu.Lock()
		c.lastDialError = err
		c.mu.Unlock()
	}
	return conn, err
}

// whenReady returns when the daemon can be reached, or the context has ended.
func (c *connection) whenReady(ctx context.Context) error {
	for {
		state := c.channel.GetState()
		switch state {
		case connectivity.Ready:
			return nil
		case connectivity.Shutdown:
			return errClientClosed
		case connectivity.Idle:
			c.channel.Connect()
		}
		if !c.channel.WaitForStateChange(ctx, state) {
			return givenUp(ctx)
		}
	}
}

// firstContact returns when the daemon can be reached, or could not be.
func (c *connection) firstContact(ctx context.Context) error {
	for {
		state := c.channel.GetState()
		switch state {
		case connectivity.Ready:
			return nil
		case connectivity.TransientFailure:
			return c.unavailable()
		case connectivity.Idle:
			c.channel.Connect()
		}
		if !c.channel.WaitForStateChange(ctx, state) {
			return givenUp(ctx)
		}
	}
}

func (c *connection) unavailable() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := newError(ErrUnavailable, "no daemon answers at %v", c.endpoint)
	if c.lastDialError != nil {
		err.Message += " (" + c.lastDialError.Error() + ")"
		err.Cause = c.lastDialError
	}
	return err
}

// inTurn calls the function when fewer than reopenAtOnce others run.
func (c *connection) inTurn(ctx context.Context, call func() error) error {
	select {
	case c.turns <- struct{}{}:
	case <-ctx.Done():
		return givenUp(ctx)
	}
	defer func() { <-c.turns }()
	return call()
}

const (
	authorizationKey = "authorization"
	sessionKey       = "inet256-session"
)

// authorized adds the token, if there is one.
func (c *connection) authorized(ctx context.Context) context.Context {
	if c.token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, authorizationKey, "Bearer "+c.token)
}
