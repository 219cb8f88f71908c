package live

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// east is the cluster that the tests open, by its context; uid is what is pinned.
func east(uid string) *v1alpha1.Cluster {
	declared := &v1alpha1.Cluster{Name: "east", ClusterSpec: v1alpha1.ClusterSpec{Context: "prod-east", UID: uid}}
	declared.Istio.Namespace = "istio-system"
	return declared
}

// reach loads a kubeconfig in which context prod-east leads to the server.
func reach(t *testing.T, server *fakeapi.Server) *Contexts {
	t.Helper()
	contexts, err := Load(Options{Kubeconfig: fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{"prod-east": server})})
	if err != nil {
		t.Fatal(err)
	}
	return contexts
}

// said is an error as a person reads it, with the kubeconfig under a short name.
func said(c *Contexts, err error) []hint.Problem {
	problems := hint.List(err)
	for i := range problems {
		for j, remedy := range problems[i].Remedies {
			problems[i].Remedies[j] = strings.ReplaceAll(remedy, c.options.Kubeconfig, "CONFIG")
		}
	}
	return problems
}

// TestOpen is the promise of the package: what is handed out, by what was demanded and what was shown.
func TestOpen(t *testing.T) {
	const refused = Proof("refused")
	server := fakeapi.New(t, "uid-east")
	declares := func(clusters ...string) map[string][]byte {
		all := map[string][]byte{}
		for _, name := range clusters {
			all[name] = server.CA
		}
		return all
	}
	for _, shown := range []struct {
		name        string
		pinned      string
		authorities map[string][]byte
		want        map[Policy]Proof
		writers     []Policy
	}{
		{"the pinned UID", "uid-east", nil,
			map[Policy]Proof{RequireProof: ProvenByUID, Pin: ProvenByUID, Observe: ProvenByUID}, []Policy{RequireProof, Pin, Observe}},
		{"the declared authority", "", declares("east"),
			map[Policy]Proof{RequireProof: ProvenByAuthority, Pin: ProvenByAuthority, Observe: ProvenByAuthority}, []Policy{RequireProof, Pin, Observe}},
		{"one of two declared authorities", "", map[string][]byte{"east": slices.Concat(ownAuthority(t), server.CA)},
			map[Policy]Proof{RequireProof: ProvenByAuthority, Pin: ProvenByAuthority, Observe: ProvenByAuthority}, []Policy{RequireProof, Pin, Observe}},
		{"the authority of two clusters", "", declares("east", "west"),
			map[Policy]Proof{RequireProof: refused, Pin: Unproven, Observe: Unproven}, []Policy{Pin}},
		{"the authority of another cluster", "", declares("west"),
			map[Policy]Proof{RequireProof: refused, Pin: refused, Observe: Unproven}, nil},
		{"nothing", "", nil,
			map[Policy]Proof{RequireProof: refused, Pin: Unproven, Observe: Unproven}, []Policy{Pin}},
		{"another UID", "uid-of-old", declares("east"),
			map[Policy]Proof{RequireProof: refused, Pin: refused, Observe: Foreign}, nil},
	} {
		for policy, want := range shown.want {
			contexts := reach(t, server)
			opened, err := contexts.For(Mesh{Authorities: shown.authorities}).Open(t.Context(), east(shown.pinned), policy)
			got, writer := refused, false
			if err == nil {
				got, writer = opened.Proof, opened.Writer != nil
			} else if !verdict.IsInput(err) {
				t.Errorf("%s, policy %d: %v is no error of input", shown.name, policy, err)
			}
			if got != want || writer != slices.Contains(shown.writers, policy) {
				t.Errorf("%s, policy %d: got proof %q, a writer %t, and %v; want proof %q", shown.name, policy, got, writer, err, want)
			}
		}
	}
}

