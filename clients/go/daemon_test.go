// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// A real daemon of the built command, alone in a temporary folder. Every test of this package shares
// one, with keys of its own; those that kill it start another.

const daemonStartLimit = 60 * time.Second

// testDaemon is a daemon that runs.
type testDaemon struct {
	endpoint string
	socket   string
	key      *PrivateKey
	process  *exec.Cmd
	folder   string
	output   *lockedBuffer
}

// lockedBuffer keeps what a process prints.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

var shared struct {
	once   sync.Once
	daemon *testDaemon
	skip   string
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.daemon != nil {
		shared.daemon.kill()
		_ = os.RemoveAll(shared.daemon.folder)
	}
	os.Exit(code)
}

// daemonForTest gives the shared daemon; skips where there can be none, which under CI is a failure.
func daemonForTest(t *testing.T) *testDaemon {
	t.Helper()
	shared.once.Do(func() { shared.daemon, shared.skip, shared.err = startDaemon() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	if shared.skip != "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(shared.skip)
		}
		t.Skip(shared.skip)
	}
	return shared.daemon
}

// startDaemon starts a daemon, or says why there can be none here.
func startDaemon() (daemon *testDaemon, skip string, err error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, "Node.js is not installed", nil
	}
	command, err := filepath.Abs(filepath.Join("..", "..", "apps", "bin", "inet256.js"))
	if err != nil {
		return nil, "", err
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(command), "..", "dist")); err != nil {
		return nil, "the daemon is not built: npx tsc -b", nil
	}
	folder, err := os.MkdirTemp("", "inet256-go-")
	if err != nil {
		return nil, "", err
	}
	d := &testDaemon{folder: folder, socket: filepath.Join(folder, "api.sock"), output: &lockedBuffer{}}
	d.endpoint = "unix://" + d.socket
	if d.key, err = GenerateKey(); err != nil {
		return nil, "", err
	}
	keyFile, config := filepath.Join(folder, "key.pem"), filepath.Join(folder, "config.yml")
	if err := WriteKeyFile(keyFile, d.key); err != nil {
		return nil, "", err
	}
	text := fmt.Sprintf("private_key_path: %s\napi_endpoint: %s\ntransports: []\n", keyFile, d.endpoint)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, "", err
	}
	d.process = exec.Command(node, command, "daemon", "--config", config)
	d.process.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "XDG_RUNTIME_DIR=" + folder, "XDG_STATE_HOME=" + folder}
	d.process.Stdout, d.process.Stderr = d.output, d.output
	if err := d.process.Start(); err != nil {
		return nil, "", err
	}
	return d, "", d.awaitStart()
}

func (d *testDaemon) awaitStart() error {
	deadline := time.Now().Add(daemonStartLimit)
	for time.Now().Before(deadline) {
		client, err := Dial(context.Background(), d.endpoint)
		if err == nil {
			return client.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	d.kill()
	return fmt.Errorf("the daemon did not start:\n%s", d.output)
}

// kill ends it at once.
func (d *testDaemon) kill() {
	_ = d.process.Process.Kill()
	_ = d.process.Wait()
}
