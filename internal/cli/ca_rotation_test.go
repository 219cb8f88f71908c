package cli_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestRotation changes the root of three clusters by the commands that a person runs. A phase comes
// to one cluster after the other: at every moment every two of them believe each other, and each
// istiod takes the roots that it is given.
func TestRotation(t *testing.T) {
	r := newRotation(t)
	for _, phase := range []struct {
		args      string
		said      string
		roots     int
		sameChain bool
	}{
		{args: "--root --workloads-renewed", said: "phase trust", roots: 2, sameChain: true},
		{args: "--root --workloads-renewed", said: `every cluster signs under "shop root CA g2"`, roots: 2},
		{args: "--root --abort --workloads-renewed", said: `every cluster signs under "shop root CA g1"`, roots: 2},
		{args: "--root --workloads-renewed", said: `every cluster signs under "shop root CA g2"`, roots: 2},
		{args: "--root --workloads-renewed", said: "phase drop", roots: 1, sameChain: true},
		{args: "--root --workloads-renewed", said: "phase trust", roots: 2, sameChain: true},
		{args: "--root --abort --workloads-renewed", said: "removed the new root from root-cert.pem", roots: 1, sameChain: true},
		{args: "--cluster east", said: `"CN=shop east g5,O=shop"`, roots: 1},
	} {
		before := r.bundles()
		tree := r.tree()
		got := r.must(append([]string{"ca", "rotate", "--offline", "--insecure-no-passphrase"}, strings.Fields(phase.args)...)...)
		if !strings.Contains(got.stderr, phase.said) {
			t.Errorf("ca rotate %s does not say %q:\n%s", phase.args, phase.said, got.stderr)
		}
		r.must("render", "--output-dir=deploy")
		after := r.bundles()
		r.checkMoments(before, after)
		r.checkPhase(after, phase.roots)
		r.checkSmall(tree, r.tree())
		for name := range after {
			if bytes.Equal(before[name].Chain, after[name].Chain) != phase.sameChain && (name == "east" || !strings.Contains(phase.args, "--cluster")) {
				t.Errorf("ca rotate %s: the chain of %s is the same: %t", phase.args, name, !phase.sameChain)
			}
		}
		r.must("ca", "status")
	}
}

type rotation struct{ *testing.T }

func newRotation(t *testing.T) rotation {
	files := signingClusters()
	files["mesh.yaml"] += `  - {name: north, api: {server: "https://203.0.113.30", certificateAuthority: clusters/api.crt}}` + "\n"
	enter(t, files)
	r := rotation{t}
	r.must("ca", "init", "--insecure-no-passphrase")
	r.must("ca", "issue", "--all")
	r.must("render", "--output-dir=deploy")
	return r
}

// must runs the program, which must exit with 0.
func (r rotation) must(args ...string) result {
	r.Helper()
	got := run(false, args...)
	if got.code != 0 {
		r.Fatalf("%q: exit code %d\n%s", args, got.code, got.stderr)
	}
	return got
}

func (r rotation) bundles() map[string]trust.Bundle {
	r.Helper()
	bundles := map[string]trust.Bundle{}
	for _, name := range []string{"east", "north", "west"} {
		read := func(file string) []byte {
			text, err := os.ReadFile(filepath.Join("trust", filepath.FromSlash(file)))
			if err != nil {
				r.Fatal(err)
			}
			return text
		}
		bundles[name] = trust.Bundle{CACert: read(name + "/ca-cert.pem"), Chain: read(name + "/cert-chain.pem"), Root: read("root-cert.pem")}
	}
	return bundles
}

// checkMoments brings a phase to one cluster after the other, in every order of three.
func (r rotation) checkMoments(before, after map[string]trust.Bundle) {
	r.Helper()
	for _, order := range [][]string{{"east", "north", "west"}, {"west", "east", "north"}, {"north", "west", "east"}} {
		live := maps.Clone(before)
		for _, name := range order {
			if !trust.AcceptedUpdate(live[name].Root, after[name].Root) {
				r.Errorf("istiod of %s would not take the new roots", name)
			}
			live[name] = after[name]
			for a := range live {
				for b := range live {
					if !live[a].Trusts(live[b]) {
						r.Errorf("%s does not believe %s after the phase has come to %s", a, b, name)
					}
				}
			}
		}
	}
}

// checkPhase looks for what the tree shows of a phase.
func (r rotation) checkPhase(bundles map[string]trust.Bundle, count int) {
	r.Helper()
	for name, bundle := range bundles {
		roots, err := trust.ParseCertificates(bundle.Root)
		if err != nil || len(roots) != count {
			r.Fatalf("%d roots, want %d: %v", len(roots), count, err)
		}
		var fingerprints []string
		for _, root := range roots {
			fingerprints = append(fingerprints, trust.Fingerprint(root))
		}
		signing, err := bundle.Certificate()
		if err != nil {
			r.Fatal(err)
		}
		tree := r.tree()
		namespace, values := tree["overlays/"+name+"/namespace.yaml"], tree["helm/"+name+"/istiod.yaml"]
		for _, want := range []string{
			"kubectl-mesh.dev/root-certificates-sha256: " + strings.Join(fingerprints, ",") + "\n",
			"kubectl-mesh.dev/signing-certificate-sha256: " + trust.Fingerprint(signing) + "\n",
		} {
			if !strings.Contains(namespace, want) {
				r.Errorf("the namespace of %s lacks %s:\n%s", name, want, namespace)
			}
		}
		if !strings.Contains(values, `ISTIO_MULTIROOT_MESH: "true"`) {
			r.Errorf("ISTIO_MULTIROOT_MESH of %s is missing in\n%s", name, values)
		}
	}
}

// tree is what a reviewer sees.
func (r rotation) tree() map[string]string {
	r.Helper()
	files := map[string]string{}
	tree := os.DirFS("deploy")
	err := fs.WalkDir(tree, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == "mesh.lock" {
			return err
		}
		text, err := fs.ReadFile(tree, path)
		files[path] = string(text)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return files
}

// checkSmall: a phase changes annotations and an environment, and no more than three lines of a file. What shows the
// certificates themselves changes with them.
func (r rotation) checkSmall(before, after map[string]string) {
	r.Helper()
	if !slices.Equal(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))) {
		r.Error("other files in the tree")
	}
	for name := range after {
		if before[name] == after[name] || name == "README.md" || strings.HasPrefix(name, "redacted/") {
			continue
		}
		if base := filepath.Base(name); base != "namespace.yaml" && base != "istiod.yaml" {
			r.Errorf("%s has changed", name)
		}
		if changed := changedLines(before[name], after[name]); changed > 3 {
			r.Errorf("%s: %d new lines", name, changed)
		}
	}
}

// changedLines counts the lines that were not there.
func changedLines(before, after string) int {
	known := strings.Split(before, "\n")
	count := 0
	for line := range strings.SplitSeq(after, "\n") {
		if !slices.Contains(known, line) {
			count++
		}
	}
	return count
}
