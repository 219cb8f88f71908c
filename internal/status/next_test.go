package status

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ready is a mesh of two clusters, both reached from here, in which nothing but an apply is left.
func ready() Report {
	committed := true
	r := newReport()
	r.Mesh = "shop"
	r.Trust = &Trust{State: OK, HoldsRootKey: true, Roots: []Root{{SHA256: "4fe0", State: OK, Expires: time.Date(2036, 5, 1, 0, 0, 0, 0, time.UTC)}}}
	for _, name := range []string{"east", "west"} {
		r.Clusters = append(r.Clusters, Cluster{Name: name, Here: true, Certificate: &Certificate{State: OK}})
	}
	r.Links = []Link{
		{Name: "east-west", Consumer: "east", Target: "west", State: OK},
		{Name: "west-east", Consumer: "west", Target: "east", State: OK},
	}
	r.Tree = Tree{Dir: "deploy", State: OK, Committed: &committed}
	return r
}

// tokenOfWest is what east waits for until west has issued it.
func tokenOfWest() Link {
	return Link{Name: "east-west", Consumer: "east", Target: "west", State: Missing, issued: true,
		Fetch: "kubectl mesh collect --cluster west", FetchAt: "west"}
}

func TestNext(t *testing.T) {
	uncommitted := false
	for _, tt := range []struct {
		name   string
		change func(*Report)
		want   []string
	}{
		{"all is done but the apply", func(*Report) {}, []string{"kubectl mesh render --apply", "kubectl mesh check"}},
		{"all is applied", func(r *Report) {
			r.Clusters[0].Live, r.Clusters[1].Live = &Live{}, &Live{}
		}, []string{"kubectl mesh check"}},
		{"no cluster is reached from here", func(r *Report) {
			r.Clusters[0].Here, r.Clusters[1].Here = false, false
		}, []string{}},
		{"errors come before everything else", func(r *Report) {
			r.Findings.Errors, r.Trust.State, r.Tree.State = 2, Missing, Unrendered
		}, []string{"kubectl mesh validate"}},
		{"no root", func(r *Report) {
			r.Trust.State, r.Trust.Roots, r.Tree.State = Missing, nil, Missing
		}, []string{"kubectl mesh ca init", "kubectl mesh render --output-dir deploy", "git add deploy && git commit", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"a cluster joins where the root key is", func(r *Report) {
			r.Clusters[1].Certificate.State = Missing
		}, []string{"kubectl mesh ca issue --cluster west", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"no cluster has a certificate", func(r *Report) {
			r.Clusters[0].Certificate.State, r.Clusters[1].Certificate.State = Missing, Missing
		}, []string{"kubectl mesh ca issue --all", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"a cluster joins where its request has arrived", func(r *Report) {
			r.Clusters[1].Certificate.State, r.Clusters[1].Certificate.Requested = Missing, true
		}, []string{"kubectl mesh ca sign --cluster west", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"the root key is elsewhere", func(r *Report) {
			r.Trust.HoldsRootKey = false
			r.Clusters[1].Certificate.State = Missing
		}, []string{"kubectl mesh ca request --cluster west", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"the root key is elsewhere, and the request waits there", func(r *Report) {
			r.Trust.HoldsRootKey = false
			r.Clusters[1].Certificate.State, r.Clusters[1].Certificate.Requested = Missing, true
		}, []string{"the site that has the root key: kubectl mesh ca sign --cluster west", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"an intermediate expires", func(r *Report) {
			r.Clusters[0].Certificate.State = Expiring
		}, []string{"kubectl mesh ca rotate --cluster east", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"a token comes from another site", func(r *Report) {
			r.Clusters[1].Here = false
			r.Links[0] = tokenOfWest()
		}, []string{"kubectl mesh render --apply", "the site that reaches west: kubectl mesh collect --cluster west", "kubectl mesh check"}},
		{"a token goes to another site", func(r *Report) {
			r.Clusters[0].Here = false
			r.Links[0] = tokenOfWest()
		}, []string{"kubectl mesh render --apply", "kubectl mesh collect --cluster west", "kubectl mesh check"}},
		{"a token goes to another site in an exchange file", func(r *Report) {
			r.Sites = []Site{{Name: "south"}, {Name: "north", Here: true}}
			r.Clusters[0].Here, r.Clusters[0].Site, r.Clusters[1].Site = false, "south", "north"
			r.Clusters[1].Live = &Live{}
			r.Links[0] = tokenOfWest()
		}, []string{"kubectl mesh exchange export -o FILE", "kubectl mesh collect --cluster west", "kubectl mesh exchange export -o FILE", "kubectl mesh check"}},
		{"a client certificate comes from another site", func(r *Report) {
			r.Clusters[1].Here = false
			r.Links[0].State, r.Links[0].Fetch, r.Links[0].FetchAt = Missing, "kubectl mesh credentials approve --pending", "west"
		}, []string{"the site that reaches west: kubectl mesh credentials approve --pending", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"a credential is between other sites", func(r *Report) {
			r.Links[0].State = Unknown
		}, []string{"kubectl mesh render --apply", "kubectl mesh check"}},
		{"an apply takes a credential from one cluster to the other", func(r *Report) {
			r.Links[0].State = InCluster
		}, []string{"kubectl mesh render --apply", "kubectl mesh check"}},
		{"a credential expires", func(r *Report) {
			r.Links[1].State = Expiring
		}, []string{"kubectl mesh credentials rotate --link west-east --apply", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"the token Secret of a revoked link still exists", func(r *Report) {
			r.Links[1].State = Undeleted
		}, []string{"kubectl mesh credentials revoke --link west-east", "kubectl mesh render --apply", "kubectl mesh check"}},
		{"the tree is stale and not committed", func(r *Report) {
			r.Tree = Tree{Dir: "deploy", State: Stale, Differences: 3, Committed: &uncommitted, Uncommitted: []string{"mesh.yaml", "my deploy"}}
		}, []string{
			"kubectl mesh render --output-dir deploy", "git add deploy mesh.yaml 'my deploy' && git commit", "kubectl mesh render --apply", "kubectl mesh check",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := ready()
			tt.change(&r)
			got := []string{}
			for _, step := range next(r, "") {
				if step.Reason == "" {
					t.Errorf("%s has no reason", step.Command)
				}
				got = append(got, strings.TrimPrefix(step.Where+": "+step.Command, ": "))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

// A mesh file of another name is named in each command that reads it.
func TestNextNamesTheFile(t *testing.T) {
	r := ready()
	r.Findings.Errors = 1
	if got, want := next(r, " -f dev/mesh.yaml")[0].Command, "kubectl mesh validate -f dev/mesh.yaml"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReasonsCount(t *testing.T) {
	r := ready()
	r.Clusters[1].Live = &Live{Pending: 3}
	r.Clusters[0].Live = &Live{}
	want := []Step{
		{Command: "kubectl mesh render --apply", Reason: "3 changes pending in west"},
		{Command: "kubectl mesh check", Reason: "verifies the mesh in the clusters"},
	}
	if diff := cmp.Diff(want, next(r, "")); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}
