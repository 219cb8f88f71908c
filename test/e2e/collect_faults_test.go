package e2e

import (
	"os"
	"strings"
	"testing"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestCollectFaults meets clusters that are not as they should be; the last test ends one.
func TestCollectFaults(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	t.Run("another cluster", func(t *testing.T) { testAnotherCluster(t, all) })
	t.Run("the certificate authority of another cluster", func(t *testing.T) { testAuthorityOfAnother(t, all) })
	t.Run("one cluster under two names", func(t *testing.T) { testTwoNames(t, all) })
	t.Run("a wrong certificate authority", func(t *testing.T) { testWrongAuthority(t, all) })
	t.Run("a revoked login", func(t *testing.T) { testRevokedLogin(t, all) })
	t.Run("nothing verified", func(t *testing.T) { testInsecure(t, all) })
	t.Run("a context that does not exist", func(t *testing.T) { testNoContext(t, all) })
	t.Run("no rights at all", func(t *testing.T) { testNoPermissions(t, all) })
	t.Run("hardly any rights", func(t *testing.T) { testFewPermissions(t, all) })
	t.Run("a server that does not answer", func(t *testing.T) { testSilentServer(t, all) })
	t.Run("an interrupt", func(t *testing.T) { testInterrupt(t, all) })
	t.Run("an interrupt of check", func(t *testing.T) { testInterruptedCheck(t, all) })
	t.Run("a cluster that is down", func(t *testing.T) { testDown(t, all) })
}

func testAnotherCluster(t *testing.T, all []*clusters.Cluster) {
	w := firstWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip", "--pin")
	facts := w.read(t, "clusters/east.yaml")
	got := w.run(t, "collect", "--token=skip", "--cluster=east", "--context=admin@west")
	got.wantCode(t, 1)
	got.wantStderr(t,
		`error: east: context "admin@west" points at another cluster: its UID is `+uid(t, all[1])+", and the UID of east is "+uid(t, all[0]),
		"hint: correct context in mesh.yaml; if the cluster was re-created, remove the old uid from .kubectl-mesh/state.yaml and record the new one: "+
			"kubectl mesh collect --pin --cluster east")
	if w.read(t, "clusters/east.yaml") != facts {
		t.Error("facts of another cluster were written")
	}

	// What the hint says works.
	w.writeMesh(t, "- {name: east, context: admin@west}")
	if err := os.Remove(w.path("clusters/west.yaml")); err != nil {
		t.Fatal(err)
	}
	w.write(t, stateFile, strings.Replace(w.read(t, stateFile), "    east:\n      uid: "+uid(t, all[0])+"\n", "", 1))
	w.mustRun(t, "collect", "--token=skip", "--pin", "--cluster=east").wantSaid(t, "east: facts written (")
	if got := w.read(t, stateFile); !strings.Contains(got, "    east:\n      uid: "+uid(t, all[1])+"\n") {
		t.Errorf("the cluster that was built again is not pinned:\n%s", got)
	}

	w.writeMesh(t, "- {name: east, context: admin@west, uid: 1234}")
	got = w.run(t, "collect", "--token=skip")
	got.wantCode(t, 2) // a number is no UID
	w.writeMesh(t, `- {name: east, context: admin@west, uid: "1234"}`)
	got = w.run(t, "collect", "--token=skip")
	got.wantCode(t, 1)
	got.wantStderr(t,
		`error: east: context "admin@west" points at another cluster: its UID is `+uid(t, all[1])+", and the UID of east is 1234",
		"hint: correct context in mesh.yaml; if the cluster was re-created, remove the old uid from mesh.yaml and record the new one: "+
			"kubectl mesh collect --pin --cluster east")
	w.writeMesh(t, "- {name: east, context: admin@west}") // as the hint says
	w.mustRun(t, "collect", "--token=skip", "--pin", "--cluster=east")
}

// testAuthorityOfAnother has a context of east that leads to west, whose certificate authority mesh.yaml declares.
func testAuthorityOfAnother(t *testing.T, all []*clusters.Cluster) {
	w := firstWorkspace(t, all, "- {name: east, context: admin@west}", "- {name: west, api: {certificateAuthority: west.crt}}")
	w.write(t, "west.crt", string(all[1].CA))
	for _, flag := range []string{"--pin", "--pin=false"} {
		got := w.run(t, "collect", "--token=skip", "--cluster=east", flag)
		got.wantCode(t, 1)
		got.wantStderr(t,
			`error: east: context "admin@west" verifies its server with the CA that mesh.yaml declares for west, not for east`,
			"hint: correct context in mesh.yaml; if both clusters use this CA, declare it for both (api.certificateAuthority)")
		w.missing(t, "clusters/east.yaml")
		w.missing(t, stateFile)
	}
}

func testTwoNames(t *testing.T, all []*clusters.Cluster) {
	w := firstWorkspace(t, all, "- {name: east, context: admin@east}", "- {name: other, context: again@east}")
	config := clientcmdapi.NewConfig()
	all[0].AddTo(config, "admin@east")
	all[0].AddTo(config, "again@east")
	w.writeKubeconfig(t, config)
	got := w.run(t, "collect", "--token=skip", "--pin")
	got.wantCode(t, 1)
	got.wantSaid(t, "points at the same cluster as ", "hint: set the right context for each cluster")
	if written, err := os.ReadDir(w.path("clusters")); err != nil || len(written) != 1 {
		t.Errorf("facts: got %v, %v, want those of one of the two", written, err)
	}
	if got := w.run(t, "validate"); strings.Contains(got.stderr, "Duplicate value") {
		t.Errorf("the mesh does not load any more:\n%s", got.stderr)
	}
}

func testWrongAuthority(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all)
	config := clientcmdapi.NewConfig()
	for _, c := range all {
		c.AddTo(config, "admin@"+c.Name)
	}
	config.Clusters["admin@east"].CertificateAuthorityData = all[1].CA
	w.writeKubeconfig(t, config)
	got := w.run(t, "collect", "--token=skip")
	got.wantCode(t, 1)
	got.wantSaid(t, "west: facts written", "error: east: read namespace kube-system: ", "x509: certificate signed by unknown authority",
		`hint: the CA of context "admin@east" is not this server's`)
	w.missing(t, "clusters/east.yaml")
	config.Clusters["admin@east"].CertificateAuthorityData = all[0].CA // as the hint says
	w.writeKubeconfig(t, config)
	w.mustRun(t, "collect", "--token=skip").wantSaid(t, "east: facts written", "west: unchanged")
}

