// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"io"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// wire is between a client and a daemon, for a test to cut or to clog.
type wire struct {
	endpoint string
	listener net.Listener
	clogged  atomic.Bool

	mu   sync.Mutex
	open []net.Conn
}

func startWire(t *testing.T, socket string) *wire {
	t.Helper()
	path := filepath.Join(t.TempDir(), "wire")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{endpoint: "unix://" + path, listener: listener}
	t.Cleanup(w.stop)
	go w.serve(socket)
	return w
}

func (w *wire) serve(socket string) {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		daemon, err := net.Dial("unix", socket)
		if err != nil {
			_ = client.Close()
			continue
		}
		w.mu.Lock()
		w.open = append(w.open, client, daemon)
		w.mu.Unlock()
		go func() {
			_, _ = io.Copy(daemon, client)
			_ = daemon.Close()
		}()
		go w.down(client, daemon)
	}
}

// down hands on what the daemon says, unless it is clogged: then it is lost, and so is what comes.
func (w *wire) down(client, daemon net.Conn) {
	defer func() { _ = client.Close() }()
	buffer := make([]byte, 64*1024)
	for {
		length, err := daemon.Read(buffer)
		if err != nil {
			return
		}
		if w.clogged.Load() {
			// Until it is cut.
			_, _ = io.Copy(io.Discard, daemon)
			return
		}
		if _, err := client.Write(buffer[:length]); err != nil {
			return
		}
	}
}

// clog hands nothing from the daemon to the client any more, until it is cut.
func (w *wire) clog() { w.clogged.Store(true) }

// cut cuts every connection there is; new ones are fine.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, conn := range w.open {
		_ = conn.Close()
	}
	w.open = nil
	w.clogged.Store(false)
}

func (w *wire) stop() {
	_ = w.listener.Close()
	w.cut()
}
