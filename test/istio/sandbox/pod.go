package sandbox

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// The users of a pod.
const (
	ProxyUser = 1337 // whose packets are not captured
	AppUser   = 1000
)

// Pod is a network namespace.
type Pod struct {
	Name    string
	Address string // in the network of its cluster
	Dir     string // the working directory of its proxy
}

// pods has a directory for each pod.
const pods = "/run/pods"

// Options of a pod.
type Options struct {
	Outside string // a second address, at the outside
	Capture bool   // whether its traffic goes through a sidecar
}

// Pod makes a pod. It is there until the sandbox ends.
func (n Network) Pod(t testing.TB, name, address string, options Options) *Pod {
	t.Helper()
	link := "v" + strings.ReplaceAll(address, ".", "")
	script := `ip netns add NAME
ip -n NAME link set lo up
ip link add LINK type veth peer name eth0 netns NAME
ip link set LINK master BRIDGE
ip link set LINK up
ip -n NAME address add ADDRESS/24 dev eth0
ip -n NAME link set eth0 up
ip -n NAME route add default via PREFIX1
`
	if options.Outside != "" {
		script += `ip link add xLINK type veth peer name eth1 netns NAME
ip link set xLINK master ` + outside + `
ip link set xLINK up
ip -n NAME address add OUTSIDE/24 dev eth1
ip -n NAME link set eth1 up
`
	}
	if options.Capture {
		script += "ip netns exec NAME iptables-restore <<'END'\n" + captureRules() + "END\n"
	}
	replaced := strings.NewReplacer("NAME", name, "LINK", link, "BRIDGE", n.bridge, "ADDRESS", address, "PREFIX", n.prefix,
		"OUTSIDE", options.Outside)
	if err := shell(replaced.Replace(script)); err != nil {
		t.Fatal(err)
	}
	pod := &Pod{Name: name, Address: address, Dir: filepath.Join(pods, name)}
	if err := os.MkdirAll(pod.Dir, 0o755); err != nil { // every user has to find it: no directory of the test's
		t.Fatal(err)
	}
	if err := os.Chown(pod.Dir, ProxyUser, ProxyUser); err != nil {
		t.Fatal(err)
	}
	return pod
}

// captureRules are those of istio-init: what a pod sends goes to its proxy, unless the proxy sends it; what comes in, too,
// apart from what is for the proxy itself (istio tools/istio-iptables).
func captureRules() string {
	return fmt.Sprintf(`*nat
-A PREROUTING -p tcp -m multiport --dports 15008,15020,15021,15090 -j RETURN
-A PREROUTING -p tcp -j REDIRECT --to-ports 15006
-A OUTPUT -d 127.0.0.0/8 -j RETURN
-A OUTPUT -m owner --uid-owner %d -j RETURN
-A OUTPUT -p tcp -j REDIRECT --to-ports 15001
COMMIT
`, ProxyUser)
}

// enter is what goes before a command that runs in the pod.
func (p *Pod) enter(user int, command ...string) []string {
	id := strconv.Itoa(user)
	return append([]string{"netns", "exec", p.Name, "setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"}, command...)
}

// Run starts a program in the pod, which runs until the test ends or Kill.
func (p *Pod) Run(t testing.TB, name string, user int, env []string, command ...string) *clusters.Program {
	t.Helper()
	ip, err := exec.LookPath("ip")
	if err != nil {
		t.Fatal(err)
	}
	return clusters.Run(t, p.Dir, name, ip, append(env, "PATH="+Path()), p.enter(user, command...)...)
}

// Path is where programs in pods are found.
func Path() string { return bin + ":" + os.Getenv("PATH") }

// Command prepares a command in the pod, which the caller starts.
func (p *Pod) Command(ctx context.Context, user int, command ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "ip", p.enter(user, command...)...)
	cmd.Dir, cmd.Env = p.Dir, []string{"PATH=" + Path()}
	return cmd
}

// Kill ends what runs in the pod, as a node that loses it does.
func (p *Pod) Kill(t testing.TB) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ip", "netns", "pids", p.Name).Output()
	if err != nil {
		t.Fatalf("find the processes of pod %s: %v", p.Name, err)
	}
	for _, field := range strings.Fields(string(out)) {
		if id, err := strconv.Atoi(field); err == nil {
			_ = syscall.Kill(id, syscall.SIGKILL) // one that has ended by itself is gone too
		}
	}
}

// Filter replaces what the pod drops, as rules of chain INPUT of iptables. Without any, everything is let in.
func (p *Pod) Filter(t testing.TB, rules ...string) {
	t.Helper()
	text := "*filter\n"
	for _, rule := range rules {
		text += "-A INPUT " + rule + "\n"
	}
	if err := shell("ip netns exec " + p.Name + " iptables-restore <<'END'\n" + text + "COMMIT\nEND\n"); err != nil {
		t.Fatal(err)
	}
}
