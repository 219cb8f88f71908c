package istio

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	authv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// testAbort goes back from the phase in which every cluster signs under the new root.
func (m *mesh) testAbort(t *testing.T) {
	stop, starts := m.beginRoots(t)
	defer func() { m.endRoots(t, stop(), starts) }()
	before := m.rootsOf(t)
	phases := []phase{m.settled(t, "before", before, before[0])}
	both := m.beginRotation(t)
	phases = append(phases, m.settled(t, "trust", both, before[0]))
	m.nextPhase(t, "--workloads-renewed")
	phases = append(phases, m.settled(t, "sign", both, both[1]))

	m.nextPhase(t, "--abort")
	phases = append(phases, m.settled(t, "sign, given up", both, before[0]))
	m.wantTooEarly(t, "sign", lifetime, "--abort")
	m.nextPhase(t, "--abort", "--workloads-renewed")
	m.pin(t, before)
	phases = append(phases, m.settled(t, "trust, given up", before, before[0]))
	wantBelieved(t, phases, map[[2]string]bool{{"sign", "before"}: true, {"sign", "trust, given up"}: true})
}

// testRootRotation changes the root of a mesh that runs. In each phase the workloads of both clusters get certificates
// from their istiods, and must be believed by those who are a phase behind or ahead: a cluster is changed before the
// other, and a certificate is renewed when its time comes. A ztunnel takes the roots that it trusts from the same answer.
func (m *mesh) testRootRotation(t *testing.T) {
	stop, starts := m.beginRoots(t)
	defer func() { m.endRoots(t, stop(), starts) }()
	before := m.rootsOf(t)
	phases := []phase{m.settled(t, "before", before, before[0])}
	both := m.beginRotation(t)
	m.wantPublished(t, both)
	m.wantTooEarly(t, "trust", m.timeToTrust())
	phases = append(phases, m.settled(t, "trust", both, before[0]))

	m.nextPhase(t, "--workloads-renewed")
	phases = append(phases, m.settled(t, "sign", both, both[1]))
	m.wantTooEarly(t, "sign", lifetime)

	m.nextPhase(t, "--workloads-renewed")
	m.pin(t, both[1:])
	phases = append(phases, m.settled(t, "drop", both[1:], both[1]))
	wantBelieved(t, phases, map[[2]string]bool{
		{"before", "drop"}: true, {"trust", "drop"}: true, {"sign", "before"}: true, {"drop", "before"}: true,
	})
}

// beginRoots pins the roots that a mesh has, and watches it until stop is called.
func (m *mesh) beginRoots(t *testing.T) (stop func() []loss, starts int) {
	t.Helper()
	m.pin(t, m.rootsOf(t))
	return m.watch(t, m.members...), m.starts()
}

// endRoots: no endpoint was lost, and with ISTIO_MULTIROOT_MESH in our values the istiods that have started with one root
// take the other without a restart.
func (m *mesh) endRoots(t *testing.T, lost []loss, starts int) {
	t.Helper()
	wantNone(t, lost)
	m.wantSynced(t, m.members...)
	m.wantNothingDenied(t)
	if got := m.starts(); got != starts {
		t.Errorf("starts of all istiods: got %d, want %d", got, starts)
	}
}

// beginRotation begins phase trust. The second root comes to no cluster before a reviewer has pinned it.
func (m *mesh) beginRotation(t *testing.T) []*x509.Certificate {
	t.Helper()
	before := m.rootsOf(t)
	m.mustRun(t, "ca", "rotate", "--root", "--insecure-no-passphrase")
	both := m.rootsOf(t)
	if len(before) != 1 || len(both) != 2 {
		t.Fatalf("roots: got %d, then %d, want 1, then 2", len(before), len(both))
	}
	secrets := m.secrets(t)
	got := m.run(t, "render", "--apply", "--with-sample")
	if got.code != 2 {
		t.Errorf("exit code with a root that is not pinned: got %d, want 2", got.code)
	}
	got.wantSaid(t, "MESH065", "spec.trust.ca.roots", fingerprint(both[1]))
	if after := m.secrets(t); after != secrets {
		t.Errorf("Secrets have changed: from %s to %s", secrets, after)
	}
	m.pin(t, both)
	m.apply(t)
	return both
}

