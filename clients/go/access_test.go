// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// certificate makes one for localhost that vouches for itself.
func certificate(t *testing.T) (certificatePEM, keyPEM []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

// startTLS starts a daemon that asks for a certificate of the same authority.
func startTLS(t *testing.T, certificatePEM, keyPEM []byte) (d *fakeDaemon, endpoint string) {
	t.Helper()
	pair, err := tls.X509KeyPair(certificatePEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certificatePEM)
	listener, port := listenTCP(t)
	secure := &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}
	return serveFake(t, listener, grpc.Creds(credentials.NewTLS(secure))), "tls://localhost:" + port
}

func listenTCP(t *testing.T) (listener net.Listener, port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return listener, port
}

// plain is a harness without a real daemon.
func plain(t *testing.T) *harness {
	t.Helper()
	for _, name := range []string{"TOKEN", "TOKEN_FILE", "CA_FILE", "CERT_FILE", "KEY_FILE"} {
		t.Setenv("INET256_API_"+name, "")
	}
	h := &harness{T: t}
	h.ctx = contextOf(t)
	return h
}

func TestTLSFromOptionsAndFromTheEnvironment(t *testing.T) {
	h := plain(t)
	own, key := certificate(t)
	d, endpoint := startTLS(t, own, key)
	given := []Option{WithRootCertificates(own), WithClientCertificate(own, key), WithToken("sesame")}
	h.open(h.dialAt(endpoint, given...))

	_, err := Dial(h.ctx, endpoint, WithRootCertificates(own))
	h.rejectsNow(err, "without a certificate", endpoint)
	stranger, strangersKey := certificate(t)
	_, err = Dial(h.ctx, endpoint, WithRootCertificates(stranger), WithClientCertificate(own, key))
	h.rejectsNow(err, "to a stranger", endpoint)
	_, err = Dial(h.ctx, endpoint, WithClientCertificate(own, strangersKey))
	h.rejects(err, ErrBadRequest)

	folder := t.TempDir()
	for name, content := range map[string][]byte{"CA": own, "CERT": own, "KEY": key, "TOKEN": []byte("  open sesame\n")[6:]} {
		path := filepath.Join(folder, name)
		h.must(os.WriteFile(path, content, 0o600))
		t.Setenv("INET256_API_"+name+"_FILE", path)
	}
	_, err = h.open(h.dialAt(endpoint)).FindAddr(h.ctx, nil, 0)
	h.rejects(err, ErrNoSuchAddress)
	t.Setenv("INET256_API_TOKEN", "first")
	h.open(h.dialAt(endpoint))
	want := []string{"Bearer sesame", "Bearer sesame", "Bearer sesame", "Bearer first"}
	h.expect(slices.Equal(d.tokens, want), "the tokens were %q", d.tokens)
}

// rejectsNow insists on a failure; TLS 1.3 tells a client only after the handshake that it was
// refused, so that may be at the first call.
func (h *harness) rejectsNow(err error, how, endpoint string) {
	h.Helper()
	if err == nil {
		h.Logf("%s: %s was dialled, and has to be refused at the first call", how, endpoint)
		return
	}
	h.rejects(err, ErrUnavailable)
}

func TestPortSquatterGetsNoKey(t *testing.T) {
	h := plain(t)
	listener, port := listenTCP(t)
	d := serveFake(t, listener)
	endpoint := "tcp://127.0.0.1:" + port
	client := h.dialAt(endpoint)
	key := h.newKey()
	_, err := client.Open(h.ctx, key, nil)
	h.rejects(err, ErrBadRequest)
	h.expect(strings.Contains(err.Error(), "refusing to send a private key over plaintext"), "got %v", err)
	h.rejects(client.Drop(h.ctx, key), ErrBadRequest)
	h.expect(d.streams == 0, "a key was sent")
	h.openKey(h.dialAt(endpoint, WithPrivateKeysOverPlaintext()), key)
	h.expect(d.streams == 1, "with that yes they do get through")
}

func TestEndpoints(t *testing.T) {
	for text, want := range map[string]string{
		"unix:///run/a b.sock": "", "tcp://host": "tcp://host:2560", "tls://[::1]": "tls://[::1]:2560",
		"tls://example.org:1/": "tls://example.org:1", "tcp://127.0.0.1:65535": "",
	} {
		parsed, err := ParseEndpoint(text)
		if want == "" {
			want = text
		}
		if err != nil || parsed.String() != want {
			t.Errorf("%s: %v, %v", text, parsed, err)
		}
	}
	for _, text := range []string{"", "host:1", "unix://run/x", "unix:///run/", "unix:///a\nb", "tcp://", "tcp://h:0", "tcp://h:65536", "tcp://a@b", "http://h", "tcp://::1"} {
		if _, err := ParseEndpoint(text); !errors.Is(err, ErrBadRequest) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestEndpointErrorsDoNotRepeatWhatMayBeASecret(t *testing.T) {
	if _, err := ParseEndpoint("tcp://user:sesame@host"); err == nil || strings.Contains(err.Error(), "sesame") {
		t.Error(err)
	}
}

func TestDefaultEndpoint(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("INET256_API", "")
	t.Setenv("XDG_RUNTIME_DIR", folder)
	check := func(want string) {
		t.Helper()
		if got, err := DefaultEndpoint(); got != want || err != nil {
			t.Errorf("got %s, %v, expected %s", got, err, want)
		}
	}
	check(SystemEndpoint)
	if err := os.WriteFile(filepath.Join(folder, socketName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	check("unix://" + filepath.Join(folder, socketName))
	t.Setenv("INET256_API", "tcp://named")
	check("tcp://named")
	t.Setenv("INET256_API", "")
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("TMPDIR", folder)
	own := filepath.Join(folder, "inet256-"+userName())
	if err := os.Mkdir(own, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(own, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := DefaultEndpoint(); err == nil {
		t.Error("a folder that others may write into was taken")
	}
	if err := os.Chmod(own, 0o700); err != nil {
		t.Fatal(err)
	}
	check(SystemEndpoint)
}
