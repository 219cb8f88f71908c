package workspace

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// RefuseExpired keeps expired credentials out of clusters: istiod would replace a working peer with one that it cannot
// read. Rendering does not depend on the clock, but applying may.
func (ws *Workspace) RefuseExpired(credentials map[access.Pair]kubeconfig.Credential, now time.Time) error {
	var errs []error
	for pair, credential := range credentials {
		expiry := credential.NotAfter()
		if expiry.IsZero() || expiry.After(now) {
			continue
		}
		what := "token"
		remedy := "get a new one: kubectl mesh collect --token=request --cluster " + shell.Name(pair.Target)
		if !credential.Certificate.IsZero() {
			what = "client certificate"
			remedy = "rotate it: kubectl mesh credentials rotate --link " + shell.Name(pair.Consumer+":"+pair.Target)
		}
		errs = append(errs, hint.Add(fmt.Errorf("the %s of %s for %s expired at %s", what, pair.Consumer, pair.Target,
			expiry.UTC().Format(time.RFC3339)), remedy+ws.FilenameFlag()))
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}
