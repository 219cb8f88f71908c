package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The outside is where the gateways of all networks have an address (RFC 5737, TEST-NET-3).
const (
	outside       = "br-x"
	outsideRouter = "203.0.113.254"
)

// ServiceIP is the address of the Services that workloads call by name.
const ServiceIP = "10.96.0.10"

// bin is where every user of the sandbox finds programs.
const bin = "/run/bin"

// Network is that of a cluster: a bridge with a router, which reaches the outside and no other network.
type Network struct {
	bridge string
	prefix string // the first three bytes of its addresses
}

// Build makes the networks, which are numbered from 1: 10.1.0.0/24 and so on. The router is a process of this machine:
// what listens in the sandbox on 127.0.0.1 stays out of reach of pods, which find the names at ServiceIP.
func Build(count int, names []string) ([]Network, error) {
	if err := own(); err != nil {
		return nil, err
	}
	if err := os.Mkdir(bin, 0o755); err != nil {
		return nil, err
	}
	hosts := "127.0.0.1 localhost\n" + ServiceIP + " " + strings.Join(names, " ") + "\n"
	if err := cover("/etc/hosts", hosts); err != nil {
		return nil, err
	}
	script := `ip link set lo up
ip address add ` + ServiceIP + `/32 dev lo
ip link add ` + outside + ` type bridge
ip address add ` + outsideRouter + `/24 dev ` + outside + `
ip link set ` + outside + ` up
sysctl -q -w net.ipv4.ip_forward=1
sysctl -q -e -w net.bridge.bridge-nf-call-iptables=0
`
	networks := make([]Network, count)
	for i := range networks {
		networks[i] = Network{bridge: fmt.Sprintf("br-%d", i+1), prefix: fmt.Sprintf("10.%d.0.", i+1)}
		script += networks[i].script()
	}
	return networks, shell(script + "iptables-restore <<'END'\n" + routerRules + "END\n")
}

func (n Network) script() string {
	return strings.NewReplacer("BRIDGE", n.bridge, "PREFIX", n.prefix).Replace(`ip link add BRIDGE type bridge
ip address add PREFIX1/24 dev BRIDGE
ip link set BRIDGE up
`)
}

// routerRules keep the networks apart: what a pod sends leaves for the outside only, with the router's address.
const routerRules = `*filter
:FORWARD DROP
-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A FORWARD -o ` + outside + ` -j ACCEPT
COMMIT
*nat
-A POSTROUTING -s 10.0.0.0/8 -o ` + outside + ` -j MASQUERADE
COMMIT
`

// Has reports whether an address is one of the network.
func (n Network) Has(address string) bool { return strings.HasPrefix(address, n.prefix) }

// Install lets every user of the sandbox run a program, or read a file, and returns where.
func Install(path string) (string, error) {
	at := filepath.Join(bin, filepath.Base(path))
	if _, err := os.Stat(at); err == nil {
		return at, nil
	}
	return at, bind(path, at)
}

// shell runs commands, all of which have to succeed.
func shell(script string) error {
	cmd := exec.Command("sh", "-eu") //nolint:noctx // each takes milliseconds
	cmd.Stdin = strings.NewReader(script)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build the network: %w: %s", err, bytes.TrimSpace(out.Bytes()))
	}
	return nil
}

// Address is the one with this number in the network.
func (n Network) Address(number int) string { return fmt.Sprintf("%s%d", n.prefix, number) }
