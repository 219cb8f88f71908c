package sandbox

import (
	"context"
	"os"
	"os/exec"
	"runtime"
)

// programs are what pods are made with, by the Debian packages that have them.
func programs() map[string]string {
	return map[string]string{
		"ip": "iproute2", "iptables-restore": "iptables", "setpriv": "util-linux", "mount": "mount", "sysctl": "procps",
		"curl": "curl", "kubectl": "kubernetes-client",
	}
}

// Missing returns what this machine lacks to run pods, in words; nothing where it can.
func Missing() []string {
	var missing []string
	if runtime.GOOS != "linux" {
		missing = append(missing, "Linux")
	}
	if os.Geteuid() != 0 {
		missing = append(missing, "root")
	}
	for program, debian := range programs() {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, program+" (Debian package "+debian+")")
		}
	}
	if exec.CommandContext(context.Background(), "python3", "-m", "pip", "--version").Run() != nil {
		missing = append(missing, "pip (Debian package python3-pip)")
	}
	if missing == nil && !permitted() {
		missing = append(missing, "permission to make namespaces, such as that of a privileged container")
	}
	return missing
}
