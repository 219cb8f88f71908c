package kubeconfig_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

func TestContextsClusterNames(t *testing.T) {
	long := strings.Repeat("a", 63)
	tests := []struct {
		name string
		want map[string]string // context -> cluster name
	}{
		{"any characters", map[string]string{
			"Prod East": "prod-east", "../../etc/passwd": "etc-passwd", `it's "x"`: "it-s-x", "a\x00b": "a-b",
			"--x--": "x", "ÜNÏ": "n", "7": "7", "\u212a1": "1",
		}},
		{"no usable character", map[string]string{"": "cluster", "…": "cluster-2", "🚀": "cluster-3"}},
		{"too long", map[string]string{
			long + "b": long, long + "bc": long[:61] + "-2", strings.Repeat("b", 62) + "-c": strings.Repeat("b", 62),
		}},
		{"cut at a hyphen", map[string]string{
			long[:60] + "-b": long[:60] + "-b", long[:60] + "-b!": long[:60] + "-2",
		}},
		{"locations tell apart", map[string]string{
			"gke_p_us-east1_prod": "prod-us-east1", "gke_p_us-west1_prod": "prod-us-west1", "gke_p_us-west1_test": "test",
		}},
		{"a plain name keeps its own", map[string]string{
			"prod": "prod", "gke_p_us-east1_prod": "prod-us-east1", "kind-kind": "kind",
		}},
		{"projects tell apart", map[string]string{
			"gke_p-1_us-east1_prod": "prod-p-1", "gke_example.com:p_us-east1_prod": "prod-example-com-p",
		}},
		{"accounts tell apart", map[string]string{
			"arn:aws:eks:us-west-2:111111111111:cluster/prod": "prod-111111111111",
			"arn:aws:eks:us-west-2:222222222222:cluster/prod": "prod-222222222222",
		}},
		{"location and project tell apart", map[string]string{
			"gke_p_us-east1_prod": "prod-us-east1-p", "gke_q_us-east1_prod": "prod-us-east1-q", "gke_p_us-west1_prod": "prod-us-west1-p",
		}},
		{"only numbers tell apart", map[string]string{
			"X": "x", "x": "x-3", "x-2": "x-2", "x!": "x-4",
		}},
		{"numbers after qualifiers", map[string]string{
			"a@prod.us-west-2.eksctl.io": "prod-us-west-2", "b@prod.us-west-2.eksctl.io": "prod-us-west-2-2",
		}},
		{"a qualifier displaces nobody", map[string]string{
			"gke_p_us-east1_prod": "prod-us-east1-2", "gke_p_us-west1_prod": "prod-us-west1", "prod-us-east1": "prod-us-east1",
		}},
		{"long names keep their qualifier", map[string]string{
			"gke_p_us-east1_" + long: long[:54] + "-us-east1", "gke_p_us-west1_" + long: long[:54] + "-us-west1",
		}},
		{"long qualifiers leave a name", map[string]string{
			"gke_" + long + "1_us-east1_" + long: long[:14] + "-" + long[:48], "gke_q_us-east1_" + long: long[:61] + "-q",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var contexts []string
			for name := range tt.want {
				contexts = append(contexts, name)
			}
			if diff := cmp.Diff(tt.want, clusterNames(t, contexts)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// clusterNames maps contexts to the names suggested for them, and checks what holds for all:
// labels, no two equal, whatever the order.
func clusterNames(t *testing.T, contexts []string) map[string]string {
	t.Helper()
	cfg := config(contexts...)
	names, seen := map[string]string{}, map[string]bool{}
	isLabel := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	for _, c := range contextsOf(t, cfg, nil) {
		if !isLabel.MatchString(c.ClusterName) || seen[c.ClusterName] {
			t.Errorf("context %q got %q among %q", c.Name, c.ClusterName, contexts)
		}
		names[c.Name], seen[c.ClusterName] = c.ClusterName, true
	}
	for _, c := range contextsOf(t, cfg, contexts) {
		if names[c.Name] != c.ClusterName {
			t.Errorf("context %q got %q and, asked for in the order %q, %q", c.Name, names[c.Name], contexts, c.ClusterName)
		}
	}
	return names
}

func contextsOf(t *testing.T, cfg clientcmdapi.Config, names []string) []kubeconfig.Context {
	t.Helper()
	contexts, err := kubeconfig.Contexts(cfg, names)
	if err != nil {
		t.Fatal(err)
	}
	return contexts
}

// Names made of few parts collide in every way there is.
func TestContextsClusterNamesNeverCollide(t *testing.T) {
	long := strings.Repeat("a", 60)
	parts := []string{"a", "A", "2", "-", "b", "é", "/", long, "-2", "-us-east1", "-p"}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func() string { return parts[random.IntN(len(parts))] }
	for range 200 {
		var contexts []string
		for range 1 + random.IntN(40) {
			name := pick() + pick()
			switch random.IntN(4) {
			case 0:
				name = fmt.Sprintf("gke_p%d_us-east%d_%s", random.IntN(3), random.IntN(3), strings.Trim(name, "é/A"))
			case 1:
				name = fmt.Sprintf("u%d@%s.us-east%d.eksctl.io", random.IntN(3), strings.Trim(name, "é/"), random.IntN(3))
			case 2:
				name += pick() + pick()
			}
			contexts = append(contexts, name)
		}
		clusterNames(t, contexts)
	}
}

func FuzzClusterName(f *testing.F) {
	f.Add("gke_p_us-east1_prod", "prod", "arn:aws:eks:us-west-2:1:cluster/prod")
	f.Add("me@prod.us-west-2.eksctl.io", "x/api-prod:6443/me", "kind-prod")
	f.Add("\x00", "..", "🚀")
	f.Add("cluster", "", strings.Repeat("é", 100))
	f.Add(strings.Repeat("a", 70), strings.Repeat("a", 63), strings.Repeat("a", 61)+"-2")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		clusterNames(t, []string{c, a, b, a})
	})
}

func BenchmarkContexts(b *testing.B) {
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("gke_p-%d_us-east1_c%d", i, i%10))
	}
	cfg := config(names...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := kubeconfig.Contexts(cfg, nil); err != nil {
			b.Fatal(err)
		}
	}
}
