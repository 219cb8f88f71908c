package check

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// source is a cluster that says what the test wants; err is what fails.
type source struct {
	secrets []cluster.RemoteSecret
	err     map[string]error
}

func (s source) UID(context.Context) (string, error) { return "uid-east", s.err["uid"] }

func (s source) Facts(_ context.Context, ask cluster.Ask) (cluster.Facts, []cluster.Note, error) {
	return cluster.Facts{Network: ask.Namespace + "/" + ask.Revision}, nil, s.err["facts"]
}

func (s source) RemoteSecrets(context.Context, string) ([]cluster.RemoteSecret, error) {
	return s.secrets, s.err["secrets"]
}

func (s source) Certificates(context.Context, string) (cluster.Certificates, error) {
	return cluster.Certificates{}, s.err["secrets"]
}

func (s source) Served(context.Context, string, string, string) (cluster.Served, error) {
	return cluster.Served{Found: true}, s.err["served"]
}

func (s source) Service(context.Context, string, string, int32) (cluster.ServiceState, error) {
	return cluster.ServiceState{}, s.err["service"]
}

func (s source) TLSRoutes(context.Context, string) ([]cluster.TLSRoute, error) {
	return nil, s.err["routes"]
}

func (s source) Accounts(context.Context, string) ([]cluster.Account, error) {
	return nil, s.err["secrets"]
}

func (s source) AppliedCopies(_ context.Context, namespace string, labels map[string]string) ([]string, error) {
	return []string{namespace + "-" + labels["ours"]}, s.err["copies"]
}

func (s source) Peers(context.Context) ([]cluster.Peer, error) { return nil, s.err["gateways"] }

func (s source) EastWest(context.Context) ([]cluster.EastWest, error) { return nil, s.err["gateways"] }

func (s source) GatewayAPI(context.Context) (cluster.GatewayAPI, error) {
	return cluster.GatewayAPI{Installed: true}, s.err["api"]
}

