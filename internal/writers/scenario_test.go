package writers_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// scenario is a command that writes, and the workspace that it begins with.
type scenario struct {
	name string
	// files of the workspace; none: it does not exist.
	files map[string]string
	// setup are the commands before; in arguments, DIR is the workspace, and FINGERPRINT the last line that was
	// printed.
	setup string
	// edit changes the workspace after that.
	edit func(t *testing.T, dir string)
	args string
	// several: the command makes several changes, each of which is all or nothing.
	several bool
	// byWriter: it is the next writer that finishes what was interrupted. Readers do not write trees, and there is
	// nothing to read without a mesh.
	byWriter bool
}

const head = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n  reader: {allowNonExpiring: true}\n"

// elsewhere leaves the certificates to others: nothing is held back until there are some.
const elsewhere = "  trust: {ca: {provider: none}}\n"

func clustersOf(fields string) string {
	var b strings.Builder
	b.WriteString("  clusters:\n")
	for i, name := range []string{"east", "west"} {
		b.WriteString("  - {name: " + name + ", api: {server: 'https://203.0.113." + strconv.Itoa(i+1) + "', certificateAuthority: clusters/api.crt}" + fields + "}\n")
	}
	return b.String()
}

// twoClusters render, with their tokens.
func twoClusters(spec, fields string) map[string]string {
	return map[string]string{
		"mesh.yaml":                   head + spec + clustersOf(fields),
		"clusters/api.crt":            authority,
		"credentials/.gitignore":      "*\n",
		"credentials/west/east/token": fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-east"}),
		"credentials/east/west/token": fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-west"}),
	}
}

const recipient = "age19yshfdqjd7zvw3lmgqjs7erq43yw7zpxuc9fetyu25a22dhskpxsw7v59w"

// onGKE are the clusters of the dumps that pkg/gke is tested with.
const onGKE = head + `  links: []
  clusters:
    - name: one
      gke: {project: project-id-1, location: us-central1, cluster: cluster-name-1}
    - name: three
      context: gke_project-id-1_us-central1_cluster-name-3
    - name: cluster-name-4
      gke: {project: project-id-2, location: us-west1}
      podCIDRs: [10.20.0.0/14]
`

func offline() []scenario {
	const issued = "ca init --insecure-no-passphrase; ca issue --all"
	const trusting = issued + "; render --output-dir DIR/deploy; ca rotate --root --offline --workloads-renewed --insecure-no-passphrase --output-dir DIR/deploy; render --output-dir DIR/deploy"
	const signing = trusting + "; ca rotate --root --offline --workloads-renewed --output-dir DIR/deploy; render --output-dir DIR/deploy"
	two, rendered := twoClusters("", ""), twoClusters(elsewhere, "")
	sealed := twoClusters(elsewhere+"  sealing: {format: sops, age: {recipients: ["+recipient+"]}}\n", "")
	byCertificate := twoClusters("", ", reader: {auth: clientCertificate}")
	facts := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: NAME}\nspec: {uid: uid-NAME, context: ctx-NAME, network: net}\n"
	toMigrate := twoClusters("", "")
	toMigrate["clusters/east.yaml"], toMigrate["clusters/west.yaml"] = strings.ReplaceAll(facts, "NAME", "east"), strings.ReplaceAll(facts, "NAME", "west")
	return []scenario{
		{name: "init", args: "init --kubeconfig KUBECONFIG --name shop", byWriter: true},
		{name: "init --force", files: map[string]string{"mesh.yaml": "hello\n", ".gitignore": "/bin/"}, args: "init --force --kubeconfig KUBECONFIG --name shop", byWriter: true},
		{name: "ca init", files: two, args: "ca init --insecure-no-passphrase"},
		{name: "ca issue", files: two, setup: "ca init --insecure-no-passphrase", args: "ca issue --cluster east"},
		{name: "ca issue --all", files: two, setup: "ca init --insecure-no-passphrase", args: "ca issue --all"},
		{name: "ca request", files: two, args: "ca request --cluster east"},
		{name: "ca sign", files: two, setup: "ca init --insecure-no-passphrase; ca request --cluster east", args: "ca sign --cluster east --fingerprint FINGERPRINT"},
		{name: "ca sign --pending", files: two, setup: "ca init --insecure-no-passphrase; ca request --cluster east; ca request --cluster west", args: "ca sign --pending --yes"},
		{name: "exchange import", files: twoClusters(elsewhere+twoSites, ""), edit: receivedFromNorth, args: "exchange import DIR/received/north.exchange --site south"},
		{name: "ca import", files: two, edit: issuedElsewhere, args: "ca import --cluster east DIR/received"},
		{name: "ca trust", files: two, setup: "ca init --insecure-no-passphrase", edit: anotherRoot, args: "ca trust DIR/received/root-cert.pem"},
		{name: "ca rotate --cluster", files: two, setup: issued, args: "ca rotate --cluster east"},
		{name: "ca rotate --all", files: two, setup: issued, args: "ca rotate --all"},
		{name: "ca rotate --root, trust", files: two, setup: issued, args: "ca rotate --root --offline --workloads-renewed --insecure-no-passphrase --output-dir DIR/deploy"},
		{name: "ca rotate --root, sign", files: two, setup: trusting, args: "ca rotate --root --offline --workloads-renewed --output-dir DIR/deploy"},
		{name: "ca rotate --root, drop", files: two, setup: signing, args: "ca rotate --root --offline --workloads-renewed --output-dir DIR/deploy"},
		{name: "ca rotate --root --abort, sign", files: two, setup: signing, args: "ca rotate --root --abort --offline --workloads-renewed --output-dir DIR/deploy"},
		{name: "ca rotate --root --abort, trust", files: two, setup: trusting, args: "ca rotate --root --abort --offline --workloads-renewed --output-dir DIR/deploy"},
		{name: "credentials request", files: byCertificate, args: "credentials request --from east --to west"},
		{name: "credentials rotate, begin", files: two, args: "credentials rotate --link east-west --step begin"},
		{name: "credentials rotate, drop", files: two, setup: "credentials rotate --link east-west --step begin", args: "credentials rotate --link east-west --step drop --offline"},
		{name: "credentials rotate --abort", files: two, setup: "credentials rotate --link east-west --step begin", args: "credentials rotate --link east-west --abort"},
		{name: "import gke", files: map[string]string{"mesh.yaml": onGKE}, args: "import gke DUMPS/list.json DUMPS/describe.json DUMPS/rules.json"},
		{name: "seal", files: sealed, args: "seal"},
		{name: "seal, what was sealed", files: sealed, setup: "seal", edit: otherTokens, args: "seal"},
		{name: "migrate", files: toMigrate, args: "migrate --yes"},
		{name: "render", files: rendered, args: "render --output-dir DIR/deploy", byWriter: true},
		{name: "render, what was rendered", files: rendered, setup: "render --output-dir DIR/deploy --secrets=include", edit: otherTokens,
			args: "render --output-dir DIR/deploy --secrets=include", byWriter: true, several: true},
	}
}

