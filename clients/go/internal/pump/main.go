// SPDX-License-Identifier: Apache-2.0

// Command pump measures how fast this client sends and receives.
//
//	pump receive --api ENDPOINT --seconds S
//	pump send --api ENDPOINT --to ADDRESS --size BYTES --seconds S
//
// `receive` prints its address in a line, and S seconds after the first message a line of JSON;
// `send` sends as fast as is accepted for S seconds, then prints one.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/mesh256/mesh256/clients/go"
)

// How long the receiver waits for the first message.
const firstMessageLimit = time.Minute

func main() {
	if len(os.Args) < 2 {
		fail(errors.New("expected receive or send"))
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	api := flags.String("api", "", "the daemon's `endpoint`")
	seconds := flags.Float64("seconds", 3, "how long to measure")
	to := flags.String("to", "", "the receiver's `address`")
	size := flags.Int("size", 64, "bytes of each message")
	_ = flags.Parse(os.Args[2:])
	span := time.Duration(*seconds * float64(time.Second))
	var err error
	switch os.Args[1] {
	case "receive":
		err = receive(*api, span)
	case "send":
		err = send(*api, *to, *size, span)
	default:
		err = errors.New("expected receive or send")
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "pump:", err)
	os.Exit(1)
}

// open opens a node of a new key; the counter counts its messages that were refused.
func open(ctx context.Context, api string, refused *atomic.Int64) (*inet256.Client, *inet256.Node, error) {
	count := func(event inet256.Event) {
		if _, ok := event.(inet256.Refused); ok {
			refused.Add(1)
		}
	}
	client, err := inet256.Dial(ctx, api, inet256.WithEvents(count))
	if err != nil {
		return nil, nil, err
	}
	key, err := inet256.GenerateKey()
	if err != nil {
		return nil, nil, err
	}
	node, err := client.Open(ctx, key, nil)
	return client, node, err
}

func receive(api string, span time.Duration) error {
	client, node, err := open(context.Background(), api, new(atomic.Int64))
	if err != nil {
		return err
	}
	fmt.Println(node.LocalAddr())
	ctx, cancel := context.WithTimeout(context.Background(), firstMessageLimit)
	defer cancel()
	first, err := node.ReceiveBatch(ctx)
	if err != nil {
		return err
	}
	begin, cpu := time.Now(), cpuTime()
	ending, cancelEnding := context.WithTimeout(context.Background(), span)
	defer cancelEnding()
	received, bytes := len(first), 0
	for _, message := range first {
		bytes += len(message.Payload)
	}
	for message, err := range node.Messages(ending) {
		if err != nil {
			break
		}
		received++
		bytes += len(message.Payload)
	}
	print(map[string]any{
		"received": received, "bytes": bytes, "seconds": time.Since(begin).Seconds(),
		"cpuMicros": (cpuTime() - cpu).Microseconds(),
	})
	return client.Close()
}

// How many messages are handed over at once.
const batchSize = 128

func send(api, to string, size int, span time.Duration) error {
	address, err := inet256.ParseAddress(to)
	if err != nil {
		return err
	}
	var refused atomic.Int64
	client, node, err := open(context.Background(), api, &refused)
	if err != nil {
		return err
	}
	batch := make([]inet256.Message, batchSize)
	for i := range batch {
		batch[i] = inet256.Message{Address: address, Payload: make([]byte, size)}
	}
	begin, cpu := time.Now(), cpuTime()
	sent := 0
	for time.Since(begin) < span {
		taken, err := node.SendBatch(batch)
		sent += taken
		if errors.Is(err, inet256.ErrLimitBytes) {
			err = node.Room(context.Background())
		}
		if err != nil {
			return err
		}
	}
	spent, seconds := cpuTime()-cpu, time.Since(begin).Seconds()
	// What was handed over is written before the node is closed.
	if err := client.Close(); err != nil {
		return err
	}
	print(map[string]any{
		"sent": sent, "accepted": sent - int(refused.Load()), "refused": refused.Load(),
		"seconds": seconds, "cpuMicros": spent.Microseconds(),
	})
	return nil
}

func print(result map[string]any) {
	_ = json.NewEncoder(os.Stdout).Encode(result)
}
