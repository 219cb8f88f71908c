package render_test

import (
	"bufio"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// objectTable says which objects each cluster gets, and so which it does not: what stands here is
// all. Beside objects by kind and name it has words for those that come together:
//
//	remote:X   the Secret with which the control plane here reads X
//	reader:X   the account of X here, its two bindings and its token, and the roles of all readers
//	user:X     the two bindings of X's istiod, which is a user here, and the roles of all readers
//	chart      the token of the account that Istio's charts install
//	plane      the four objects with which a control plane elsewhere serves this cluster
//	gateway    the east-west gateway of a sidecar or an ambient cluster; istiod: the routes to istiod behind it
//	peering    Solo's east-west gateway and its namespace
//	peer:X     the Gateway that tells where X is
//	ns:X       the namespace of Istio is X
const objectTable = `
two-clusters
  east            remote:west reader:west
  west            remote:east reader:east
single-vpc
  cluster-1       remote:cluster-2 reader:cluster-2
  cluster-2       remote:cluster-1 reader:cluster-1
gke-mesh
  cluster-name-1  remote:cluster-name-2 remote:cluster-name-3 remote:cluster-name-4 reader:cluster-name-2 reader:cluster-name-3 reader:cluster-name-4
  cluster-name-2  remote:cluster-name-1 remote:cluster-name-3 remote:cluster-name-4 reader:cluster-name-1 reader:cluster-name-3 reader:cluster-name-4
  cluster-name-3  remote:cluster-name-1 remote:cluster-name-2 remote:cluster-name-4 reader:cluster-name-1 reader:cluster-name-2 reader:cluster-name-4
  cluster-name-4  remote:cluster-name-1 remote:cluster-name-2 remote:cluster-name-3 reader:cluster-name-1 reader:cluster-name-2 reader:cluster-name-3
rotation
  east            reader:west Secret/mesh-reader-west-token-2
  north
  west            remote:east
gke-fleet
  cluster-1       ConfigMap/asm-options
  cluster-2       ConfigMap/asm-options
  cluster-3       ConfigMap/asm-options
gke-three-regions
  central         remote:east remote:west gateway istiod
  east            reader:central plane
  west            reader:central plane
firewalls
  north           remote:shop remote:south reader:abroad reader:shop reader:south gateway
  south           remote:north remote:shop reader:north reader:shop
  shop            remote:north remote:south reader:edge reader:north reader:south
  edge            remote:shop
  abroad          remote:north
shared-control-plane
  cluster1        remote:cluster2 Gateway.networking.istio.io/cluster-aware-gateway Gateway.networking.istio.io/istiod-gateway VirtualService.networking.istio.io/istiod-vs
  cluster2        chart
mixed-topologies
  north           remote:edge remote:shore remote:south gateway istiod TLSRoute/tls-istiodwebhook-https Namespace/istio-gateways Gateway.networking.istio.io/cross-network-gateway
  edge            reader:north plane
  shore           reader:north plane
  south           reader:north gateway
federated
  east            remote:west remote:edge user:west
  west            remote:east remote:edge user:east gateway istiod
  edge            user:east user:west plane
multi-network
  lima            remote:oslo remote:quito remote:rome reader:oslo reader:quito reader:rome gateway
  oslo            remote:lima remote:quito remote:rome reader:lima reader:quito reader:rome gateway
  quito           remote:lima remote:oslo remote:rome reader:lima reader:oslo reader:rome gateway
  rome            remote:lima remote:oslo remote:quito reader:lima reader:oslo reader:quito gateway
ambient-networks
  lima            remote:oslo remote:rome reader:oslo reader:rome gateway
  oslo            remote:lima remote:rome reader:lima reader:rome gateway peer:lima
  rome            remote:lima remote:oslo reader:lima reader:oslo peer:lima
solo-ambient
  cluster1        peering peer:cluster2 peer:cluster3
  cluster2        peering peer:cluster1
  cluster3        peering
solo-flat
  hub             peering peer:spoke1 peer:spoke2
  spoke1          peering peer:hub
  spoke2          peering peer:hub
hub-and-spoke
  hub             remote:spoke-a remote:spoke-b remote:spoke-c reader:spoke-a reader:spoke-b reader:spoke-c
  spoke-a         remote:hub reader:hub
  spoke-b         remote:hub reader:hub
  spoke-c         remote:hub reader:hub
one-way
  shop-a          remote:core
  shop-b          remote:core
  core            remote:vault reader:shop-a reader:shop-b
  vault           reader:core
shared-account
  charts          remote:mine remote:yours chart
  mine            remote:charts remote:yours ServiceAccount/mesh.peers RoleBinding/mesh.peers ClusterRoleBinding/mesh.peers Secret/mesh.peers-istio-remote-secret-token Role/mesh-reader ClusterRole/mesh-reader
  yours           remote:charts remote:mine reader:charts reader:mine
revisions
  alpha           remote:beta remote:gamma reader:beta reader:gamma
  beta            remote:alpha remote:gamma reader:alpha reader:gamma
  gamma           remote:alpha remote:beta reader:alpha reader:beta ns:mesh-control
keys-in-clusters
  east            remote:west reader:west Secret/cacerts
  west            remote:east reader:east Secret/cacerts
cert-manager
  east            remote:west reader:west Certificate/cacerts
  west            remote:east reader:east Certificate/cacerts
external-certificates
  east            remote:west reader:west ExternalSecret/cacerts
  west            remote:east reader:east ExternalSecret/cacerts
behind-nat
  cloud           ExternalSecret/istio-remote-secret-edge ExternalSecret/istio-remote-secret-metal reader:edge reader:metal gateway peer:edge peer:metal
  edge            ExternalSecret/istio-remote-secret-cloud ExternalSecret/istio-remote-secret-metal reader:cloud reader:metal Gateway.networking.istio.io/cross-network-gateway peer:metal
  metal           ExternalSecret/istio-remote-secret-cloud ExternalSecret/istio-remote-secret-edge reader:cloud reader:edge gateway ConfigMap/istio-eastwestgateway-service peer:edge
external-readers
  east            ExternalSecret/istio-remote-secret-west reader:west
  west            ExternalSecret/istio-remote-secret-east chart
sealed
  flux            remote:argo remote:bare reader:argo reader:bare
  argo            remote:bare remote:flux reader:bare reader:flux
  bare            remote:argo remote:flux reader:argo reader:flux
admission-policy
  east            remote:edge remote:west reader:west ValidatingAdmissionPolicy/mesh-remote-secrets ValidatingAdmissionPolicyBinding/mesh-remote-secrets
  west            remote:east remote:edge reader:east gateway istiod ValidatingAdmissionPolicy/mesh-remote-secrets ValidatingAdmissionPolicyBinding/mesh-remote-secrets
  edge            reader:east reader:west plane
every-field
  east            remote:west reader:edge reader:west
  west            remote:east reader:east
  edge            remote:east
facts
  north           remote:centre remote:south reader:centre reader:south
  south           remote:centre remote:north reader:centre reader:north
  centre          remote:north remote:south chart
odd-names
  1e3             remote:2024-01-02 remote:null remote:rbac reader:2024-01-02 reader:null reader:rbac gateway
  2024-01-02      remote:1e3 remote:null remote:rbac reader:1e3 reader:null reader:rbac gateway
  null            remote:1e3 remote:2024-01-02 remote:rbac reader:1e3 reader:2024-01-02 reader:rbac gateway
  rbac            remote:1e3 remote:2024-01-02 remote:null reader:1e3 reader:2024-01-02 reader:null gateway ns:0
`

func TestObjectsOfScenarios(t *testing.T) {
	table := parseObjectTable(t)
	eachScenario(t, func(t *testing.T, s scenario) {
		if got := slices.Sorted(maps.Keys(table[s.name])); !slices.Equal(got, s.clusters()) {
			t.Errorf("the table is about %q, and the scenario about %q", got, s.clusters())
		}
		for _, cluster := range s.clusters() {
			var got []string
			for _, o := range objects(t, yamlOf(t, compile(t, s.Input, cluster, render.Options{Secrets: true}))) {
				got = append(got, idOf(o))
			}
			slices.Sort(got)
			if diff := cmp.Diff(expandObjects(table[s.name][cluster]), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", cluster, diff)
			}
		}
	})
}

// parseObjectTable returns the words by scenario and cluster.
func parseObjectTable(t *testing.T) map[string]map[string][]string {
	t.Helper()
	table := map[string]map[string][]string{}
	var name string
	lines := bufio.NewScanner(strings.NewReader(strings.TrimSpace(objectTable)))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if !strings.HasPrefix(lines.Text(), " ") {
			name, table[words[0]] = words[0], map[string][]string{}
		} else {
			table[name][words[0]] = words[1:]
		}
	}
	return table
}

