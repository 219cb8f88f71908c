package istio

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/proxy"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

// The pods of each cluster apart from the server of the sample.
const (
	clientName  = "curl-7d4f9c8b6-m2xkd"
	gatewayName = "istio-eastwestgateway-istio-6c8d5f7b9-t4zqp"
)

// packetMesh is a mesh whose pods run.
type packetMesh struct {
	*mesh
	programs proxy.Programs
	self     string                     // this binary, in the sandbox
	networks []sandbox.Network          // by member
	sidecars []*sandbox.Pod             // the pods of the sample
	clients  map[string]*sandbox.Pod    // of the sample, by cluster
	gateways map[string]*gatewayProcess // by cluster
}

func newPacketMesh(t *testing.T, line istiod.Line, top topology) *packetMesh {
	t.Helper()
	names := []string{"istiod.istio-system.svc", "helloworld.sample", istiod.Host}
	networks, err := sandbox.Build(len(top.members), names)
	if err != nil {
		t.Fatal(err)
	}
	p := &packetMesh{networks: networks, clients: map[string]*sandbox.Pod{}, gateways: map[string]*gatewayProcess{}}
	if p.programs, err = proxy.Install(t.Context(), line); err != nil {
		t.Fatal(err)
	}
	if top.ambient {
		if p.programs, err = p.programs.WithZtunnel(t.TempDir()); err != nil {
			t.Fatal(err)
		}
	}
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if p.self, err = sandbox.Install(executable); err != nil {
		t.Fatal(err)
	}
	p.mesh = newMesh(t, line, top)
	p.pin(t, p.rootsOf(t)) // or check warns
	sandbox.Forward(t, 15012, p.istiodOf)
	for i, member := range p.members {
		p.startPods(t, member, networks[i])
		p.serveExec(t, member)
		p.obeyRestarts(t, member)
	}
	p.wantSynced(t, p.members...)
	p.wantSeen(t, p.members...)
	return p
}

// istiodOf is where the pods of a network find the istiod that serves them.
func (m *packetMesh) istiodOf(pod string) (string, bool) {
	for i, member := range m.members {
		if m.networks[i].Has(pod) {
			return m.serving(member).Secure(), true
		}
	}
	return "", false
}

// startPods starts the server and the client of the sample and the gateway.
func (m *packetMesh) startPods(t *testing.T, member member, network sandbox.Network) {
	t.Helper()
	server := network.Pod(t, "hello-"+member.name, member.pod, sandbox.Options{Capture: true})
	server.Run(t, "hello", sandbox.AppUser, nil, m.self, workloadCommand, "serve", member.name, workloadName)
	m.startProxy(t, member, server, workloadName, "helloworld")

	client := network.Pod(t, "curl-"+member.name, network.Address(20), sandbox.Options{Capture: true})
	m.createPod(t, member, clientPod(), client.Address)
	m.clients[member.name] = client
	m.startProxy(t, member, client, clientName, "curl")

	m.sidecars = append(m.sidecars, server, client)

	m.startGatewayPod(t, member, network)
	for _, pod := range []*sandbox.Pod{server, client, m.gateways[member.name].pod} {
		eventually(t, "the proxy of "+pod.Name+" is ready", func(ctx context.Context) error { return proxy.Ready(ctx, pod) })
	}
}

// clientPod is the client of the sample, as its Deployment and the injection webhook would have made it.
func clientPod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: clientName, Namespace: "sample", Labels: map[string]string{"app": "curl", "security.istio.io/tlsMode": "istio"},
			Annotations: map[string]string{"ambient.istio.io/redirection": "enabled"},
		},
		Spec: corev1.PodSpec{
			NodeName: workloadNode, ServiceAccountName: "curl",
			Containers: []corev1.Container{{Name: "curl", Image: "curl"}, {Name: "istio-proxy", Image: "proxyv2"}},
		},
	}
}

