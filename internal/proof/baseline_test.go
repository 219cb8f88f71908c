package proof_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// FuzzResume: whatever is in the file, a run that resumes gets an error or a proof that can be asked.
func FuzzResume(f *testing.F) {
	for _, text := range []string{``, `{}`, `[]`, `{"change":"x","before":[]}`, `{"change":"x","before":[null]}`,
		`{"change":"x","before":[{"west":{"a.shop":2}}]}`, `{"change":"y","before":[{"west":{"a.shop":2}}]}`, `{"change":"x","before":[{"west":{"a.shop":-1}}]}`} {
		f.Add(text)
	}
	in := proof.Input{Consumer: "east", Targets: []proof.Target{{Name: "west", Peer: endpoints.Peer{ID: "west"}}}}
	f.Fuzz(func(t *testing.T, text string) {
		resumed, err := proof.Resume(in, "x", []byte(text))
		if err != nil {
			return
		}
		_, _ = resumed.Unknown(), resumed.String()
		kept, err := resumed.Baseline("x")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := proof.Resume(in, "x", kept); err != nil || strings.Join(again.Unknown(), " ") != strings.Join(resumed.Unknown(), " ") {
			t.Errorf("%s is read back as another baseline: %v", kept, err)
		}
	})
}

// TestResumeOfAnotherChange: an earlier change proves nothing about this one.
func TestResumeOfAnotherChange(t *testing.T) {
	for name, text := range map[string]string{
		"another generation": `{"change":"west 2","before":[{"west":{"a.shop":2}}]}`,
		"another data plane": `{"change":"west 3","before":[{"west":{"a.shop":2}},{}]}`,
	} {
		if _, err := proof.Resume(proof.Input{}, "west 3", []byte(text)); err == nil || err.Error() != proof.ErrOtherChange.Error() {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