// idOf is the kind, with its group where another one has such a kind, and the name.
func idOf(o object) string {
	kind := fmt.Sprint(o["kind"])
	if group, _, found := strings.Cut(fmt.Sprint(o["apiVersion"]), "/"); found && group == "networking.istio.io" {
		kind += "." + group
	}
	return kind + "/" + fmt.Sprint(o.at("metadata", "name"))
}

// expandObjects turns words into objects, sorted, without duplicates.
func expandObjects(words []string) []string {
	home := "istio-system"
	var all []string
	for _, word := range words {
		what, who, _ := strings.Cut(word, ":")
		switch what {
		case "ns":
			home = who
		case "remote":
			all = append(all, "Secret/istio-remote-secret-"+who)
		case "reader":
			account := "mesh-reader-" + who
			all = append(all, "ServiceAccount/"+account, "RoleBinding/"+account, "ClusterRoleBinding/"+account,
				"Secret/"+account+"-token-1", "Role/mesh-reader", "ClusterRole/mesh-reader")
		case "user":
			account := "mesh-reader-" + who
			all = append(all, "RoleBinding/"+account, "ClusterRoleBinding/"+account, "Role/mesh-reader", "ClusterRole/mesh-reader")
		case "chart":
			all = append(all, "Secret/istio-reader-service-account-istio-remote-secret-token")
		case "plane":
			all = append(all, "Role/mesh-control-plane", "ClusterRole/mesh-control-plane", "RoleBinding/mesh-control-plane", "ClusterRoleBinding/mesh-control-plane")
		case "gateway":
			all = append(all, "Gateway/istio-eastwestgateway")
		case "istiod":
			all = append(all, "TLSRoute/tls-istiod", "TLSRoute/tls-istiodwebhook")
		case "peering":
			all = append(all, "Namespace/istio-eastwest", "Gateway/istio-eastwest")
		case "peer":
			all = append(all, "Gateway/istio-remote-peer-"+who)
		default:
			all = append(all, word)
		}
	}
	all = append(all, "Namespace/"+home)
	slices.Sort(all)
	return slices.Compact(all)
}
