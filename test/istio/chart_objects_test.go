package istio

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	meshconfig "istio.io/api/mesh/v1alpha1"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// declaredMesh is what mesh.yaml of a scenario says of its control planes.
type declaredMesh struct {
	Metadata struct{ Name string }
	Spec     struct {
		Istio    declaredIstio
		Clusters []declaredCluster
	}
}

type declaredIstio struct{ Revision, Namespace string }

type declaredCluster struct {
	Name, ClusterID, Network, ControlPlane string
	Istio                                  declaredIstio
	Gateway                                struct{ AddressesOnly bool }
	mesh                                   string
}

// declared returns what a scenario says of a cluster: mesh.yaml, and what it leaves open from the facts of the cluster and
// from what holds for all of them.
func declared(t *testing.T, dir, name string) declaredCluster {
	t.Helper()
	var mesh declaredMesh
	decodeFile(t, filepath.Join(dir, "mesh.yaml"), &mesh)
	i := slices.IndexFunc(mesh.Spec.Clusters, func(c declaredCluster) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("mesh.yaml has no cluster %s", name)
	}
	c := mesh.Spec.Clusters[i]
	var facts struct{ Spec declaredCluster }
	if path := filepath.Join(dir, "clusters", name+".yaml"); isFile(path) {
		decodeFile(t, path, &facts)
	}
	c.mesh = mesh.Metadata.Name
	c.ClusterID = cmp.Or(c.ClusterID, facts.Spec.ClusterID, name)
	c.Network = cmp.Or(c.Network, facts.Spec.Network)
	c.Istio.Revision = cmp.Or(c.Istio.Revision, mesh.Spec.Istio.Revision, facts.Spec.Istio.Revision)
	c.Istio.Namespace = cmp.Or(c.Istio.Namespace, mesh.Spec.Istio.Namespace, facts.Spec.Istio.Namespace, istioNamespace)
	return c
}

func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func decodeFile(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("decode %s: %v", path, err)
	}
}

// suffixed is the name of what there is once per revision.
func (c declaredCluster) suffixed(name string) string {
	if c.Istio.Revision == "" {
		return name
	}
	return name + "-" + c.Istio.Revision
}

// chartOutput is what a chart makes of our values.
type chartOutput struct {
	cluster declaredCluster
	release istiod.Release
	values  map[string]any
	objects []*unstructured.Unstructured
}

// wantControlPlane looks at chart istiod: what istiod runs with, or, in a cluster without one, what leads to that of
// another cluster.
func (o chartOutput) wantControlPlane(t *testing.T) {
	t.Helper()
	if o.release.Namespace != o.cluster.Istio.Namespace {
		t.Errorf("namespace of the release: got %s, want %s", o.release.Namespace, o.cluster.Istio.Namespace)
	}
	if o.cluster.ControlPlane != "" {
		o.wantForeignControlPlane(t)
		return
	}
	deployment := &appsv1.Deployment{}
	o.get(t, "Deployment", o.cluster.suffixed("istiod"), deployment)
	want := map[string]string{
		"CLUSTER_ID": o.cluster.ClusterID, "REVISION": cmp.Or(o.cluster.Istio.Revision, "default"),
	}
	for name, value := range o.mapAt("env") {
		want[name] = fmt.Sprint(value)
	}
	if external, _, _ := unstructured.NestedBool(o.values, "global", "externalIstiod"); external {
		want["EXTERNAL_ISTIOD"] = "true"
	}
	wantEnvironment(t, deployment.Spec.Template.Spec.Containers[0].Env, want)
	o.wantMeshConfig(t)
	o.wantInjector(t)
	o.wantWebhook(t, "/inject")
}

func wantEnvironment(t *testing.T, env []corev1.EnvVar, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		i := slices.IndexFunc(env, func(v corev1.EnvVar) bool { return v.Name == name })
		if i < 0 {
			t.Errorf("environment: %s is not set, want %q", name, want[name])
		} else if env[i].Value != want[name] {
			t.Errorf("environment: %s: got %q, want %q", name, env[i].Value, want[name])
		}
	}
}