// pin writes into mesh.yaml which roots the mesh has, and renders what follows from it.
func (m *mesh) pin(t *testing.T, roots []*x509.Certificate) {
	t.Helper()
	m.pins = nil
	for _, root := range roots {
		m.pins = append(m.pins, fingerprint(root))
	}
	m.writeMesh(t, m.members...)
	m.mustRun(t, "render", "--output-dir", "deploy")
}

func fingerprint(certificate *x509.Certificate) string {
	return fmt.Sprintf("%x", sha256.Sum256(certificate.Raw))
}

// phase is what the workloads of each cluster have when a phase is over there.
type phase struct {
	name       string
	identities map[string]istiod.Identity // by cluster
}

// nextPhase begins the next phase, or goes back, and applies it to the clusters.
func (m *mesh) nextPhase(t *testing.T, flags ...string) {
	t.Helper()
	m.mustRun(t, append([]string{"ca", "rotate", "--root"}, flags...)...)
	m.bring(t)
}

// bring renders the workspace and applies it to the clusters.
func (m *mesh) bring(t *testing.T) {
	t.Helper()
	m.mustRun(t, "render", "--output-dir", "deploy")
	m.apply(t)
}

// lifetime is that of a workload certificate, by the default of istiod.
const lifetime = 24 * time.Hour

// timeToTrust is how long it takes until all workloads have a second root: sidecars read it from a ConfigMap, a ztunnel
// gets it with its next certificate.
func (m *mesh) timeToTrust() time.Duration {
	if m.ambient {
		return lifetime
	}
	return 2 * time.Minute
}

// wantTooEarly asserts that no phase begins before the workloads have the one before, which takes a while from when it was
// applied: without waiting, and without the word that they were restarted, nothing changes.
func (m *mesh) wantTooEarly(t *testing.T, name string, takes time.Duration, flags ...string) {
	t.Helper()
	before := m.certificates(t)
	got := m.run(t, append([]string{"ca", "rotate", "--root"}, flags...)...)
	if got.code != 1 {
		t.Errorf("after phase %s: exit code: got %d, want 1", name, got.code)
	}
	got.wantSaid(t, "phase "+name+" is not complete in ")
	const layout = "2006-01-02 15:04 UTC"
	said := regexp.MustCompile(`(east|west) before (\S+ \S+ UTC)`).FindStringSubmatch(got.stderr)
	if said == nil {
		t.Fatalf("after phase %s: no time is said:\n%s", name, got.stderr)
	}
	end, err := time.Parse(layout, said[2])
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(end); left > takes+time.Minute || left < takes-settleTimeout-time.Minute {
		t.Errorf("after phase %s: it is complete in %s, want about %s", name, left, takes)
	}
	if after := m.certificates(t); !maps.Equal(after, before) {
		t.Errorf("after phase %s: a refused phase has begun: trust/ is not as it was", name)
	}
}

