// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
)

// Keys in files (INET256 section 6), and new ones. Files are written with mode 0600 from their first
// byte and never over another; reading says when others could have read them too.
const (
	pkcs8Label   = "PRIVATE KEY"
	inet256Label = "INET256 PRIVATE KEY"
)

// GenerateKey makes a new Ed25519 key from the system's randomness.
func GenerateKey() (*PrivateKey, error) {
	var seed [Ed25519SeedBytes]byte
	defer clear(seed[:])
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, fmt.Errorf("no randomness: %w", err)
	}
	return PrivateKeyFromSeed(seed[:])
}

// ReadKeyFile reads a private key: PKCS#8 PEM as openssl writes it, PEM with INET256's own label, or
// the bare serialized key. A warning that is not empty says, in a sentence for the user, that others
// may read or change the file. [ErrBadKey] or [ErrUnknownAlgorithm] name the file and what is wrong
// with it.
func ReadKeyFile(path string) (key *PrivateKey, warning string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = file.Close() }()
	// One buffer, so that no copy of the secret is left; a pipe or a device has no size beforehand.
	buffer := make([]byte, maxFileBytes+1)
	defer clear(buffer)
	length, err := io.ReadFull(file, buffer)
	switch {
	case err == nil:
		return nil, "", fmt.Errorf("%s: %w: more than %d bytes are too many for a key file", path, ErrBadKey, maxFileBytes)
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, "", err
	}
	key, err = DecodeKeyFile(buffer[:length])
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	if info, err := file.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		warning = fmt.Sprintf("%s has mode %#o: others may read or change this private key; use chmod 600", path, info.Mode().Perm())
	}
	return key, warning, nil
}

// WriteKeyFile writes a new file with the key, PKCS#8 PEM, mode 0600. [os.ErrExist] when there is a
// file already.
func WriteKeyFile(path string, key *PrivateKey) error {
	content, err := EncodeKeyFile(key)
	if err != nil {
		return err
	}
	defer clear(content)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}

// EncodeKeyFile returns what [WriteKeyFile] writes, for the caller to wipe. ErrBadKey once the key is
// wiped.
func EncodeKeyFile(key *PrivateKey) ([]byte, error) {
	secret, err := key.reveal()
	if err != nil {
		return nil, err
	}
	der := encodePKCS8(secret[:Ed25519SeedBytes])
	defer clear(der)
	return pem.EncodeToMemory(&pem.Block{Type: pkcs8Label, Bytes: der}), nil
}
