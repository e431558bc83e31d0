// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeyFiles(t *testing.T) {
	key := newKey(t)
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := WriteKeyFile(path, key); err != nil {
		t.Fatal(err)
	}
	if err := WriteKeyFile(path, key); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	read, warning, err := ReadKeyFile(path)
	if err != nil || warning != "" || read.Public() != key.Public() {
		t.Errorf("read %v, %q, %v", read, warning, err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, warning, _ := ReadKeyFile(path); !strings.Contains(warning, "0640") || !strings.Contains(warning, "chmod 600") {
		t.Errorf("the warning is %q", warning)
	}
}

// withPublic is the version 1 form of PKCS#8, which holds the public key too.
func withPublic(seed, public []byte) []byte {
	der := append([]byte{0x30, 0x51, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20}, seed...)
	return append(append(der, 0x81, 0x21, 0x00), public...)
}

func TestKeyFilesOfEveryForm(t *testing.T) {
	key := newKey(t)
	serialized, err := key.Serialize()
	if err != nil {
		t.Fatal(err)
	}
	encode := func(label string, content []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: content})
	}
	pkcs8 := encode(pkcs8Label, encodePKCS8(seed))
	for name, content := range map[string][]byte{
		"PKCS#8":                   pkcs8,
		"PKCS#8 with text around":  append([]byte("a key\n"), append(pkcs8, "the end\n"...)...),
		"PKCS#8 with a public key": encode(pkcs8Label, withPublic(seed, key.Public().Raw())),
		"INET256":                  encode(inet256Label, serialized),
		"bare":                     serialized,
	} {
		read, err := DecodeKeyFile(content)
		if err != nil || read.Public() != key.Public() {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := bytes.Clone(key.Public().Raw())
	other[0] ^= 1
	rsa := encodePKCS8(seed)
	rsa[9] ^= 1
	for name, content := range map[string][]byte{
		"empty":                       nil,
		"blank":                       []byte(" \n"),
		"cut short":                   pkcs8[:len(pkcs8)-30],
		"cut short, bare":             serialized[:80],
		"two blocks":                  append(bytes.Clone(pkcs8), pkcs8...),
		"another public key":          encode(pkcs8Label, withPublic(seed, other)),
		"a public key":                encode("PUBLIC KEY", serialized),
		"a public key, bare":          key.Public().Serialize(),
		"encrypted":                   encode("ENCRYPTED PRIVATE KEY", serialized),
		"another label":               encode("PRIVAT KEY", serialized),
		"damaged PKCS#8":              encode(pkcs8Label, encodePKCS8(seed)[:47]),
		"more behind":                 encode(pkcs8Label, append(encodePKCS8(seed), 0)),
		"UTF-16":                      append([]byte{0xff, 0xfe}, pkcs8...),
		"another algorithm in PKCS#8": encode(pkcs8Label, rsa),
	} {
		_, err := DecodeKeyFile(content)
		if !errors.Is(err, ErrBadKey) && !errors.Is(err, ErrUnknownAlgorithm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