func testRevokedLogin(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all)
	config := clientcmdapi.NewConfig()
	for _, c := range all {
		c.AddTo(config, "admin@"+c.Name)
	}
	config.AuthInfos["admin@east"] = &clientcmdapi.AuthInfo{Token: "revoked"}
	w.writeKubeconfig(t, config)
	got := w.run(t, "collect", "--token=skip")
	got.wantCode(t, 1)
	got.wantSaid(t, "west: facts written", "error: east: read namespace kube-system: Unauthorized\n",
		"hint: log in again until this works: kubectl --context=admin@east auth whoami")
	if strings.Contains(got.stderr, "revoked") {
		t.Errorf("the token was printed:\n%s", got.stderr)
	}
}

func testInsecure(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all, "- {name: east, context: admin@east}")
	config := clientcmdapi.NewConfig()
	all[0].AddTo(config, "admin@east")
	config.Clusters["admin@east"].CertificateAuthorityData = nil
	config.Clusters["admin@east"].InsecureSkipTLSVerify = true
	w.writeKubeconfig(t, config)
	got := w.run(t, "collect")
	got.wantCode(t, 1)
	got.wantSaid(t, "insecure-skip-tls-verify is set", "--certificate-authority=ca.crt --embed-certs=true")
	w.missing(t, "clusters/east.yaml")
}

func testNoContext(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all, "- {name: east, context: admin@esat}", "- {name: west, context: admin@west}", "- {name: north}")
	got := w.run(t, "collect", "--token=skip")
	got.wantCode(t, 1)
	got.wantSaid(t, "west: facts written", `error: east: read context "admin@esat": it is not in the kubeconfig`, `hint: did you mean "admin@east"?`)
	w.run(t, "collect", "--cluster=north").wantCode(t, 2)
	w.run(t, "collect", "--cluster=east", "--context=nobody").wantCode(t, 2)
	w.run(t, "collect", "--context=admin@east").wantCode(t, 2)
	w.run(t, "collect", "--cluster=esat").wantCode(t, 2)
}

func testNoPermissions(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all)
	got := w.run(t, "collect", "--cluster=east", "--as=jane")
	got.wantCode(t, 1)
	got.wantSaid(t, `error: east: read namespace kube-system: namespaces "kube-system" is forbidden: User "jane" cannot get resource`,
		"hint: ask the cluster owner for this permission; your identity there: kubectl --context=admin@east auth whoami")
	w.missing(t, "clusters/east.yaml")
}

// testFewPermissions: who may see the identity and no more gets what everybody may read, and is told the rest.
func testFewPermissions(t *testing.T, all []*clusters.Cluster) {
	applyObjects(t, all[0], `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: identity}
rules: [{apiGroups: [""], resources: [namespaces], resourceNames: [kube-system], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: identity}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: identity}
subjects: [{kind: Group, name: auditors, apiGroup: rbac.authorization.k8s.io}]
`)
	w := newWorkspace(t, all)
	got := w.mustRun(t, "collect", "--cluster=east", "--token=skip", "--as=jane", "--as-group=auditors", "--as-group=others")
	got.wantSaid(t,
		`warning: east: the issuer of service-account tokens: `,
		`warning: east: Istio: namespaces "istio-system" is forbidden: User "jane" cannot get resource "namespaces"`,
		`warning: east: Istio's control plane: deployments.apps is forbidden`,
		`warning: east: the mesh configuration of Istio: configmaps "istio" is forbidden`,
		`warning: east: Istio's roots: configmaps "istio-ca-root-cert" is forbidden`,
		`warning: east: the Services of east-west gateways: services is forbidden`,
		`warning: east: the Gateways of east-west gateways: gateways.gateway.networking.k8s.io is forbidden`,
		`warning: east: the pod ranges: nodes is forbidden`,
		"east: facts written (3 changed)")
}

func testDown(t *testing.T, all []*clusters.Cluster) {
	w := newWorkspace(t, all)
	all[1].Kill()
	got := w.run(t, "collect", "--token=skip")
	got.wantCode(t, 1)
	got.wantSaid(t, "east: facts written", "error: west: read namespace kube-system: ", "connection refused",
		"hint: this must work first: kubectl --context=admin@west version")
	w.missing(t, "clusters/west.yaml")
	all[1].Restart(t)
	w.mustRun(t, "collect", "--token=skip").wantSaid(t, "east: unchanged", "west: facts written")
}
