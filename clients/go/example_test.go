// SPDX-License-Identifier: Apache-2.0

package inet256_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/mesh256/mesh256/clients/go"
)

// seed stands for what a program reads from its key file.
var seed = bytes.Repeat([]byte{7}, inet256.Ed25519SeedBytes)

func ExamplePrivateKey() {
	key, err := inet256.PrivateKeyFromSeed(seed)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key)
	fmt.Println(key.Address() == key.Public().Address())
	// Output:
	// [secret]
	// true
}

func ExampleSign() {
	key, err := inet256.PrivateKeyFromSeed(seed)
	if err != nil {
		log.Fatal(err)
	}
	signature, err := inet256.Sign(key, "example/receipt", []byte("paid"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(inet256.Verify(key.Public(), "example/receipt", []byte("paid"), signature))
	fmt.Println(inet256.Verify(key.Public(), "example/invoice", []byte("paid"), signature))
	// Output:
	// true
	// false
}

func ExampleParseAddress() {
	_, err := inet256.ParseAddress("nobody")
	fmt.Println(errors.Is(err, inet256.ErrBadAddress))
	// Output: true
}

func ExampleNode_Messages() {
	ctx := context.Background()
	client, err := inet256.Dial(ctx, "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	key, _, err := inet256.ReadKeyFile("key.pem")
	if err != nil {
		log.Fatal(err)
	}
	node, err := client.Open(ctx, key, nil)
	if err != nil {
		log.Fatal(err)
	}
	for message, err := range node.Messages(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		// Back to whom it came from.
		if err := node.Send(ctx, message.Address, message.Payload); err != nil {
			fmt.Println(err)
		}
	}
}
