// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"context"
	"math"
	"sync"

	pb "github.com/mesh256/mesh256/clients/go/internal/gen/inet256/v1"
)

// Client is a connection to a daemon. It opens any number of nodes, and brings them back by itself
// when the daemon was away. Safe for use by several goroutines.
type Client struct {
	connection *connection
	api        pb.NodeServiceClient
	options    *dialOptions

	mu     sync.Mutex
	nodes  map[*Node]struct{}
	closed bool
}

// Dial connects to the daemon at an endpoint: unix:///path, tcp://host:port or tls://host:port. An
// empty one means $INET256_API, the user's own daemon or the system's, in this order. It returns
// when the daemon answers, and fails with UNAVAILABLE when none does, with BAD_REQUEST for an
// endpoint or an option that is none, or with the context's error. The context is for connecting
// only.
func Dial(ctx context.Context, endpoint string, options ...Option) (*Client, error) {
	if endpoint == "" {
		named, err := DefaultEndpoint()
		if err != nil {
			return nil, err
		}
		endpoint = named
	}
	parsed, err := ParseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	read, err := readOptions(parsed, options)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, givenUp(ctx)
	}
	c, err := newConnection(parsed, read)
	if err != nil {
		return nil, err
	}
	if err := c.firstContact(ctx); err != nil {
		c.close()
		_ = c.channel.Close()
		return nil, err
	}
	return &Client{connection: c, api: pb.NewNodeServiceClient(c.channel), options: read, nodes: map[*Node]struct{}{}}, nil
}

// Endpoint returns where the daemon is.
func (c *Client) Endpoint() string { return c.connection.endpoint.String() }

// OpenOptions say how to open a node. What cannot be honoured is an error, UNSUPPORTED_OPTION.
type OpenOptions struct {
	// InboxBytes is how many bytes of unread messages the daemon keeps for the node, each counted
	// with 36 bytes more; the oldest are lost when it is full. 0: what the daemon's configuration
	// says.
	InboxBytes int
}

// Open joins the network as the address of that key, and returns when the node can send and be
// reached. Opening a key that is open shares the node: each message goes to one of those who have it
// open. Options may be nil. The key may be wiped as soon as Open returns. The context is for the
// opening only.
//
// Fails with BAD_KEY, KEY_IN_USE_BY_DAEMON, UNSUPPORTED_OPTION, LIMIT_NODES, LIMIT_RATE,
// UNAVAILABLE, with BAD_REQUEST rather than send the key over tcp://, or with the context's error.
func (c *Client) Open(ctx context.Context, key *PrivateKey, options *OpenOptions) (*Node, error) {
	inboxBytes := 0
	if options != nil {
		inboxBytes = options.InboxBytes
	}
	if inboxBytes < 0 || inboxBytes > math.MaxUint32 {
		return nil, newError(ErrUnsupportedOption, "InboxBytes: expected a number of bytes from 0 to %d", uint32(math.MaxUint32))
	}
	serialized, err := c.keyToHandOver(ctx, key)
	if err != nil {
		return nil, err
	}
	node := newNode(c, key.Public(), serialized, uint32(inboxBytes))
	// Known before it is open, so that whatever ends it finds it.
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		clear(serialized)
		return nil, errClientClosed
	}
	c.nodes[node] = struct{}{}
	c.mu.Unlock()
	if err := node.keeper.start(ctx); err != nil {
		return nil, err
	}
	return node, nil
}

// Drop removes the node of that key whoever opened it. Dropping what is not open succeeds. Fails
// with BAD_KEY, KEY_IN_USE_BY_DAEMON, UNAVAILABLE, with BAD_REQUEST rather than send the key over
// tcp://, or with the context's error.
func (c *Client) Drop(ctx context.Context, key *PrivateKey) error {
	serialized, err := c.keyToHandOver(ctx, key)
	if err != nil {
		return err
	}
	return c.drop(ctx, serialized)
}

// drop wipes the key.
func (c *Client) drop(ctx context.Context, serialized []byte) error {
	defer clear(serialized)
	request := &pb.DropRequest{Key: &pb.NodeKey{Key: &pb.NodeKey_PrivateKey{PrivateKey: serialized}}}
	_, err := call(ctx, c.connection, func(ctx context.Context) (*pb.DropResponse, error) {
		return c.api.Drop(ctx, request)
	})
	return err
}

// keyToHandOver serializes a key that may be sent to the daemon (whoever squats on a port, or
// listens on the way, must not collect keys).
func (c *Client) keyToHandOver(ctx context.Context, key *PrivateKey) ([]byte, error) {
	if key == nil {
		return nil, newError(ErrBadKey, "no private key was given")
	}
	serialized, err := key.Serialize()
	if err != nil {
		return nil, &Error{Reason: ErrBadKey, Message: "the private key was wiped", Cause: err}
	}
	switch {
	case c.connection.endpoint.scheme == "tcp" && !c.options.plaintextKeys:
		err = newError(ErrBadRequest, "refusing to send a private key over plaintext to %v: use unix:// or tls://, or WithPrivateKeysOverPlaintext", c.connection.endpoint)
	case ctx.Err() != nil:
		err = givenUp(ctx)
	case c.connection.closed.Err() != nil:
		err = errClientClosed
	default:
		return serialized, nil
	}
	clear(serialized)
	return nil, err
}

func (c *Client) forget(node *Node) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.nodes, node)
}

// Close closes every node that was opened here, then the connection. Again is no error.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	var closing sync.WaitGroup
	for node := range c.nodes {
		closing.Add(1)
		go func() {
			defer closing.Done()
			_ = node.Close()
		}()
	}
	c.mu.Unlock()
	closing.Wait()
	c.connection.close()
	_ = c.connection.channel.Close()
	return nil
}