// createPod does what a scheduler and a kubelet do: the pod runs, at an address.
func (m *packetMesh) createPod(t *testing.T, member member, pod *corev1.Pod, address string) {
	t.Helper()
	pods := m.client(t, member.name).CoreV1().Pods(pod.Namespace)
	created, err := pods.Create(t.Context(), pod, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	created.Status = corev1.PodStatus{
		Phase: corev1.PodRunning, PodIP: address, PodIPs: []corev1.PodIP{{IP: address}},
		Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
	}
	if _, err := pods.UpdateStatus(t.Context(), created, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// startProxy starts what carries the calls of a pod of the sample.
func (m *packetMesh) startProxy(t *testing.T, member member, pod *sandbox.Pod, name, account string) {
	t.Helper()
	if m.ambient {
		m.startZtunnel(t, member, pod, name, account)
		return
	}
	m.startSidecar(t, member, pod, name, account)
}

// startSidecar starts the proxy of a pod of the sample.
func (m *packetMesh) startSidecar(t *testing.T, member member, pod *sandbox.Pod, name, account string) {
	t.Helper()
	m.mountVolumes(t, member, pod, "sample", name, account)
	m.programs.Start(t, pod, proxy.Proxy{Kind: "sidecar", Namespace: "sample", Pod: name, Account: account, Env: map[string]string{
		"ISTIO_META_CLUSTER_ID": member.clusterID(), "ISTIO_META_NETWORK": member.network, "ISTIO_META_MESH_ID": "shop",
		"ISTIO_META_INTERCEPTION_MODE": "REDIRECT",
	}})
}

// mountVolumes gives a proxy its token, and the roots that it believes, in step with their ConfigMap as a kubelet does.
func (m *packetMesh) mountVolumes(t *testing.T, member member, pod *sandbox.Pod, namespace, name, account string) {
	t.Helper()
	core := m.client(t, member.name).CoreV1()
	object, err := core.Pods(namespace).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	lifetime := int64(12 * 60 * 60)
	token, err := core.ServiceAccounts(namespace).CreateToken(t.Context(), account, &authv1.TokenRequest{Spec: authv1.TokenRequestSpec{
		Audiences: []string{istiod.Audience}, ExpirationSeconds: &lifetime,
		BoundObjectRef: &authv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: name, UID: object.UID},
	}}, metav1.CreateOptions{})
	if err == nil {
		err = proxy.Mount(pod, proxy.TokenFile, token.Status.Token)
	}
	if err != nil {
		t.Fatal(err)
	}
	m.followRoots(t, member, pod, namespace)
}

func (m *packetMesh) followRoots(t *testing.T, member member, pod *sandbox.Pod, namespace string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	watch, err := m.client(t, member.name).CoreV1().ConfigMaps(namespace).Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=istio-ca-root-cert"})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	mounted := make(chan struct{})
	var first sync.Once
	var following sync.WaitGroup
	following.Go(func() {
		for event := range watch.ResultChan() {
			configMap, ok := event.Object.(*corev1.ConfigMap)
			if !ok || configMap.Data["root-cert.pem"] == "" {
				continue
			}
			if err := proxy.Mount(pod, proxy.RootFile, configMap.Data["root-cert.pem"]); err != nil {
				t.Error(err)
			}
			first.Do(func() { close(mounted) })
		}
	})
	t.Cleanup(func() {
		cancel()
		following.Wait()
	})
	eventually(t, "the roots are in namespace "+namespace+" of "+member.name, func(context.Context) error {
		select {
		case <-mounted:
			return nil
		default:
			return errors.New("there is no ConfigMap yet")
		}
	})
}

// gatewayProcess is the pod of an east-west gateway.
type gatewayProcess struct {
	pod   *sandbox.Pod
	proxy proxy.Proxy
}

// startGatewayPod runs a pod of the Deployment that istiod has made for our Gateway.
func (m *packetMesh) startGatewayPod(t *testing.T, member member, network sandbox.Network) {
	t.Helper()
	deployment := m.gatewayDeployment(t, member)
	template := deployment.Spec.Template
	pod := network.Pod(t, "gateway-"+member.name, member.gateway.pod, sandbox.Options{Outside: member.gateway.address})
	object := &corev1.Pod{ObjectMeta: *template.ObjectMeta.DeepCopy(), Spec: *template.Spec.DeepCopy()}
	object.Name, object.Namespace, object.Spec.NodeName = gatewayName, deployment.Namespace, workloadNode
	m.createPod(t, member, object, pod.Address)

	started := &gatewayProcess{pod: pod, proxy: proxy.Proxy{
		Kind: template.Spec.Containers[0].Args[1], Namespace: deployment.Namespace, Pod: gatewayName, Account: template.Spec.ServiceAccountName,
		Env: map[string]string{"UNPRIVILEGED_POD": "true"},
	}}
	for _, variable := range template.Spec.Containers[0].Env {
		if variable.ValueFrom == nil {
			started.proxy.Env[variable.Name] = variable.Value
		}
	}
	if m.ambient {
		maps.Copy(started.proxy.Env, plainEnvoy())
		m.simplifyGateway(t, member)
	}
	m.gateways[member.name] = started
	m.mountVolumes(t, member, pod, deployment.Namespace, gatewayName, template.Spec.ServiceAccountName)
	m.programs.Start(t, pod, started.proxy)
}

func (m *packetMesh) gatewayDeployment(t *testing.T, member member) *appsv1.Deployment {
	t.Helper()
	var found *appsv1.Deployment
	eventually(t, "the gateway of "+member.name+" has a Deployment", func(ctx context.Context) error {
		list, err := m.client(t, member.name).AppsV1().Deployments(member.istioNamespace()).List(ctx,
			metav1.ListOptions{LabelSelector: "gateway.networking.k8s.io/gateway-name=istio-eastwestgateway"})
		if err != nil {
			return err
		}
		if len(list.Items) != 1 {
			return fmt.Errorf("there are %d", len(list.Items))
		}
		found = &list.Items[0]
		return nil
	})
	return found
}

// obeyRestarts stands in for the controller of Deployments until the test ends: when a restart of the gateway is asked
// for, its pod is replaced.
func (m *packetMesh) obeyRestarts(t *testing.T, member member) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	options := metav1.ListOptions{FieldSelector: "metadata.name=" + m.gatewayDeployment(t, member).Name}
	watch, err := m.client(t, member.name).AppsV1().Deployments(member.istioNamespace()).Watch(ctx, options)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	var obeying sync.WaitGroup
	obeying.Go(func() {
		gateway, last := m.gateways[member.name], ""
		for event := range watch.ResultChan() {
			deployment, ok := event.Object.(*appsv1.Deployment)
			if !ok {
				continue
			}
			if asked := deployment.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"]; asked != last {
				last = asked
				gateway.pod.Kill(t)
				m.programs.Start(t, gateway.pod, gateway.proxy)
			}
		}
	})
	t.Cleanup(func() {
		cancel()
		obeying.Wait()
	})
}
