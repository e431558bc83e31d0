// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"math"
	"os"
	"strings"
)

// Option says how to connect; see [Dial].
type Option func(*dialOptions)

type dialOptions struct {
	token           string
	roots           []byte
	certificate     []byte
	certificateKey  []byte
	tls             *tls.Config
	inboxBytes      int
	plaintextKeys   bool
	events          func(Event)
	hasToken        bool
	hasInboxBytes   bool
	hasRoots        bool
	hasCertificates bool
}

// WithToken gives the bearer token that the daemon asks for. Default: INET256_API_TOKEN, else what
// the file named by INET256_API_TOKEN_FILE holds.
func WithToken(token string) Option {
	return func(o *dialOptions) { o.token, o.hasToken = token, true }
}

// WithRootCertificates gives the authorities that a tls:// daemon's certificate is checked against,
// PEM. Default: the file named by INET256_API_CA_FILE, else those of the system.
func WithRootCertificates(pem []byte) Option {
	return func(o *dialOptions) { o.roots, o.hasRoots = pem, true }
}

// WithClientCertificate gives what this program shows to a tls:// daemon, PEM each. Default: the
// files named by INET256_API_CERT_FILE and INET256_API_KEY_FILE, else nothing.
func WithClientCertificate(certificate, key []byte) Option {
	return func(o *dialOptions) {
		o.certificate, o.certificateKey, o.hasCertificates = certificate, key, true
	}
}

// WithInboxBytes bounds what is kept unread for a node in this process, in bytes; beyond it the
// oldest messages are lost. Default: 8 MiB.
func WithInboxBytes(bytes int) Option {
	return func(o *dialOptions) { o.inboxBytes, o.hasInboxBytes = bytes, true }
}

// WithEvents tells the function of breaks, reopenings and losses. It is called by the goroutine that
// reads for the node: it must not block, nor call that node's Close or Drop.
func WithEvents(listener func(Event)) Option {
	return func(o *dialOptions) { o.events = listener }
}

// WithPrivateKeysOverPlaintext lets private keys cross tcp://, where anybody on the way or on the
// port can read them. Only for a tunnel that is private by other means. Without it such calls are
// refused.
func WithPrivateKeysOverPlaintext() Option {
	return func(o *dialOptions) { o.plaintextKeys = true }
}

// readOptions fills in what the environment says, and checks everything.
func readOptions(endpoint Endpoint, options []Option) (*dialOptions, error) {
	o := &dialOptions{inboxBytes: defaultInboxBytes, events: func(Event) {}}
	for _, set := range options {
		set(o)
	}
	if o.events == nil {
		o.events = func(Event) {}
	}
	if o.hasInboxBytes && (o.inboxBytes < 1 || o.inboxBytes > math.MaxUint32) {
		return nil, newError(ErrBadRequest, "inbox: expected a number of bytes from 1 to %d", uint32(math.MaxUint32))
	}
	if err := o.readToken(); err != nil {
		return nil, err
	}
	if endpoint.scheme != "tls" {
		return o, nil
	}
	return o, o.readTLS()
}

// No error repeats the token, or anything of a file.
func (o *dialOptions) readToken() error {
	if !o.hasToken {
		o.token = strings.TrimSpace(os.Getenv("INET256_API_TOKEN"))
		if path := os.Getenv("INET256_API_TOKEN_FILE"); o.token == "" && path != "" {
			content, err := readSmallFile(path)
			if err != nil {
				return fileError("INET256_API_TOKEN_FILE", err)
			}
			if o.token = strings.TrimSpace(string(content)); o.token == "" {
				return newError(ErrBadRequest, "INET256_API_TOKEN_FILE: the file is empty")
			}
		}
	}
	for _, octet := range []byte(o.token) {
		if octet <= ' ' || octet > '~' {
			return newError(ErrBadRequest, "the token may hold visible ASCII characters only")
		}
	}
	return nil
}

func (o *dialOptions) readTLS() error {
	o.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	roots, err := fileOr(o.roots, o.hasRoots, "INET256_API_CA_FILE")
	if err != nil {
		return err
	}
	if roots != nil {
		o.tls.RootCAs = x509.NewCertPool()
		if !o.tls.RootCAs.AppendCertsFromPEM(roots) {
			return newError(ErrBadRequest, "the root certificates hold none: expected PEM")
		}
	}
	certificate, err := fileOr(o.certificate, o.hasCertificates, "INET256_API_CERT_FILE")
	if err != nil {
		return err
	}
	key, err := fileOr(o.certificateKey, o.hasCertificates, "INET256_API_KEY_FILE")
	if err != nil {
		return err
	}
	if certificate == nil && key == nil {
		return nil
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return newError(ErrBadRequest, "client certificate and key: expected PEM, and that they belong together")
	}
	o.tls.Certificates = []tls.Certificate{pair}
	return nil
}

// fileOr returns what was given, else what the file named by the variable holds, else nil.
func fileOr(given []byte, isGiven bool, variable string) ([]byte, error) {
	path := os.Getenv(variable)
	if isGiven || path == "" {
		return given, nil
	}
	content, err := readSmallFile(path)
	if err != nil {
		return nil, fileError(variable, err)
	}
	return content, nil
}

func fileError(variable string, err error) error {
	return &Error{Reason: ErrBadRequest, Message: variable + ": " + err.Error(), Cause: err}
}

func readSmallFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err == nil && len(content) > maxFileBytes {
		err = newError(ErrBadRequest, "%s: more than %d bytes are too many", path, maxFileBytes)
	}
	return content, err
}