// secretToken is a token that nothing may show.
func secretToken(t *testing.T) kubeconfig.Token {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	token, err := kubeconfig.ParseToken([]byte(encode([]byte(`{"alg":"none"}`)) + "." + encode([]byte(`{"iat":1780000000,"exp":1790000000}`)) + ".hush"))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func target(s source, asked *[]string) Target {
	in := healthy()
	west, _ := in.Graph.Cluster("west")
	east, _ := in.Graph.Cluster("east")
	return Target{Cluster: east, Source: s, Reads: []*v1alpha1.Cluster{west}, Labels: map[string]string{"ours": "yes"},
		Probe: func(_ context.Context, remote cluster.RemoteKubeconfig, permissions []cluster.Permission) cluster.Access {
			*asked = append(*asked, fmt.Sprintf("%s %d", remote.Server, len(permissions)))
			return cluster.Access{Verdict: cluster.VerdictAccepted}
		},
		Debug: func(_ context.Context, path string) ([]byte, error) {
			if path == pathNetworks {
				return nil, errors.New("off")
			}
			return []byte(`[{"id":"west","syncStatus":"synced","more":1}]`), nil
		},
		Explain: func(err error) (string, string) { return err.Error(), "mend it" },
	}
}

func secretOf(name, id, server string, token kubeconfig.Token, labels map[string]string) cluster.RemoteSecret {
	return cluster.RemoteSecret{Name: name, Labels: labels, Remotes: []cluster.RemoteKubeconfig{{ClusterID: id, Server: server, Token: token}}}
}

func TestGather(t *testing.T) {
	ours := map[string]string{"ours": "yes"}
	token := secretToken(t)
	var asked []string
	facts := Gather(t.Context(), target(source{secrets: []cluster.RemoteSecret{
		secretOf("a", "west", "https://elsewhere.example", token, nil),
		secretOf("b", "west", "https://west.example", token, ours),
		secretOf("c", "gone", "https://gone.example", token, ours),
	}}, &asked))
	if want := []string{"https://west.example 19"}; !cmp.Equal(asked, want) {
		t.Errorf("tried out: got %q, want %q", asked, want)
	}
	if want := []string{"istio-system-yes"}; !cmp.Equal(facts.Copies.Value, want) {
		t.Errorf("copies: got %q, want %q", facts.Copies.Value, want)
	}
	life := Validity{time.Unix(1780000000, 0).UTC(), time.Unix(1790000000, 0).UTC()}
	want := []Secret{
		{Name: "a", Remotes: []RemoteKubeconfig{{ClusterID: "west", Differs: []string{"server"}, Life: life}}},
		{Name: "b", Ours: true, Remotes: []RemoteKubeconfig{{ClusterID: "west", Life: life}}},
		{Name: "c", Ours: true, Remotes: []RemoteKubeconfig{{ClusterID: "gone", Life: life}}},
	}
	if diff := cmp.Diff(want, facts.Secrets.Value); diff != "" {
		t.Error(diff)
	}
	if facts.Istiod.Clusters.Value[0] != (SyncState{ID: "west", SyncStatus: "synced"}) || facts.Istiod.Gateways.Why != "off" {
		t.Errorf("istiod: got %+v", facts.Istiod)
	}
	if text := fmt.Sprintf("%+v", facts); strings.Contains(text, "hush") || strings.Contains(text, "eyJ") {
		t.Error("the facts hold a token")
	}
}

// TestGatherElsewhere: a credential goes only where mesh.yaml says.
func TestGatherElsewhere(t *testing.T) {
	for name, remote := range map[string]cluster.RemoteKubeconfig{
		"another server":   {ClusterID: "west", Server: "https://elsewhere.example"},
		"through a proxy":  {ClusterID: "west", Server: "https://west.example", ProxyURL: "https://proxy.example"},
		"without checking": {ClusterID: "west", Server: "https://west.example", Insecure: true},
		"refused":          {ClusterID: "west", Server: "https://west.example", Refused: "it runs a program"},
	} {
		var asked []string
		facts := Gather(t.Context(), target(source{secrets: []cluster.RemoteSecret{{Name: "s", Remotes: []cluster.RemoteKubeconfig{remote}}}}, &asked))
		if len(asked) > 0 || len(facts.Access) > 0 {
			t.Errorf("%s: it was tried out: %q", name, asked)
		}
	}
}

func TestGatherFailures(t *testing.T) {
	tests := map[string]func(*Observation) string{
		"uid":      func(f *Observation) string { return f.Unreachable },
		"facts":    func(f *Observation) string { return f.Unreachable },
		"secrets":  func(f *Observation) string { return f.Secrets.Why },
		"gateways": func(f *Observation) string { return f.EastWest.Why },
		"api":      func(f *Observation) string { return f.GatewayAPI.Why },
		"copies":   func(f *Observation) string { return f.Copies.Why },
	}
	for fails, why := range tests {
		facts := Gather(t.Context(), target(source{err: map[string]error{fails: errors.New("two\nlines")}}, new([]string)))
		if got := why(facts); strings.Join(strings.Fields(got), " ") != "two lines" {
			t.Errorf("%s: got %q", fails, got)
		}
	}
}

func TestGatherForeign(t *testing.T) {
	asked := target(source{err: map[string]error{"facts": errors.New("it was asked")}}, new([]string))
	other := *asked.Cluster
	other.UID = "uid-x"
	asked.Cluster = &other
	if facts := Gather(t.Context(), asked); !facts.Foreign || facts.Unreachable != "" {
		t.Errorf("got %+v, want a foreign cluster that is asked no more", facts)
	}
}

func TestParseList(t *testing.T) {
	for text, want := range map[string]int{`null`: 0, `[]`: 0, `[{"id":"a"},{"ID":"b","x":[]}]`: 2, ``: -1, `{}`: -1, `[1]`: -1, `<html>`: -1, `[{"id":1}]`: -1} {
		list, err := parseList[SyncState]([]byte(text))
		if (err != nil) != (want < 0) || err == nil && len(list) != want {
			t.Errorf("%q: got %v, %v", text, list, err)
		}
	}
	gateways, err := parseList[NetworkGateway]([]byte(`[{"Network":"net-west","Cluster":"west","Addr":"198.51.100.7","Port":15443}]`))
	if want := []NetworkGateway{{Network: "net-west", Cluster: "west", Addr: "198.51.100.7", Port: 15443}}; err != nil || !cmp.Equal(gateways, want) {
		t.Errorf("got %v, %v", gateways, err)
	}
}
