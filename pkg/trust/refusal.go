package trust

import (
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pemfile"
)

// Fault classifies the reasons to reject certificates. The values are stable.
type Fault string

// Faults.
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

// Refusal is one reason to reject certificates. Its remedy is attached (pkg/hint).
type Refusal struct {
	Fault Fault
	text  string
}

// Error describes what is rejected, and why.
func (r *Refusal) Error() string { return r.text }

// refuse returns a Refusal with its remedy.
func refuse(fault Fault, remedy, format string, args ...any) error {
	return hint.Add(&Refusal{Fault: fault, text: fmt.Sprintf(format, args...)}, remedy)
}

// checkPEM returns an error with a remedy if a text contains no PEM block of the wanted content (pemfile.Error).
func checkPEM(text []byte, want pemfile.Content) error {
	err := pemfile.Check(text, want)
	if named, ok := errors.AsType[*pemfile.Error](err); ok {
		return hint.Add(err, named.Remedy())
	}
	return err
}