// wantMeshConfig reads the mesh configuration as strictly as it can be read, and compares what it says of the mesh.
func (o chartOutput) wantMeshConfig(t *testing.T) {
	t.Helper()
	configMap := &corev1.ConfigMap{}
	o.get(t, "ConfigMap", o.cluster.suffixed("istio"), configMap)
	config := &meshconfig.MeshConfig{}
	unmarshalStrictly(t, configMap.Data["mesh"], config)
	domain, _, _ := unstructured.NestedString(o.values, "meshConfig", "trustDomain")
	if got := config.TrustDomain; got != domain {
		t.Errorf("trust domain: got %q, want %q", got, domain)
	}
	if got := config.DefaultConfig.GetMeshId(); got != o.cluster.mesh {
		t.Errorf("mesh ID: got %q, want %q", got, o.cluster.mesh)
	}
	networks := &meshconfig.MeshNetworks{}
	unmarshalStrictly(t, configMap.Data["meshNetworks"], networks)
	if got, want := len(networks.Networks), len(o.mapAt("global", "meshNetworks")); got != want {
		t.Errorf("networks of ConfigMap %s: got %d, want %d", configMap.Name, got, want)
	}
}

// unmarshalStrictly takes no field that Istio does not know.
func unmarshalStrictly(t *testing.T, text string, into proto.Message) {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err == nil {
		err = protojson.Unmarshal(asJSON, into)
	}
	if err != nil {
		t.Errorf("decode what istiod reads: %v\n%s", err, text)
	}
}

// wantInjector: what a sidecar learns of its cluster.
func (o chartOutput) wantInjector(t *testing.T) {
	t.Helper()
	configMap := &corev1.ConfigMap{}
	o.get(t, "ConfigMap", o.cluster.suffixed("istio-sidecar-injector"), configMap)
	var values struct {
		Global struct {
			Network      string
			MeshID       string
			MultiCluster struct{ ClusterName string }
		}
	}
	if err := json.Unmarshal([]byte(configMap.Data["values"]), &values); err != nil {
		t.Fatal(err)
	}
	got := []string{values.Global.Network, values.Global.MeshID, values.Global.MultiCluster.ClusterName}
	if want := []string{o.cluster.Network, o.cluster.mesh, o.cluster.ClusterID}; !slices.Equal(got, want) {
		t.Errorf("network, mesh and cluster that the injector knows: got %q, want %q", got, want)
	}
}

// wantWebhook: the webhook that injects sidecars calls the Service of istiod at this path.
func (o chartOutput) wantWebhook(t *testing.T, path string) {
	t.Helper()
	name := o.cluster.suffixed("istio-sidecar-injector")
	if o.release.Namespace != istioNamespace {
		name += "-" + o.release.Namespace
	}
	config := &admissionv1.MutatingWebhookConfiguration{}
	o.get(t, "MutatingWebhookConfiguration", name, config)
	service := &corev1.Service{}
	o.get(t, "Service", o.cluster.suffixed("istiod"), service)
	for _, webhook := range config.Webhooks {
		called := webhook.ClientConfig.Service
		got := []string{called.Namespace, called.Name, *called.Path}
		if want := []string{service.Namespace, service.Name, path}; !slices.Equal(got, want) {
			t.Errorf("webhook %s calls %q, want %q", webhook.Name, got, want)
		}
	}
}

// wantForeignControlPlane: a remote has no istiod, and Service istiod leads to where mesh.yaml says.
func (o chartOutput) wantForeignControlPlane(t *testing.T) {
	t.Helper()
	for _, object := range o.objects {
		if object.GetKind() == "Deployment" {
			t.Errorf("a remote gets Deployment %s", object.GetName())
		}
	}
	path := "/inject/cluster/" + o.cluster.ClusterID
	if o.cluster.Network != "" {
		path += "/net/" + o.cluster.Network
	}
	o.wantWebhook(t, path)
	address, _, _ := unstructured.NestedString(o.values, "global", "remotePilotAddress")
	service := &corev1.Service{}
	o.get(t, "Service", o.cluster.suffixed("istiod"), service)
	if _, err := netip.ParseAddr(address); err != nil {
		if service.Spec.ExternalName != address {
			t.Errorf("Service istiod leads to %q, want %q", service.Spec.ExternalName, address)
		}
		return
	}
	slice := &discoveryv1.EndpointSlice{}
	o.get(t, "EndpointSlice", service.Name, slice)
	if got := slice.Endpoints[0].Addresses; !slices.Equal(got, []string{address}) {
		t.Errorf("Service istiod leads to %q, want %q", got, address)
	}
}