// certificates returns the content of all files in trust/.
func (m *mesh) certificates(t *testing.T) map[string]string {
	t.Helper()
	all, files := map[string]string{}, os.DirFS(m.path("trust"))
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// settled waits until the istiods, whom nobody tells of it, have taken up a phase: workloads get certificates under
// signer, and are told to trust roots, by istiod and by ConfigMap istio-ca-root-cert.
func (m *mesh) settled(t *testing.T, name string, roots []*x509.Certificate, signer *x509.Certificate) phase {
	t.Helper()
	p := phase{name: name, identities: map[string]istiod.Identity{}}
	for _, member := range m.members {
		what := fmt.Sprintf("the workloads of %s have phase %s", member.name, name)
		eventually(t, what, func(ctx context.Context) error {
			if err := m.published(ctx, t, member.name, roots); err != nil {
				return err
			}
			got, err := m.istiods[member.name].Identify(ctx, member.clusterID(), m.token(ctx, t, member.name), roots)
			if err != nil {
				return err
			}
			if !same(got.Roots, roots) {
				return fmt.Errorf("istiod answers with roots %v", subjects(got.Roots))
			}
			p.identities[member.name] = got
			return verify(got, []*x509.Certificate{signer})
		})
	}
	return p
}

// wantPublished waits until the clusters have roots where sidecars find them.
func (m *mesh) wantPublished(t *testing.T, roots []*x509.Certificate) {
	t.Helper()
	for _, member := range m.members {
		eventually(t, "the roots are in the ConfigMaps of "+member.name, func(ctx context.Context) error {
			return m.published(ctx, t, member.name, roots)
		})
	}
}

// published compares the ConfigMaps of all namespaces, where sidecars find the roots, with what they are to have.
func (m *mesh) published(ctx context.Context, t *testing.T, cluster string, roots []*x509.Certificate) error {
	options := metav1.ListOptions{FieldSelector: "metadata.name=istio-ca-root-cert"}
	list, err := m.client(t, cluster).CoreV1().ConfigMaps(metav1.NamespaceAll).List(ctx, options)
	if err != nil {
		return err
	}
	if len(list.Items) < 2 { // those of istiod and of the sample
		return fmt.Errorf("there are %d ConfigMaps with roots", len(list.Items))
	}
	for _, configMap := range list.Items {
		got, err := istiod.ParseCertificates(configMap.Data["root-cert.pem"])
		if err != nil {
			return fmt.Errorf("the ConfigMap in %s: %w", configMap.Namespace, err)
		}
		if !same(got, roots) {
			return fmt.Errorf("the ConfigMap in %s has roots %v", configMap.Namespace, subjects(got))
		}
	}
	return nil
}

// token returns one of the sample's pod, as its kubelet gets it.
func (m *mesh) token(ctx context.Context, t *testing.T, cluster string) string {
	t.Helper()
	core := m.client(t, cluster).CoreV1()
	pod, err := core.Pods("sample").Get(ctx, workloadName, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ask := &authv1.TokenRequest{Spec: authv1.TokenRequestSpec{
		Audiences:      []string{istiod.Audience},
		BoundObjectRef: &authv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: pod.Name, UID: pod.UID},
	}}
	accounts := core.ServiceAccounts("sample")
	token, err := accounts.CreateToken(ctx, pod.Spec.ServiceAccountName, ask, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return token.Status.Token
}

// rootsOf returns the roots of the workspace.
func (m *mesh) rootsOf(t *testing.T) []*x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(m.path("trust/root-cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots, err := istiod.ParseCertificates(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return roots
}

// wantBelieved has the workloads of all clusters and phases show each other their certificates. Those who are at most
// a phase apart have to believe each other. Some of those further apart do not, which is why a phase must be over
// before the next one begins: they are strangers, by who shows and who looks.
func wantBelieved(t *testing.T, phases []phase, unmanaged map[[2]string]bool) {
	t.Helper()
	for _, shown := range phases {
		for _, looking := range phases {
			want := !unmanaged[[2]string{shown.name, looking.name}]
			for from, identity := range shown.identities {
				for to, other := range looking.identities {
					if err := verify(identity, other.Roots); (err == nil) != want {
						t.Errorf("%s in phase %s believes %s in phase %s: got %v (%v), want %v",
							to, looking.name, from, shown.name, err == nil, err, want)
					}
				}
			}
		}
	}
}

// verify reports whether who trusts roots believes a workload of the sample, which calls or is called.
func verify(identity istiod.Identity, roots []*x509.Certificate) error {
	const name = "spiffe://cluster.local/ns/sample/sa/helloworld"
	leaf := identity.Chain[0]
	if len(leaf.URIs) != 1 || leaf.URIs[0].String() != name {
		return fmt.Errorf("it is %v", leaf.URIs)
	}
	for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth} {
		options := x509.VerifyOptions{
			Roots: istiod.Pool(roots), Intermediates: istiod.Pool(identity.Chain[1:]), KeyUsages: []x509.ExtKeyUsage{usage},
		}
		if _, err := leaf.Verify(options); err != nil {
			return err
		}
	}
	return nil
}

func same(a, b []*x509.Certificate) bool {
	return slices.EqualFunc(a, b, func(x, y *x509.Certificate) bool { return x.Equal(y) })
}

func subjects(certificates []*x509.Certificate) []string {
	var all []string
	for _, certificate := range certificates {
		all = append(all, certificate.Subject.CommonName)
	}
	return all
}
