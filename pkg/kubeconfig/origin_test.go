package kubeconfig_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

func TestContextsOrigin(t *testing.T) {
	gke := kubeconfig.Origin{Platform: "gke", Project: "acme-1", Location: "us-east1", Cluster: "east"}
	eks := kubeconfig.Origin{Platform: "eks", Location: "us-west-2", Account: "123456789012", Cluster: "Prod_1"}
	kind := kubeconfig.Origin{Platform: "kind", Cluster: "east"}
	tests := []struct {
		context     string
		cluster     string // default "c"
		server      string // default "https://203.0.113.1"
		want        kubeconfig.Origin
		clusterName string
	}{
		{context: "gke_acme-1_us-east1_east", want: gke, clusterName: "east"},
		{context: "gke_acme-1_us-east1-b_east", clusterName: "east",
			want: kubeconfig.Origin{Platform: "gke", Project: "acme-1", Location: "us-east1-b", Cluster: "east"}},
		{context: "gke_example.com:proj_us-east1_east", clusterName: "east",
			want: kubeconfig.Origin{Platform: "gke", Project: "example.com:proj", Location: "us-east1", Cluster: "east"}},
		{context: "prod", cluster: "gke_acme-1_us-east1_east", want: gke, clusterName: "prod"},
		{context: "gke_acme_1_us-east1_east", clusterName: "gke-acme-1-us-east1-east"},
		{context: "gke_acme-1_nowhere_east", clusterName: "gke-acme-1-nowhere-east"},
		{context: "aks_acme-1_us-east1_east", clusterName: "aks-acme-1-us-east1-east"},
		{context: "gke__us-east1_east", clusterName: "gke-us-east1-east"},
		{context: "gke_acme-1_us-east1_", clusterName: "gke-acme-1-us-east1"},

		{context: "arn:aws:eks:us-west-2:123456789012:cluster/Prod_1", want: eks, clusterName: "prod-1"},
		{context: "arn:aws-cn:eks:cn-north-1:123456789012:cluster/a", clusterName: "a",
			want: kubeconfig.Origin{Platform: "eks", Location: "cn-north-1", Account: "123456789012", Cluster: "a"}},
		{context: "arn:aws-us-gov:eks:us-gov-east-1:123456789012:cluster/a", clusterName: "a",
			want: kubeconfig.Origin{Platform: "eks", Location: "us-gov-east-1", Account: "123456789012", Cluster: "a"}},
		{context: "me", cluster: "arn:aws:eks:us-west-2:123456789012:cluster/Prod_1", want: eks, clusterName: "me"},
		{context: "arn:aws:iam:us-west-2:123456789012:cluster/a", clusterName: "arn-aws-iam-us-west-2-123456789012-cluster-a"},
		{context: "arn:azure:eks:us-west-2:123456789012:cluster/a", clusterName: "arn-azure-eks-us-west-2-123456789012-cluster-a"},
		{context: "arn:aws:eks:us-west-2:123456789012:nodegroup/a", clusterName: "arn-aws-eks-us-west-2-123456789012-nodegroup-a"},
		{context: "arn:aws:eks:us-west-2:me:cluster/a", clusterName: "arn-aws-eks-us-west-2-me-cluster-a"},

		{context: "me@prod.us-west-2.eksctl.io", clusterName: "prod",
			want: kubeconfig.Origin{Platform: "eks", Location: "us-west-2", Cluster: "prod"}},
		{context: "me@example.com@prod.us-west-2.eksctl.io", clusterName: "prod",
			want: kubeconfig.Origin{Platform: "eks", Location: "us-west-2", Cluster: "prod"}},
		{context: "mine", cluster: "prod.us-west-2.eksctl.io", clusterName: "mine",
			want: kubeconfig.Origin{Platform: "eks", Location: "us-west-2", Cluster: "prod"}},
		{context: "me@prod.eksctl.io", clusterName: "me-prod-eksctl-io"},
		{context: "me@a.b.us-west-2.eksctl.io", clusterName: "me-a-b-us-west-2-eksctl-io"},

		{context: "kind-east", want: kind, clusterName: "east"},
		{context: "kind-", clusterName: "kind"},
		{context: "kind", clusterName: "kind"},
		{context: "k3d-east", want: kubeconfig.Origin{Platform: "k3s", Cluster: "east"}, clusterName: "east"},

		{context: "default/api-prod-example-com:6443/kube:admin", clusterName: "prod-example-com",
			want: kubeconfig.Origin{Platform: "openshift", Cluster: "prod-example-com"}},
		{context: "/c1-example-com:6443/me/too", clusterName: "c1-example-com",
			want: kubeconfig.Origin{Platform: "openshift", Cluster: "c1-example-com"}},
		{context: "a/b/c", clusterName: "a-b-c"},
		{context: "a/b:6443/", clusterName: "a-b-6443"},
		{context: "a/b:c/d", clusterName: "a-b-c-d"},
		{context: "a/api-:6443/d", clusterName: "a-api-6443-d"},

		{context: "a", server: "https://a-dns-1b2c.hcp.eastus.azmk8s.io:443", clusterName: "a",
			want: kubeconfig.Origin{Platform: "aks", Location: "eastus"}},
		{context: "a", server: "https://gke-0a1b.us-east1.gke.goog", clusterName: "a",
			want: kubeconfig.Origin{Platform: "gke", Location: "us-east1"}},
		{context: "a", server: "https://0A1B.gr7.us-east-1.EKS.amazonaws.com", clusterName: "a",
			want: kubeconfig.Origin{Platform: "eks", Location: "us-east-1"}},
		{context: "a", server: "https://0A1B.yl4.cn-north-1.eks.amazonaws.com.cn", clusterName: "a",
			want: kubeconfig.Origin{Platform: "eks", Location: "cn-north-1"}},
		{context: "a", server: "https://azmk8s.io.example", clusterName: "a"},
		{context: "gke_acme-1_us-east1_east", server: "https://gke-0a1b.us-east1.gke.goog", want: gke, clusterName: "east"},
		{context: "kind-east", server: "https://127.0.0.1:34567", want: kind, clusterName: "east"},
		{context: "kind-of-blue", server: "https://a.hcp.eastus.azmk8s.io", clusterName: "of-blue",
			want: kubeconfig.Origin{Platform: "aks", Location: "eastus"}},
	}
	for _, tt := range tests {
		t.Run(tt.context, func(t *testing.T) {
			cluster, server := "c", "https://203.0.113.1"
			if tt.cluster != "" {
				cluster = tt.cluster
			}
			if tt.server != "" {
				server = tt.server
			}
			got, err := kubeconfig.Contexts(clientcmdapi.Config{
				Contexts: map[string]*clientcmdapi.Context{tt.context: {Cluster: cluster}},
				Clusters: map[string]*clientcmdapi.Cluster{cluster: {Server: server}},
			}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got[0].Origin); diff != "" {
				t.Error(diff)
			}
			if got[0].ClusterName != tt.clusterName {
				t.Errorf("got %s, want %s", got[0].ClusterName, tt.clusterName)
			}
		})
	}
}
