package exchange

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
)

type allowedSigner = sshsig.Allowed

// readAllowed reads trust/allowed_signers; without the file no key is allowed.
func readAllowed(read func(name string) ([]byte, error)) ([]allowedSigner, []byte, error) {
	text, err := read(layout.AllowedSigners())
	if err != nil {
		return nil, nil, verdict.Input(fmt.Errorf("read allowed signers: %w", err))
	}
	allowed, err := sshsig.ParseAllowed(text)
	if err != nil {
		return nil, nil, verdict.Inputf("correct the line", "read %s: %w", layout.AllowedSigners(), err)
	}
	return allowed, text, nil
}

// signerFault explains why a key may not sign for a site; empty if it may. unknown is set if no line has the key.
func signerFault(allowed []allowedSigner, file exchange.File, now time.Time) (fault string, unknown bool) {
	unknown = true
	for _, line := range allowed {
		if !line.Is(file.Signer) {
			continue
		}
		unknown = false
		switch {
		case !slices.Contains(line.Principals, file.From):
			fault = fmt.Sprintf("the key signs for %s, not for %s", line.Principals[0], file.From)
		case !line.For(exchange.Namespace):
			fault = fmt.Sprintf("the key does not sign for namespace %s", exchange.Namespace)
		case !line.ValidAfter.IsZero() && now.Before(line.ValidAfter):
			fault = "the key is not valid before " + line.ValidAfter.Format(time.RFC3339)
		case !line.ValidBefore.IsZero() && !now.Before(line.ValidBefore):
			fault = "the key expired on " + line.ValidBefore.Format(time.RFC3339)
		default:
			return "", false
		}
	}
	return fault, unknown
}

// allow adds a key whose fingerprint was compared over another channel.
func allow(ws *workspace.Workspace, text []byte, file exchange.File) []byte {
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	if len(text) == 0 {
		mesh := ws.Doc.Mesh.Metadata.Name
		text = []byte("# SSH keys that sign the exchange files of the sites of mesh " + mesh + ". Commit this file.\n")
	}
	return append(text, sshsig.Line(file.From, exchange.Namespace, file.Signer)...)
}
