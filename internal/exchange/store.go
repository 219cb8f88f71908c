package exchange

import "github.com/kubectl-mesh/kubectl-mesh/internal/output"

// Store writes an exchange file. The one of before is replaced: the newest is the one to send.
func Store(name string, text []byte) error {
	return output.WriteFile(name, text, output.FileOptions{Mode: 0o644, Force: true})
}