// issuedElsewhere is a directory of certificates that another workspace made.
func issuedElsewhere(t *testing.T, dir string) {
	other := dir + "-elsewhere"
	files.Write(t, other, twoClusters("", ""))
	for _, args := range [][]string{{"ca", "init", "--insecure-no-passphrase"}, {"ca", "issue", "--all"}} {
		if got := run(nil, append(args, "-f", filepath.Join(other, "mesh.yaml"))...); got.code != 0 {
			t.Fatal(got)
		}
	}
	all := os.DirFS(other)
	files.Write(t, dir, map[string]string{"received/ca-cert.pem": string(read(all, "trust/east/ca-cert.pem")),
		"received/cert-chain.pem": string(read(all, "trust/east/cert-chain.pem")), "received/root-cert.pem": string(read(all, "trust/root-cert.pem")),
		"received/ca-key.pem": string(read(all, "credentials/east/ca-key.pem"))})
}

// anotherRoot is the root of another workspace, which this one pins beside its own.
func anotherRoot(t *testing.T, dir string) {
	issuedElsewhere(t, dir)
	var pins []string
	for _, name := range []string{"trust/root-cert.pem", "received/root-cert.pem"} {
		sums, err := trust.Fingerprints(read(os.DirFS(dir), name))
		if err != nil {
			t.Fatal(err)
		}
		pins = append(pins, sums...)
	}
	mesh := string(read(os.DirFS(dir), "mesh.yaml"))
	files.Write(t, dir, map[string]string{"mesh.yaml": strings.Replace(mesh, "spec:\n",
		"spec:\n  trust: {ca: {roots: ["+strings.Join(pins, ", ")+"]}}\n", 1)})
}

// otherTokens makes what was made from tokens stale.
func otherTokens(t *testing.T, dir string) {
	for target, consumer := range map[string]string{"west": "east", "east": "west"} {
		token := fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-" + consumer, "jti": "another"})
		files.Write(t, dir, map[string]string{"credentials/" + target + "/" + consumer + "/token": token})
	}
}

// authority is a certificate; nobody has its key.
const authority = `-----BEGIN CERTIFICATE-----
MIHLMH+gAwIBAgIBATAFBgMrZXAwDzENMAsGA1UEAxMEZWFzdDAgFw0yNjAxMDEw
MDAwMDBaGA8yMTI2MDEwMTAwMDAwMFowDzENMAsGA1UEAxMEZWFzdDAqMAUGAytl
cAMhAIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29cMAUGAytlcANBAOlB
y+/giZuj1Gg5jiUvCM3IkkxyeHxlxJQ1TYJ0LeedCXlCubk2TCGcil+2AtqFvp5B
VKc/QsjsJuq+MQeYzww=
-----END CERTIFICATE-----
`

// TestEveryWriterHasAScenario: a command that opens the workspace for writing is killed here.
func TestEveryWriterHasAScenario(t *testing.T) {
	var names []string
	for _, s := range offline() {
		names = append(names, s.name)
	}
	for _, s := range live() {
		names = append(names, s.name)
	}
	writing := regexp.MustCompile(`(?:Writing\(|\.(?:with|advance)\(ctx, )"([^"]+)"`)
	found := 0
	commands, err := filepath.Glob("../cli/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range commands {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range writing.FindAllStringSubmatch(string(source), -1) {
			found++
			if !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, match[1]) }) {
				t.Errorf("%s writes, and no scenario kills it", match[1])
			}
		}
	}
	if found < 12 {
		t.Errorf("%d commands write: the search has gone blind", found)
	}
}
