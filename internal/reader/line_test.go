package reader_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// TestLineName: a credential is named by its link and generation, and one that mesh.yaml does not declare by whose it is
// and where.
func TestLineName(t *testing.T) {
	for want, line := range map[string]reader.Line{
		"east-west, generation 3": {Link: "east-west", Consumer: "east", Target: "west", Generation: 3, Subject: "mesh:east:3"},
		"system:serviceaccount:istio-system:mesh-reader-north in west": {Target: "west", State: reader.StateUndeclared,
			Subject: "system:serviceaccount:istio-system:mesh-reader-north"},
	} {
		if got := line.Name(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestPublishedNames: scripts read these names from -o json, so a change of one is a change of the interface. What nobody
// tells is left out.
func TestPublishedNames(t *testing.T) {
	end := now.AddDate(0, 0, 60)
	line := reader.Line{Link: "east-west", Consumer: "east", Target: "west", Kind: "token", Subject: "mesh:east", Generation: 1, State: reader.StateOK}
	known := line
	known.Reason, known.Issued, known.Expires, known.NeverExpires = "why", &now, &end, true
	known.LastUsed, known.Fingerprint = "2026-05-31", "SHA256:00"
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"a line of which little is known": {value: line, want: `{
  "link": "east-west",
  "consumer": "east",
  "target": "west",
  "kind": "token",
  "subject": "mesh:east",
  "generation": 1,
  "state": "ok"
}`},
		"a line of which all is known": {value: known, want: `{
  "link": "east-west",
  "consumer": "east",
  "target": "west",
  "kind": "token",
  "subject": "mesh:east",
  "generation": 1,
  "state": "ok",
  "reason": "why",
  "issued": "2026-06-01T12:00:00Z",
  "expires": "2026-07-31T12:00:00Z",
  "neverExpires": true,
  "lastUsed": "2026-05-31",
  "fingerprint": "SHA256:00"
}`},
		"an explanation": {value: reader.Explanation{
			Link: "east-west", Summary: "summary", Server: "https://203.0.113.2", Identity: []string{"who"},
			Permissions: []access.Permission{
				{Resource: "secrets", Verbs: []string{"list"}},
				{Namespace: "istio-system", Group: "apps", Resource: "deployments", Names: []string{"istiod"}, Verbs: []string{"get"}},
			},
			GrantedBy: "charts", Credentials: []reader.Line{}, Expiry: []string{"when"}, Exposure: []string{"what"}, Revocation: []string{"how"},
		}, want: `{
  "link": "east-west",
  "summary": "summary",
  "server": "https://203.0.113.2",
  "identity": [
    "who"
  ],
  "permissions": [
    {
      "apiGroup": "",
      "resource": "secrets",
      "verbs": [
        "list"
      ]
    },
    {
      "namespace": "istio-system",
      "apiGroup": "apps",
      "resource": "deployments",
      "resourceNames": [
        "istiod"
      ],
      "verbs": [
        "get"
      ]
    }
  ],
  "permissionsGrantedBy": "charts",
  "credentials": [],
  "expiry": [
    "when"
  ],
  "exposure": [
    "what"
  ],
  "revocation": [
    "how"
  ]
}`},
	} {
		got, err := json.MarshalIndent(test.value, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
