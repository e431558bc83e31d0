// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

const (
	// SystemEndpoint is where a system's daemon listens.
	SystemEndpoint = "unix:///run/inet256.sock"
	// The variable that overrides every default.
	endpointVariable = "INET256_API"
	socketName       = "inet256.sock"
)

// Endpoint is where a daemon's API is. The zero value is none: use [ParseEndpoint].
type Endpoint struct {
	scheme string
	// Of unix.
	path string
	// Of tcp and tls; host without brackets.
	host string
	port int
}

var networkEndpoint = regexp.MustCompile(`^(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^\s/:@\[\]]+)(?::(\d{1,5}))?/?$`)

// ParseEndpoint reads unix:///path, tcp://host:port or tls://host:port; the port is 2560 where none
// is given. BAD_REQUEST says what was expected.
func ParseEndpoint(text string) (Endpoint, error) {
	if path, ok := strings.CutPrefix(text, "unix://"); ok {
		if strings.HasPrefix(path, "/") && !strings.HasSuffix(path, "/") && strings.IndexFunc(path, unicode.IsControl) < 0 {
			return Endpoint{scheme: "unix", path: path}, nil
		}
		return Endpoint{}, badEndpoint("after unix:// an absolute path, as in unix:///run/inet256.sock")
	}
	parts := networkEndpoint.FindStringSubmatch(text)
	if parts == nil {
		return Endpoint{}, badEndpoint("unix:///path, tcp://host:port or tls://host:port")
	}
	port := DefaultPort
	if parts[3] != "" {
		port, _ = strconv.Atoi(parts[3])
	}
	if port < 1 || port > 65_535 {
		return Endpoint{}, badEndpoint("a port from 1 to 65535")
	}
	return Endpoint{scheme: parts[1], host: strings.Trim(parts[2], "[]"), port: port}, nil
}

// badEndpoint does not repeat the text, which may hold a secret that was put in the wrong place.
func badEndpoint(expected string) error {
	return newError(ErrBadRequest, "not an endpoint: expected %s", expected)
}

// String returns the endpoint as [ParseEndpoint] reads it.
func (e Endpoint) String() string {
	if e.scheme == "unix" {
		return "unix://" + e.path
	}
	return fmt.Sprintf("%s://%s", e.scheme, net.JoinHostPort(e.host, strconv.Itoa(e.port)))
}

// authority is how the daemon is called towards itself, and what its certificate has to be for.
func (e Endpoint) authority() string {
	if e.scheme == "unix" {
		return "localhost"
	}
	return net.JoinHostPort(e.host, strconv.Itoa(e.port))
}

// network returns what package net needs to connect.
func (e Endpoint) network() (network, address string) {
	if e.scheme == "unix" {
		return "unix", e.path
	}
	return "tcp", e.authority()
}

// DefaultEndpoint returns the endpoint that is meant when none is given: $INET256_API, else the
// user's own daemon if its socket exists, else [SystemEndpoint]. UNAUTHENTICATED where others may be
// listening in place of the user's own daemon.
func DefaultEndpoint() (string, error) {
	if named := os.Getenv(endpointVariable); named != "" {
		return named, nil
	}
	folder := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(os.TempDir(), "inet256-"+userName())
		if err := checkPrivateFolder(folder); err != nil {
			return "", err
		}
	}
	socket := filepath.Join(folder, socketName)
	if _, err := os.Lstat(socket); err == nil {
		return "unix://" + socket, nil
	}
	return SystemEndpoint, nil
}

// userName is the user's number, or "user" where the system has none.
func userName() string {
	if uid := os.Getuid(); uid >= 0 {
		return strconv.Itoa(uid)
	}
	return "user"
}

// checkPrivateFolder refuses a folder among other users' that somebody else made, or may write into.
// That there is none is fine.
func checkPrivateFolder(folder string) error {
	info, err := os.Lstat(folder)
	if os.IsNotExist(err) {
		return nil
	}
	if err == nil && info.IsDir() && isOwn(info) && info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return newError(ErrUnauthenticated, "%s must be a folder of your own with mode 0700, and it is not: somebody else may be listening there", folder)
}
