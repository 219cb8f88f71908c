package access_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestLaws: what a kind answers fits together. Whoever asks for one answer relies on the others, so a new kind has to keep
// them too.
func TestLaws(t *testing.T) {
	for _, kind := range access.Kinds() {
		a, traits := read(kind.Auth()), kind.Traits()
		steps, user := kind.Delivery(), kind.RemoteUser(a)
		has := func(step access.Step) bool { return slices.Contains(steps, step) }
		why, _ := kind.Unrotatable(a, "")
		explained := kind.Explain(a, []int32{1})
		for law, test := range map[string]struct{ got, want bool }{
			"the target is the first to know a generation":                     {steps[0] == access.StepApplyTarget, true},
			"a token is fetched where the workspace collects it":               {has(access.StepFetchToken), traits.Collected()},
			"a certificate is signed where the target signs":                   {has(access.StepSignCertificate), traits.Signed},
			"a remote secret is applied with what the workspace holds":         {has(access.StepApplySecret), traits.Held()},
			"what holds no secret is applied otherwise":                        {has(access.StepApplyPublic), !traits.Held()},
			"a store is filled where it keeps the credential":                  {has(access.StepFillStore), traits.Keeper == access.KeptInStore},
			"an account has a token Secret":                                    {a.TokenSecret(1) != "", traits.Account},
			"an account is no user":                                            {a.Subject(1).IsAccount(), traits.Account},
			"an account stays the same over generations":                       {a.Subject(1) == a.Subject(2), traits.Account || !traits.Rotates()},
			"generations can be told apart where they are exchanged":           {a.Marker(1) != a.Marker(2), traits.Rotates()},
			"a credential marks itself where there is one":                     {a.Marker(1) != "", traits.Rotates()},
			"a kind that does not rotate says why":                             {why == "", traits.Rotates()},
			"what anybody may read is in the remote secret":                    {user.Public != nil, traits.Form == access.FormPublic},
			"a store is named where it keeps the credential":                   {user.Store != nil, traits.Keeper == access.KeptInStore},
			"where a credential is, is said where the workspace has none":      {explained.Where != "", !traits.Held()},
			"a reviewer is told how a user is known, for nothing else says it": {explained.Reader != "", !traits.Account},
			"proof, lifetime, exposure and end are explained": {len(explained.Proof) > 0 && len(explained.Lifetime) > 0 &&
				explained.Exposure != "" && explained.Unbound != "" && traits.Lifetime != "", true},
		} {
			if test.got != test.want {
				t.Errorf("%s: %s: got %t, want %t", kind.Auth(), law, test.got, test.want)
			}
		}
	}
}

// TestKindsArePure: asked twice, a kind says the same, and what it has handed out is the caller's to change.
func TestKindsArePure(t *testing.T) {
	for _, kind := range access.Kinds() {
		a := read(kind.Auth())
		before := kind.Explain(a, []int32{1, 2})
		for i := range before.Proof {
			before.Proof[i] = "changed"
		}
		for i := range before.Lifetime {
			before.Lifetime[i] = "changed"
		}
		steps := kind.Delivery()
		steps[0] = "changed"
		if after := kind.Explain(a, []int32{1, 2}); after.Proof[0] == "changed" || after.Lifetime[0] == "changed" {
			t.Errorf("%s: explains %+v", kind.Auth(), after)
		}
		if kind.Delivery()[0] != access.StepApplyTarget {
			t.Errorf("%s: delivers by %v", kind.Auth(), kind.Delivery())
		}
	}
}

// TestRequired: the store of an external reader is the only field that a kind asks for.
func TestRequired(t *testing.T) {
	for _, kind := range access.Kinds() {
		var want []access.Requirement
		if kind.Auth() == v1alpha1.ReaderAuthExternal {
			want = []access.Requirement{{Field: "external", Remedy: "set the store: external: {secretStoreRef: {name: mesh}}"}}
		}
		if diff := cmp.Diff(want, kind.Required(v1alpha1.Reader{Auth: kind.Auth()})); diff != "" {
			t.Errorf("%s, nothing is set (-want +got):\n%s", kind.Auth(), diff)
		}
		if got := kind.Required(v1alpha1.Reader{Auth: kind.Auth(), External: &v1alpha1.ExternalStore{}}); got != nil {
			t.Errorf("%s, with a store: requires %v", kind.Auth(), got)
		}
	}
}

// TestSubjects: the name that an API server gives an account, and each identity once, in the order of the generations.
func TestSubjects(t *testing.T) {
	for want, subject := range map[string]access.Subject{
		"system:serviceaccount:istio-system:reader": {Namespace: "istio-system", Name: "reader"},
		"mesh:east": {Name: "mesh:east"},
		"":          {},
	} {
		if got := subject.User(); got != want || subject.IsAccount() != (subject.Namespace != "") {
			t.Errorf("%+v: got %q, an account: %t", subject, got, subject.IsAccount())
		}
	}
	for auth, want := range map[v1alpha1.ReaderAuth][]access.Subject{
		v1alpha1.ReaderAuthToken:             {{Namespace: "istio-system", Name: "mesh-reader-east"}},
		v1alpha1.ReaderAuthClientCertificate: {{Name: "mesh:east:3"}, {Name: "mesh:east"}, {Name: "mesh:east:2"}},
		v1alpha1.ReaderAuthFederated:         {{Name: "mesh:east:system:serviceaccount:istio-system:istiod"}},
	} {
		a := read(auth)
		if diff := cmp.Diff(want, a.Subjects(3, 1, 2, 1)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", auth, diff)
		}
		if got := a.Subjects(); got != nil {
			t.Errorf("%s, no generation: got %v", auth, got)
		}
	}
}
