package inspect

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

// IsVerified reports whether everything that was requested has a result.
func (s Result) IsVerified() bool {
	return check.Verified(s.Results) && !s.lacksCalls() && !s.lacksHandshakes()
}

// lacksCalls reports that the sample should be called, and no cluster could.
func (s Result) lacksCalls() bool { return s.Asked.Calls > 0 && s.Callers == nil }

// lacksHandshakes reports that handshakes were requested, and there is no gateway between networks.
func (s Result) lacksHandshakes() bool { return s.Handshakes != nil && len(s.Handshakes.Results) == 0 }

// Lack explains what no single check reports, that nothing could be queried, and what to run instead; empty if
// something was.
func (s Result) Lack() (warning, remedy string) {
	switch {
	case !s.reached():
		return "no cluster could be reached", "to check the files only: " + s.Commands.Check + " --offline"
	case s.lacksHandshakes():
		return "no cluster has an east-west gateway that others call, so --handshake tests nothing",
			"call the sample instead: " + s.Commands.Check + " --sample"
	case s.lacksCalls():
		return "no cluster could call the sample", "apply it to the clusters: " + s.Commands.Sample
	}
	return "", ""
}

// reached reports whether any requested cluster has answered.
func (s Result) reached() bool {
	if s.Asked.Clusters == nil {
		return true
	}
	for _, facts := range s.Observed {
		if facts.Unreachable == "" {
			return true
		}
	}
	return false
}
