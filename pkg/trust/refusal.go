package trust

import (
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pemfile"
)

// Fault is a kind of reason for which certificates are refused. The values are stable.
type Fault string

// The faults.
const (
	FaultIncomplete  Fault = "incomplete"
	FaultMalformed   Fault = "malformed"
	FaultTooLarge    Fault = "too-large"
	FaultPrivateKey  Fault = "private-key-among-certificates"
	FaultKeyMismatch Fault = "key-mismatch"
	FaultNoAuthority Fault = "no-authority"
	FaultExpired     Fault = "expired"
	FaultNotYetValid Fault = "not-yet-valid"
	FaultOrder       Fault = "chain-out-of-order"
	FaultUnverified  Fault = "unverified"
	FaultNoRoot      Fault = "root-not-self-signed"
	FaultAmbiguous   Fault = "roots-not-told-apart"
	FaultUnpinned    Fault = "root-not-pinned"
	FaultPathLength  Fault = "path-length"
	FaultUsage       Fault = "extended-key-usage"
	FaultNames       Fault = "name-constraints"
	FaultWeak        Fault = "weak"
	FaultSample      Fault = "sample-key"
)

// Refusal is one reason for which certificates are refused. Its remedy is attached to it (pkg/hint).
type Refusal struct {
	Fault Fault
	text  string
}

// Error names what is refused, and why.
func (r *Refusal) Error() string { return r.text }

// refuse makes a Refusal with its remedy.
func refuse(fault Fault, remedy, format string, args ...any) error {
	return hint.Add(&Refusal{Fault: fault, text: fmt.Sprintf(format, args...)}, remedy)
}

// checkPEM names a text that has nothing of what is wanted (pemfile.Error), with the remedy.
func checkPEM(text []byte, want pemfile.Content) error {
	err := pemfile.Check(text, want)
	if named, ok := errors.AsType[*pemfile.Error](err); ok {
		return hint.Add(err, named.Remedy())
	}
	return err
}
