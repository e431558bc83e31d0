// SPDX-License-Identifier: Apache-2.0

// Command smoke checks a running daemon from Go, with nothing but the generated stubs: that its API
// can be used from this language, and says what it should.
//
//	go run ./internal/smoke --api unix:///run/inet256.sock
//
// It prints a line for each check and then "N passed, N failed". The exit code is 0 if all passed,
// 1 if one failed, 2 if it could not begin.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// checkLimit is how long one check may take, so that one that hangs does not fail the rest.
const checkLimit = 10 * time.Second

func main() {
	api := flag.String("api", os.Getenv("INET256_API"), "the daemon's endpoint, `unix:///path`")
	deadline := flag.Duration("deadline", 30*time.Second, "how long all checks together may take")
	flag.Parse()
	channel, err := dial(*api)
	if err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), *deadline)
	failed := run(ctx, newSuite(channel))
	cancel()
	_ = channel.Close()
	if failed > 0 {
		os.Exit(1)
	}
}

// dial opens a channel to a unix socket. Nothing else: a private key must not travel in the clear.
func dial(api string) (*grpc.ClientConn, error) {
	if !strings.HasPrefix(api, "unix:///") {
		return nil, errors.New("--api or INET256_API: expected unix:///path")
	}
	return grpc.NewClient(api,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		// What may have been sent is never sent again.
		grpc.WithDisableRetry(),
	)
}

// run makes every check, says how each went, and returns how many failed.
func run(ctx context.Context, s *suite) (failed int) {
	checks := s.checks()
	for _, check := range checks {
		started := time.Now()
		if err := runOne(ctx, check); err != nil {
			failed++
			fmt.Printf("FAILED  %s: %v\n", check.name, err)
			continue
		}
		fmt.Printf("ok      %s (%d ms)\n", check.name, time.Since(started).Milliseconds())
	}
	fmt.Printf("%d passed, %d failed\n", len(checks)-failed, failed)
	return failed
}

func runOne(ctx context.Context, check check) error {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	return check.run(ctx)
}
