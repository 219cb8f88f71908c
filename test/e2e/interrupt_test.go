package e2e

import (
	"bytes"
	"context"
	"net"
	"os"
	"testing"
	"time"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// silentServer takes connections and never says a word.
func silentServer(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		var taken []net.Conn // or the collector of garbage would close them
		for {
			connection, err := listener.Accept()
			if err != nil {
				for _, connection := range taken {
					_ = connection.Close()
				}
				return
			}
			taken = append(taken, connection)
		}
	}()
	t.Cleanup(func() { _ = listener.Close() })
	return "https://" + listener.Addr().String()
}

// withSilent is a workspace of a cluster that does not answer, and one that does.
func withSilent(t *testing.T, east *clusters.Cluster) workspace {
	t.Helper()
	w := newWorkspace(t, []*clusters.Cluster{east}, "- {name: abyss, context: admin@abyss}", "- {name: east, context: admin@east}")
	config := clientcmdapi.NewConfig()
	east.AddTo(config, "admin@east")
	east.AddTo(config, "admin@abyss")
	config.Clusters["admin@abyss"].Server = silentServer(t)
	w.writeKubeconfig(t, config)
	return w
}

func testSilentServer(t *testing.T, all []*clusters.Cluster) {
	w := withSilent(t, all[0])
	began := time.Now()
	got := w.run(t, "collect", "--token=skip", "--request-timeout=1s")
	got.wantCode(t, 1)
	got.wantSaid(t, "east: facts written", "error: abyss: read namespace kube-system: ", "hint: this has to work first: kubectl --context='admin@abyss' version")
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	w.run(t, "collect", "--request-timeout=soon").wantCode(t, 2)
}

// testInterrupt: what the other clusters told is kept.
func testInterrupt(t *testing.T, all []*clusters.Cluster) {
	w := withSilent(t, all[0])
	cmd := w.command(t, "collect", "--token=skip")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the facts of east are written", func(context.Context) bool {
		_, err := os.Stat(w.path("clusters/east.yaml"))
		return err == nil
	})
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	interrupted := time.Now()
	_ = cmd.Wait() // its exit code follows
	got := outcome{stderr: stderr.String(), code: cmd.ProcessState.ExitCode()}
	got.wantCode(t, 130)
	got.wantSaid(t, "east: facts written", "error: interrupted: not finished: abyss\n")
	if took := time.Since(interrupted); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
}
