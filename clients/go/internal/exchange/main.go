// SPDX-License-Identifier: Apache-2.0

// Command exchange sends a peer so many messages and takes as many from it, each checked by content,
// again and again until all are acknowledged: through whatever breaks in between.
//
//	exchange --api ENDPOINT --key FILE --peer ADDRESS --count N
//
// A data message is `u8 1, u32be index, u16be attempt, (index mod 1394) bytes, byte k = (index*31 +
// k) & 0xff`, an acknowledgement `u8 2, u32be first index missing`. It prints one line of JSON, and
// ends with 0 only if everything is there, once per attempt, and unaltered.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/mesh256/mesh256/clients/go"
)

// result is what is printed.
type result struct {
	Sent       int     `json:"sent"`
	Attempts   int     `json:"attempts"`
	Received   int     `json:"received"`
	Twice      int     `json:"twice"`
	Altered    int     `json:"altered"`
	Foreign    int     `json:"foreign"`
	Errors     int64   `json:"errors"`
	Reconnects int64   `json:"reconnects"`
	Seconds    float64 `json:"seconds"`
}

func main() {
	api := flag.String("api", "", "the daemon's `endpoint`")
	keyFile := flag.String("key", "", "the `file` of the node's private key")
	peerText := flag.String("peer", "", "the peer's `address`")
	count := flag.Int("count", 1000, "how many messages each way")
	limit := flag.Duration("deadline", 120*time.Second, "how long it may take")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	e, err := open(ctx, *api, *keyFile, *peerText, *count)
	if err != nil {
		fmt.Fprintln(os.Stderr, "exchange:", err)
		os.Exit(2)
	}
	r, err := e.run(ctx)
	_ = json.NewEncoder(os.Stdout).Encode(r)
	_ = e.client.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, "exchange:", err)
		os.Exit(1)
	}
	if r.Received != *count || r.Twice+r.Altered+r.Foreign > 0 {
		os.Exit(1)
	}
}

// exchange is one side.
type exchange struct {
	client *inet256.Client
	node   *inet256.Node
	peer   inet256.Address
	count  int
	// Refused messages and failed sends, and how often the daemon came back.
	errors, reconnects atomic.Int64
	sending            sending
	receiving          receiving
}

func open(ctx context.Context, api, keyFile, peer string, count int) (*exchange, error) {
	e := &exchange{count: count}
	var err error
	if e.peer, err = inet256.ParseAddress(peer); err != nil {
		return nil, err
	}
	key, _, err := inet256.ReadKeyFile(keyFile)
	if err != nil {
		return nil, err
	}
	e.client, err = inet256.Dial(ctx, api, inet256.WithEvents(func(event inet256.Event) {
		switch event.(type) {
		case inet256.Refused:
			e.errors.Add(1)
		case inet256.Reopened:
			e.reconnects.Add(1)
		}
	}))
	if err != nil {
		return nil, err
	}
	e.sending = sending{count: count}
	e.receiving = receiving{there: make([]bool, count), seen: map[attemptOf]struct{}{}}
	e.node, err = e.client.Open(ctx, key, nil)
	return e, err
}