// wantZtunnel: a ztunnel asks the istiod of its cluster, and says where it is.
func (o chartOutput) wantZtunnel(t *testing.T) {
	t.Helper()
	daemonSet := &appsv1.DaemonSet{}
	o.get(t, "DaemonSet", "ztunnel", daemonSet)
	istiod := o.cluster.suffixed("istiod") + "." + o.cluster.Istio.Namespace + ".svc:15012"
	wantEnvironment(t, daemonSet.Spec.Template.Spec.Containers[0].Env, map[string]string{
		"ISTIO_META_CLUSTER_ID": o.cluster.ClusterID, "NETWORK": o.cluster.Network, "CA_ADDRESS": istiod, "XDS_ADDRESS": istiod,
	})
}

// wantGateway: our Gateway selects the pods of the release, and its Service has the network and the port that others
// are told.
func (o chartOutput) wantGateway(t *testing.T, dir string) {
	t.Helper()
	deployment, service := &appsv1.Deployment{}, &corev1.Service{}
	o.get(t, "Deployment", o.release.Name, deployment)
	o.get(t, "Service", o.release.Name, service)
	pod := labels.Set(deployment.Spec.Template.Labels)
	if selectors := gatewaySelectors(t, dir); !slices.ContainsFunc(selectors, func(selector map[string]string) bool {
		return labels.SelectorFromSet(selector).Matches(pod)
	}) {
		t.Errorf("no Gateway selects the pods of %s: they have %v, selectors are %v", o.release.Name, pod, selectors)
	}
	if !labels.SelectorFromSet(service.Spec.Selector).Matches(pod) {
		t.Errorf("Service %s does not select the pods of its Deployment", service.Name)
	}
	network := o.cluster.Network
	if o.cluster.Gateway.AddressesOnly { // istiod is not to discover the Service
		network = ""
	}
	if got := service.Labels["topology.istio.io/network"]; got != network {
		t.Errorf("network of Service %s: got %q, want %q", service.Name, got, network)
	}
	if got := pod["istio.io/rev"]; got != o.cluster.Istio.Revision {
		t.Errorf("revision of the pods: got %q, want %q", got, o.cluster.Istio.Revision)
	}
	port := cmp.Or(service.Labels["networking.istio.io/gatewayPort"], "15443")
	if !slices.ContainsFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return fmt.Sprint(p.Port) == port }) {
		t.Errorf("Service %s does not have port %s", service.Name, port)
	}
}

// gatewaySelectors returns which pods the Gateways of networking.istio.io in a rendered tree select.
func gatewaySelectors(t *testing.T, dir string) []map[string]string {
	t.Helper()
	var selectors []map[string]string
	files := os.DirFS(filepath.Join(dir, "want", "deploy"))
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".yaml" || strings.HasPrefix(name, "helm/") || strings.HasPrefix(name, "redacted/") {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		objects, err := istiod.Decode(text)
		for _, object := range objects {
			if object.GetKind() == "Gateway" && strings.HasPrefix(object.GetAPIVersion(), "networking.istio.io/") {
				selector, _, _ := unstructured.NestedStringMap(object.Object, "spec", "selector")
				selectors = append(selectors, selector)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return selectors
}

func (o chartOutput) mapAt(path ...string) map[string]any {
	inner, _, _ := unstructured.NestedMap(o.values, path...)
	return inner
}

// get decodes the object of a kind and a name.
func (o chartOutput) get(t *testing.T, kind, name string, into any) {
	t.Helper()
	var others []string
	for _, object := range o.objects {
		if object.GetKind() != kind {
			continue
		}
		if object.GetName() == name {
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, into); err != nil {
				t.Fatal(err)
			}
			return
		}
		others = append(others, object.GetName())
	}
	t.Fatalf("%s %s of chart %s: there is none, but %s", kind, name, o.release.Chart, strings.Join(others, ", "))
}