func TestOpenSaysWhoAndWhere(t *testing.T) {
	server := fakeapi.New(t, "uid-east")
	opened, err := reach(t, server).For(Mesh{}).Open(t.Context(), east("uid-east"), RequireProof)
	if err != nil {
		t.Fatal(err)
	}
	if opened.UID != "uid-east" || opened.Context != "prod-east" || opened.Server != server.URL || opened.Name != "east" {
		t.Errorf("got UID %s, context %s, server %s, cluster %s", opened.UID, opened.Context, opened.Server, opened.Name)
	}
	if diff := cmp.Diff([]string{"get namespaces kube-system"}, server.Requests()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// TestRefusals: which context, which UIDs, and the command that settles it.
func TestRefusals(t *testing.T) {
	const flag = " -f shop.yaml"
	for _, test := range []struct {
		name   string
		pinned string
		others []*v1alpha1.Cluster
		policy Policy
		want   hint.Problem
	}{
		{"unproven", "", nil, RequireProof, hint.Problem{
			Text: `context "prod-east" is not verified to point at east: no UID is recorded, and mesh.yaml does not declare its CA for this cluster only`,
			Remedies: []string{"verify it: kubectl --kubeconfig=CONFIG --context=prod-east cluster-info; if it is the right cluster, record its UID: " +
				"kubectl mesh collect --pin --cluster east -f shop.yaml"}}},
		{"foreign", "uid-of-old", nil, Pin, hint.Problem{
			Text: `context "prod-east" points at another cluster: its UID is uid-east, and the UID of east is uid-of-old`,
			Remedies: []string{"correct context in mesh.yaml; if the cluster was re-created, remove the old uid from .kubectl-mesh/state.yaml and record the new one: " +
				"kubectl mesh collect --pin --cluster east -f shop.yaml"}}},
		{"the cluster of another name", "", []*v1alpha1.Cluster{{Name: "west", ClusterSpec: v1alpha1.ClusterSpec{UID: "uid-east"}}}, Pin, hint.Problem{
			Text:     `context "prod-east" points at the same cluster as west: its UID is uid-east`,
			Remedies: []string{"set the right context for each cluster"}}},
	} {
		contexts := reach(t, fakeapi.New(t, "uid-east"))
		mesh := Mesh{Clusters: test.others, Pins: map[string]Pinned{"east": {State: test.pinned}}, StateFile: ".kubectl-mesh/state.yaml", FilenameFlag: flag}
		_, err := contexts.For(mesh).Open(t.Context(), east(test.pinned), test.policy)
		if diff := cmp.Diff([]hint.Problem{test.want}, said(contexts, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestUndeclaredAuthority: while the authority of an API server is changed, mesh.yaml declares all that the context trusts.
func TestUndeclaredAuthority(t *testing.T) {
	server := fakeapi.New(t, "uid-east")
	declared := server.CA
	server.CA = slices.Concat(server.CA, ownAuthority(t)) // which the context trusts
	contexts := reach(t, server)
	_, err := contexts.For(Mesh{Authorities: map[string][]byte{"east": declared}}).Open(t.Context(), east(""), RequireProof)
	want := "during a CA rotation, declare all CAs that the context trusts (api.certificateAuthority)"
	if problems := said(contexts, err); len(problems) != 1 || !slices.Contains(problems[0].Remedies, want) {
		t.Errorf("got %v, want the remedy %q", problems, want)
	}
}

// TestAuthorityOfAnotherCluster: no person pins what mesh.yaml contradicts.
func TestAuthorityOfAnotherCluster(t *testing.T) {
	server := fakeapi.New(t, "uid-of-west")
	for _, policy := range []Policy{RequireProof, Pin} {
		contexts := reach(t, server)
		_, err := contexts.For(Mesh{Authorities: map[string][]byte{"west": server.CA}}).Open(t.Context(), east(""), policy)
		want := []hint.Problem{{
			Text:     `context "prod-east" verifies its server with the CA that mesh.yaml declares for west, not for east`,
			Remedies: []string{"correct context in mesh.yaml; if both clusters use this CA, declare it for both (api.certificateAuthority)"}}}
		if diff := cmp.Diff(want, said(contexts, err)); diff != "" {
			t.Errorf("policy %d (-want +got):\n%s", policy, diff)
		}
	}
}

// TestPinFiles: the file that must be edited, whichever pins the other UID.
func TestPinFiles(t *testing.T) {
	for _, test := range []struct {
		pins Pinned
		want string
	}{
		{Pinned{Mesh: "old"}, "mesh.yaml"},
		{Pinned{State: "old"}, "state.yaml"},
		{Pinned{Mesh: "old", State: "old"}, "mesh.yaml and state.yaml"},
		{Pinned{Mesh: "old", State: "new"}, "mesh.yaml"},
	} {
		mesh := Mesh{Pins: map[string]Pinned{"east": test.pins}, MeshFile: "mesh.yaml", StateFile: "state.yaml"}
		if got := mesh.pinFiles("east", "new"); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.pins, got, test.want)
		}
	}
}

// TestTwoNamesForOneCluster: the second one is refused also when neither is pinned yet.
func TestTwoNamesForOneCluster(t *testing.T) {
	server := fakeapi.New(t, "uid-east")
	clusters := reach(t, server).For(Mesh{})
	if _, err := clusters.Open(t.Context(), east(""), Pin); err != nil {
		t.Fatal(err)
	}
	west := east("")
	west.Name = "west"
	_, err := clusters.Open(t.Context(), west, Pin)
	if want := `context "prod-east" points at the same cluster as east: its UID is uid-east`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := clusters.Open(t.Context(), west, Observe); err != nil {
		t.Errorf("who only looks is refused: %v", err)
	}
}

// TestUnprovenGivesNothing: neither what could be written nor a token, and the server is not even asked.
func TestUnprovenGivesNothing(t *testing.T) {
	for _, pinned := range []string{"", "uid-of-old"} {
		server := fakeapi.New(t, "uid-east")
		opened, err := reach(t, server).For(Mesh{}).Open(t.Context(), east(pinned), Observe)
		if err != nil {
			t.Fatal(err)
		}
		if opened.Writer != nil {
			t.Errorf("UID %q pinned: a writer is handed out", pinned)
		}
		server.Requests()
		_, _, errRequest := opened.RequestToken(t.Context(), apply.TokenRequest{Namespace: "istio-system", Account: "reader"})
		_, errAwait := opened.AwaitToken(t.Context(), t.Context(), "reader-token")
		_, errSign := opened.SignClient(t.Context(), "mesh-west", []byte("request"), nil, time.Hour)
		for name, err := range map[string]error{"RequestToken": errRequest, "AwaitToken": errAwait, "SignClient": errSign} {
			if unproven, ok := errors.AsType[*UnprovenError](err); !ok || unproven.Cluster != "east" || unproven.Context != "prod-east" {
				t.Errorf("UID %q pinned: %s: got %v, want an UnprovenError of east", pinned, name, err)
			}
		}
		if asked := server.Requests(); len(asked) > 0 {
			t.Errorf("UID %q pinned: the server was asked: %v", pinned, asked)
		}
	}
}

func TestOpenExplains(t *testing.T) {
	namespaces := schema.GroupResource{Resource: "namespaces"}
	get := "get namespaces kube-system"
	for _, test := range []struct {
		name   string
		answer error
		want   hint.Problem
	}{
		{"not logged in", apierrors.NewUnauthorized("token expired"), hint.Problem{
			Text:     "read namespace kube-system: token expired",
			Remedies: []string{"log in again until this works: kubectl --kubeconfig=CONFIG --context=prod-east auth whoami"}}},
		{"forbidden", apierrors.NewForbidden(namespaces, "kube-system", errors.New("ask\nerror: root")), hint.Problem{
			Text:     `read namespace kube-system: namespaces "kube-system" is forbidden: ask error: root`,
			Remedies: []string{"ask the cluster owner for this permission; your identity there: kubectl --kubeconfig=CONFIG --context=prod-east auth whoami"}}},
		{"in trouble", apierrors.NewInternalError(errors.New("etcd is gone")), hint.Problem{
			Text:     "read namespace kube-system: Internal error occurred: etcd is gone",
			Remedies: []string{"this must work first: kubectl --kubeconfig=CONFIG --context=prod-east version"}}},
	} {
		server := fakeapi.New(t, "uid-east")
		server.On(test.answer, get)
		contexts := reach(t, server)
		_, err := contexts.For(Mesh{}).Open(t.Context(), east("uid-east"), RequireProof)
		if diff := cmp.Diff([]hint.Problem{test.want}, said(contexts, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestWrongAuthority: somebody else answers, or the kubeconfig is old.
func TestWrongAuthority(t *testing.T) {
	server := fakeapi.New(t, "uid-east")
	server.CA = ownAuthority(t)
	contexts := reach(t, server)
	_, err := contexts.For(Mesh{}).Open(t.Context(), east("uid-east"), RequireProof)
	want := []hint.Problem{{
		Text: `read namespace kube-system: Get "` + server.URL + `/api/v1/namespaces/kube-system": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
		Remedies: []string{`the CA of context "prod-east" is not this server's: get the current one from the cluster owner; ` +
			"kubectl --kubeconfig=CONFIG config set-cluster prod-east --certificate-authority=FILE --embed-certs=true"}}}
	if diff := cmp.Diff(want, said(contexts, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if asked := server.Requests(); len(asked) > 0 {
		t.Errorf("a server that nobody knows was asked: %v", asked)
	}
}

// TestAwaitToken reads again while the token does not exist, and no longer than patience lasts.
func TestAwaitToken(t *testing.T) {
	const secret = "{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, " +
		"metadata: {namespace: istio-system, name: reader-token, annotations: {kubernetes.io/service-account.name: reader}}}"
	server := fakeapi.New(t, "uid-east")
	server.SlowTokens = 1
	server.Put(secret)
	opened, err := reach(t, server).For(Mesh{}).Open(t.Context(), east("uid-east"), RequireProof)
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := opened.AwaitToken(t.Context(), gone, "reader-token"); !errors.Is(err, cluster.ErrTokenPending) {
		t.Errorf("without patience: got %v, want %v", err, cluster.ErrTokenPending)
	}
	token, err := opened.AwaitToken(t.Context(), t.Context(), "reader-token")
	if claims, _ := token.Claims(); err != nil || claims.Subject != "system:serviceaccount:istio-system:reader" {
		t.Errorf("got a token of %q, %v", claims.Subject, err)
	}
	if _, err := opened.AwaitToken(t.Context(), t.Context(), "no-token"); !apierrors.IsNotFound(err) {
		t.Errorf("no such Secret: got %v", err)
	}
}

// TestAtContext: the address for control planes may not answer here, the one of the context does.
func TestAtContext(t *testing.T) {
	server := fakeapi.New(t, "uid-east")
	opened, err := reach(t, server).For(Mesh{}).Open(t.Context(), east("uid-east"), RequireProof)
	if err != nil {
		t.Fatal(err)
	}
	remote := cluster.RemoteKubeconfig{Server: "https://203.0.113.10", ProxyURL: "http://proxy.example", TLSServerName: "api.east"}
	here, ok := opened.AtContext(remote)
	if !ok || here.Server != server.URL || here.ProxyURL != "" || here.TLSServerName != "" || string(here.CertificateAuthorityData) != string(server.CA) {
		t.Errorf("got %+v, %t", here, ok)
	}
	if _, ok := opened.AtContext(here); ok {
		t.Error("the same address is another one")
	}
}
