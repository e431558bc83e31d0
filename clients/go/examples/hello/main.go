// SPDX-License-Identifier: Apache-2.0

// Command hello listens when it is given no address: it prints its own, and answers whoever says
// something. Given an address, it says hello to it and prints the answer.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/mesh256/mesh256/clients/go"
)

func main() {
	ctx := context.Background()
	client, err := inet256.Dial(ctx, "") // $INET256_API, the user's own daemon, or the system's
	check(err)
	defer client.Close()
	key, err := inet256.GenerateKey()
	check(err)
	node, err := client.Open(ctx, key, nil)
	check(err)
	if len(os.Args) > 1 {
		to, err := inet256.ParseAddress(os.Args[1])
		check(err)
		check(greet(node, to))
	} else {
		check(listen(node))
	}
}

func listen(node *inet256.Node) error {
	fmt.Println(node.LocalAddr())
	for message, err := range node.Messages(context.Background()) {
		if err != nil {
			return err
		}
		fmt.Printf("%v says %s\n", message.Address, message.Payload)
		answer := fmt.Sprintf("hello, %v", message.Address)
		if err := node.Send(context.Background(), message.Address, []byte(answer)); err != nil {
			fmt.Println(err)
		}
	}
	return nil
}

func greet(node *inet256.Node, to inet256.Address) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := node.Send(ctx, to, []byte("hello")); err != nil {
		return err
	}
	return node.Receive(ctx, func(message inet256.Message) error {
		fmt.Println(string(message.Payload))
		return nil
	})
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
