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

// RefuseExpired keeps credentials that have ended from clusters: istiod would drop a peer that it reads
// well for one that it cannot read. A rendering does not look at the clock, an apply may.
func (ws *Workspace) RefuseExpired(
	tokens map[access.Pair]kubeconfig.Token, certificates map[access.Pair]kubeconfig.ClientCertificate, now time.Time,
) error {
	var errs []error
	for pair, token := range tokens {
		if claims, _ := token.Claims(); !claims.Expiry.IsZero() && !claims.Expiry.After(now) {
			errs = append(errs, hint.Add(fmt.Errorf("the token of %s for %s expired at %s",
				pair.Consumer, pair.Target, claims.Expiry.Format(time.RFC3339)),
				"get a new one: kubectl mesh collect --token=request --cluster "+shell.Quote(pair.Target)+ws.FilenameFlag()))
		}
	}
	for pair, certificate := range certificates {
		if end := certificate.NotAfter(); !end.After(now) {
			errs = append(errs, hint.Add(fmt.Errorf("the client certificate of %s for %s expired at %s",
				pair.Consumer, pair.Target, end.UTC().Format(time.RFC3339)),
				"rotate it: kubectl mesh credentials rotate --link "+shell.Quote(pair.Consumer+":"+pair.Target)+ws.FilenameFlag()))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}
