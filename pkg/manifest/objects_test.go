package manifest

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	gatewayapi "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"
	"sigs.k8s.io/kustomize/api/types"
)

func serviceAccount() *corev1.ServiceAccountApplyConfiguration {
	return corev1.ServiceAccount("istio-reader-east", "istio-system").WithLabels(map[string]string{
		"app.kubernetes.io/managed-by": "kubectl-mesh",
		"mesh.example.com/cluster":     "east",
	})
}

func roleBinding() *rbacv1.RoleBindingApplyConfiguration {
	return rbacv1.RoleBinding("istio-reader-east", "istio-system").
		WithLabels(map[string]string{"app.kubernetes.io/managed-by": "kubectl-mesh"}).
		WithRoleRef(rbacv1.RoleRef().WithAPIGroup("rbac.authorization.k8s.io").WithKind("Role").WithName("istio-reader")).
		WithSubjects(rbacv1.Subject().WithKind("ServiceAccount").WithName("istio-reader-east").WithNamespace("istio-system"))
}

func role() *rbacv1.ClusterRoleApplyConfiguration {
	return rbacv1.ClusterRole("istio-reader").WithRules(
		rbacv1.PolicyRule().WithAPIGroups("").WithResources("*").WithVerbs("get", "list", "watch"),
		rbacv1.PolicyRule().WithAPIGroups("networking.istio.io", "*").WithResources("*").WithVerbs("*"),
		rbacv1.PolicyRule().WithNonResourceURLs("/healthz", "/version/*").WithVerbs("get"),
		rbacv1.PolicyRule(),
	)
}

func secret() *corev1.SecretApplyConfiguration {
	return corev1.Secret("istio-remote-secret-east", "istio-system").
		WithLabels(map[string]string{"istio/multiCluster": "true"}).
		WithAnnotations(map[string]string{"networking.istio.io/cluster": "east"}).
		WithStringData(map[string]string{"east": kubeconfig()}).
		WithType("Opaque")
}

// kubeconfig is about 2 KB, like a real one.
func kubeconfig() string {
	doc, err := Encode(config())
	if err != nil {
		panic(err)
	}
	return string(doc)
}

func config() *clientcmdapi.Config {
	return &clientcmdapi.Config{
		Kind: "Config", APIVersion: "v1", CurrentContext: "east",
		Clusters: map[string]*clientcmdapi.Cluster{"east": {
			Server: "https://10.0.0.1:443", CertificateAuthorityData: []byte(strings.Repeat("certificate authority\n", 40)),
		}},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{"east": {Token: "eyJhbGciOiJSUzI1NiIsImtpZCI6Ik." + strings.Repeat("eyJpc3Mi", 60)}},
		Contexts:  map[string]*clientcmdapi.Context{"east": {Cluster: "east", AuthInfo: "east"}},
	}
}

func execConfig() clientcmdapi.Config {
	c := *clientcmdapi.NewConfig()
	c.Preferences.Colors = true
	c.Clusters["gke_p_europe-west1_c1"] = &clientcmdapi.Cluster{Server: "https://[::1]:6443", TLSServerName: "kubernetes", ProxyURL: "http://p:3128"}
	c.AuthInfos["exec"] = &clientcmdapi.AuthInfo{
		LocationOfOrigin: "/home/me/.kube/config", ClientKeyData: []byte{0xff, 0}, ImpersonateGroups: []string{"system:masters"},
		ImpersonateUserExtra: map[string][]string{"a": {"b"}},
		Exec: &clientcmdapi.ExecConfig{
			APIVersion: "client.authentication.k8s.io/v1beta1", Command: "gke-gcloud-auth-plugin", Args: []string{"--flag", "a b"},
			Env: []clientcmdapi.ExecEnvVar{{Name: "A", Value: "1"}}, InstallHint: "Install it:\n  gcloud components install\n",
			InteractiveMode: "IfAvailable",
		},
	}
	c.AuthInfos["provider"] = &clientcmdapi.AuthInfo{AuthProvider: &clientcmdapi.AuthProviderConfig{Name: "oidc", Config: map[string]string{"x": "y"}}}
	c.Contexts["none"] = nil
	c.Extensions["ext"] = &runtime.Unknown{Raw: []byte(`{"b":"1","a":[1,2.50]}`), ContentType: "application/json"}
	return c
}

func gateway() *gatewayv1.GatewayApplyConfiguration {
	return gatewayv1.Gateway("peer-east", "istio-gateways").
		WithLabels(map[string]string{"topology.istio.io/network": "east-net"}).
		WithAnnotations(map[string]string{"gateway.istio.io/trust-domain": "cluster.local", "note": "written by hand: do not edit, " + strings.Repeat("word ", 20)}).
		WithSpec(gatewayv1.GatewaySpec().WithGatewayClassName("istio-remote").
			WithAddresses(gatewayv1.GatewaySpecAddress().WithType(gatewayapi.IPAddressType).WithValue("34.0.0.1")).
			WithListeners(
				gatewayv1.Listener().WithName("mesh").WithPort(15008).WithProtocol("HBONE").WithTLS(
					gatewayv1.ListenerTLSConfig().WithMode(gatewayapi.TLSModePassthrough).
						WithOptions(map[gatewayapi.AnnotationKey]gatewayapi.AnnotationValue{"gateway.istio.io/listener-protocol": "auto-passthrough", "b": "false"})),
				gatewayv1.Listener().WithName("xds").WithPort(15012).WithHostname("*.east").WithAllowedRoutes(
					gatewayv1.AllowedRoutes().WithNamespaces(gatewayv1.RouteNamespaces().WithFrom(gatewayapi.NamespacesFromSame))),
			))
}

