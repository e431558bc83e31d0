// SPDX-License-Identifier: Apache-2.0

// Package vectors runs the test vectors that all implementations of this repository share. Each
// file of them is also run with damaged bytes, which has to be noticed: without that, a check that
// compares nothing would go unseen.
package vectors

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// read decodes a file of test/vectors.
func read(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "test", "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// octets are bytes, in the files hexadecimal digits.
type octets []byte

func (o *octets) UnmarshalText(text []byte) (err error) {
	*o, err = hex.DecodeString(string(text))
	return err
}

// damaged returns a copy with one bit of the byte at this place turned over.
func (o octets) damaged(at int) octets {
	turned := append(octets(nil), o...)
	turned[at] ^= 0x10
	return turned
}
