package e2e

import (
	"bytes"
	"context"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// silentServer takes connections and never says a word. What it returns is closed when the first one is there.
func silentServer(t *testing.T) (server string, received chan struct{}) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	received = make(chan struct{})
	go func() {
		first := sync.OnceFunc(func() { close(received) })
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
			first()
		}
	}()
	t.Cleanup(func() { _ = listener.Close() })
	return "https://" + listener.Addr().String(), received
}

// withSilent is a workspace of a cluster that does not answer, and one that does.
func withSilent(t *testing.T, east *clusters.Cluster) (workspace, chan struct{}) {
	t.Helper()
	w := newWorkspace(t, []*clusters.Cluster{east}, "- {name: abyss, context: admin@abyss}", "- {name: east, context: admin@east}")
	config := clientcmdapi.NewConfig()
	east.AddTo(config, "admin@east")
	east.AddTo(config, "admin@abyss")
	server, received := silentServer(t)
	config.Clusters["admin@abyss"].Server = server
	w.writeKubeconfig(t, config)
	return w, received
}

func testSilentServer(t *testing.T, all []*clusters.Cluster) {
	w, _ := withSilent(t, all[0])
	began := time.Now()
	got := w.run(t, "collect", "--token=skip", "--request-timeout=1s")
	got.wantCode(t, 1)
	got.wantSaid(t, "east: facts written", "error: abyss: read namespace kube-system: ", "hint: this must work first: kubectl --context=admin@abyss version")
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	w.run(t, "collect", "--request-timeout=soon").wantCode(t, 2)
}

// testInterrupt: what the other clusters told is kept.
func testInterrupt(t *testing.T, all []*clusters.Cluster) {
	w, _ := withSilent(t, all[0])
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

// testInterruptedCheck: a cluster that does not answer is no reason to stay.
func testInterruptedCheck(t *testing.T, all []*clusters.Cluster) {
	w, received := withSilent(t, all[0])
	w.mustRun(t, "collect", "--token=skip", "--cluster=east")
	w.write(t, "mesh.yaml", strings.Replace(w.read(t, "mesh.yaml"), "name: abyss,", "name: abyss, api: {server: 'https://203.0.113.1'},", 1))
	cmd := w.command(t, "check")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() }).Stop() // one that does not end
	select {
	case <-received:
	case <-time.After(time.Minute):
		t.Fatal("the program has not called the server")
	}
	interrupted := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code follows
	got := outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	got.wantCode(t, 130)
	got.wantSaid(t, "error: interrupted\n")
	if got.stdout != "" {
		t.Errorf("half a report:\n%s", got.stdout)
	}
	if took := time.Since(interrupted); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
}
