package render

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// gcloud takes the endpoint that the cluster has, and its context gets the name that mesh.yaml has for it.
func TestCredentialsOf(t *testing.T) {
	const command = "gcloud container clusters get-credentials 'prod' --location='us-east1' --project='shop'"
	for name, c := range map[string]struct {
		endpoints v1alpha1.Endpoints
		context   string
		want      string
	}{
		"public":      {endpoints: v1alpha1.Endpoints{Public: "203.0.113.1", Private: "10.0.0.2"}, want: command},
		"private":     {endpoints: v1alpha1.Endpoints{Private: "10.0.0.2"}, want: command + " --internal-ip"},
		"by name":     {endpoints: v1alpha1.Endpoints{Private: "10.0.0.2", DNS: "gke-1.us-east1.gke.goog"}, want: command + " --dns-endpoint"},
		"not known":   {want: command},
		"its context": {context: "gke_shop_us-east1_prod", want: command},
		"other":       {context: "it's", want: command + "\nkubectl config set-context 'it'\\''s' --cluster='gke_shop_us-east1_prod' --user='gke_shop_us-east1_prod'"},
	} {
		cluster := &v1alpha1.Cluster{}
		cluster.Context = c.context
		cluster.GKE = &v1alpha1.GKE{Project: "shop", Location: "us-east1", Cluster: "prod", Endpoints: c.endpoints}
		if got := strings.Join(credentialsOf(cluster), "\n"); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
	if got := credentialsOf(&v1alpha1.Cluster{}); got != nil {
		t.Errorf("of another platform: got %q", got)
	}
}
