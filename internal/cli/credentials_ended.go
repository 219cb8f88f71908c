package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// refuseEnded keeps credentials that have ended from clusters: istiod would drop a peer that it reads
// well for one that it cannot read. A rendering does not look at the clock, an apply may.
func (ws *workspace) refuseEnded(tokens map[render.Reading]kubeconfig.Token, certificates map[render.Reading]kubeconfig.ClientCertificate, now time.Time) error {
	var errs []error
	for reading, token := range tokens {
		if claims, _ := token.Claims(); !claims.Expiry.IsZero() && !claims.Expiry.After(now) {
			errs = append(errs, withHint(fmt.Errorf("the token with which %s reads %s has ended at %s", reading.Consumer, reading.Target, claims.Expiry.Format(time.RFC3339)),
				"get a new one: kubectl mesh collect --token=request --cluster "+shell.Quote(reading.Target)+ws.filenameFlag()))
		}
	}
	for reading, certificate := range certificates {
		if end := certificate.NotAfter(); !end.After(now) {
			errs = append(errs, withHint(fmt.Errorf("the client certificate with which %s reads %s has ended at %s", reading.Consumer, reading.Target, end.UTC().Format(time.RFC3339)),
				"change it: kubectl mesh credentials rotate --link "+shell.Quote(reading.Consumer+":"+reading.Target)+ws.filenameFlag()))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}
