package inspect

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

// IsVerified reports whether everything that was asked has its answer.
func (s Result) IsVerified() bool {
	return check.Verified(s.Results) && !s.lacksCalls() && !s.lacksHandshakes()
}

// lacksCalls tells that the sample was to be called, and no cluster could.
func (s Result) lacksCalls() bool { return s.Asked.Calls > 0 && s.Callers == nil }

// lacksHandshakes tells that handshakes were to be made, and there is no gateway between networks.
func (s Result) lacksHandshakes() bool { return s.Handshakes != nil && len(s.Handshakes.Results) == 0 }

// Lack is what stands in no single check, that there was nobody to ask, and what to run instead; empty if there was.
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

// reached reports whether a cluster has answered, where one was to be asked.
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