func service() *corev1.ServiceApplyConfiguration {
	return corev1.Service("istiod", "istio-system").WithSpec(corev1.ServiceSpec().WithPorts(
		corev1.ServicePort().WithName("https").WithPort(443).WithTargetPort(intstr.FromInt32(15017)),
		corev1.ServicePort().WithName("http2").WithPort(80).WithTargetPort(intstr.FromString("8080")),
	).WithSelector(map[string]string{"app": "istiod"}))
}

func kustomization() types.Kustomization {
	return types.Kustomization{
		TypeMeta:   types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind},
		Resources:  []string{"../../base", "peers.yaml", "1.yaml", "*.yaml"},
		Components: []string{"../components/cacerts"},
		Labels:     []types.Label{{Pairs: map[string]string{"a": "true"}, IncludeSelectors: true}},
		Patches:    []types.Patch{{Patch: "- op: remove\n  path: /spec\n", Target: &types.Selector{LabelSelector: "a=b"}}},
		SecretGenerator: []types.SecretArgs{{
			GeneratorArgs: types.GeneratorArgs{Name: "cacerts", Namespace: "istio-system", KvPairSources: types.KvPairSources{FileSources: []string{"ca-cert.pem=ca.pem"}}},
			Type:          "Opaque",
		}},
		GeneratorOptions: &types.GeneratorOptions{DisableNameSuffixHash: true},
		Replacements:     []types.ReplacementField{{Replacement: types.Replacement{Targets: []*types.TargetSelector{{FieldPaths: []string{"spec.a"}}}}}},
	}
}

// fastObjects are what the program writes by the thousand.
func fastObjects() map[string]any {
	return map[string]any{
		"service account": serviceAccount(),
		"role binding":    roleBinding(),
		"role":            role(),
		"secret":          secret(),
		"data secret":     corev1.Secret("cacerts", "istio-system").WithData(map[string][]byte{"ca-cert.pem": []byte("x\n"), "key": {}}),
		"namespace":       corev1.Namespace("istio-system").WithLabels(map[string]string{"topology.istio.io/network": "east"}),
		"gateway":         gateway(),
		"service":         service(),
		"config":          config(),
		"config value":    *config(),
		"exec config":     execConfig(),
		"empty config":    clientcmdapi.Config{},
		"kustomization":   kustomization(),
		"kustomization p": &types.Kustomization{},
		"untyped":         map[string]any{"kind": "List", "items": []any{map[string]any{"a": int64(1)}, nil, true, "true", 1.5}},
		"unstructured":    (&unstructured.Unstructured{Object: map[string]any{"kind": "K", "spec": map[string]any{"b": "x", "a": "1"}}}).Object,
		"labels":          map[string]string{"istio/multiCluster": "true", "a": "b"},
	}
}

func TestObjectsNeedNoLibrary(t *testing.T) {
	for name, obj := range fastObjects() {
		t.Run(name, func(t *testing.T) { checkFast(t, obj) })
	}
}

func TestPlainObjectsAreTheLibrarys(t *testing.T) {
	for name, obj := range map[string]any{
		"unstructured": &unstructured.Unstructured{Object: map[string]any{"kind": "K", "apiVersion": "v1"}},
		"quoted name":  corev1.Secret("1e3", "on").WithStringData(map[string]string{"on": "off", "a b: c": "\tx\n", "1": "2"}),
	} {
		t.Run(name, func(t *testing.T) { checkSame(t, obj) })
	}
}

func TestEncodeText(t *testing.T) {
	obj := corev1.Secret("east", "istio-system").
		WithLabels(map[string]string{"istio/multiCluster": "true", "app": "a"}).
		WithStringData(map[string]string{"east": "kind: Config\nusers: []\n", "on": "x\n\ny", "*": "10.0.0.1", "n": ""}).
		WithData(map[string][]byte{"k": []byte("key")})
	want := `apiVersion: v1
data:
  k: a2V5
kind: Secret
metadata:
  labels:
    app: a
    istio/multiCluster: "true"
  name: east
  namespace: istio-system
stringData:
  '*': 10.0.0.1
  east: |
    kind: Config
    users: []
  "n": ""
  "on": |-
    x

    y
`
	got, err := Encode(obj)
	if err != nil || string(got) != want {
		t.Errorf("error %v, text:\n%s\nwant:\n%s", err, got, want)
	}
}

func TestAppendStream(t *testing.T) {
	a, b := []byte("a: 1\n"), []byte("b: 2\n")
	for _, c := range []struct{ got, want string }{
		{string(AppendStream(nil)), ""},
		{string(AppendStream(nil, a)), "a: 1\n"},
		{string(AppendStream(nil, a, b)), "a: 1\n---\nb: 2\n"},
		{string(AppendStream(AppendStream(nil, a), b, a)), "a: 1\n---\nb: 2\n---\na: 1\n"},
	} {
		if c.got != c.want {
			t.Errorf("stream %q, want %q", c.got, c.want)
		}
	}
}
