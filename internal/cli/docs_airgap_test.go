package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// asideAirGap is what stands between the page and the program: API servers, which collect and approve would ask, and a
// passphrase. Each site is a process with a directory and a kubeconfig of its own.
const asideAirGap = `
export MEDIA=../media KEY=../$SITE.key HOME=$PWD KUBECONFIG=$PWD/kubeconfig
NORTH=$(ssh-keygen -lf ../north.key.pub | cut -d' ' -f2) SOUTH=$(ssh-keygen -lf ../south.key.pub | cut -d' ' -f2)
kubectl() {
  test "$1" = mesh || return 1
  shift
  case "$1 $2" in
  "render --apply") return 0 ;;
  "collect --pin") case $SITE in north) cp ../west.yaml clusters/ ;; south) cp ../east.yaml clusters/ ;; esac ;;
  "credentials approve")
    for csr in *.csr; do
      pair=${csr%.csr}
      dir=credentials/${pair#*-}/${pair%-*}
      test "$SITE/${pair#*-}" = north/west || test "$SITE/${pair#*-}" = south/east || continue
      mkdir -p "$dir"
      openssl x509 -req -in "$csr" -CA "../$SITE-api.crt" -CAkey "../$SITE-api.key" -days 30 -out "$dir/client.crt" 2>/dev/null
    done ;;
  "ca init") kubectl-mesh ca init --insecure-no-passphrase ;;
  "check --receipt" | "check --from-receipts") kubectl-mesh "$@" --offline || test $? = 3 ;;
  *) kubectl-mesh "$@" ;;
  esac
}
`

// TestAirGapPage runs the commands of the page at two sites that share mesh.yaml and the files on the media, and nothing
// else. A canary sees that no private key and no token leaves a site in clear.
func TestAirGapPage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	for _, program := range []string{"ssh-keygen", "openssl", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("needs " + program)
		}
	}
	page, err := os.ReadFile("../../docs/air-gap.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?ms)^```sh\n# at (north|south)\n(.*?)^```$").FindAllStringSubmatch(string(page), -1)
	if len(examples) != 9 {
		t.Fatalf("%d examples: is the search broken?", len(examples))
	}
	dir := t.TempDir()
	shell := func(site, script string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "sh", "-e")
		cmd.Dir = filepath.Join(dir, site)
		cmd.Env = append(os.Environ(), "SITE="+site, "SSH_AUTH_SOCK=")
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s\n%s", site, err, script, out)
		}
		return string(out)
	}
	setUpSites(t, dir, shell)
	for i, example := range examples {
		if visit := strings.Count(example[2], "kubectl mesh "); visit > 4 {
			t.Errorf("a visit of %d commands, want at most 4:\n%s", visit, example[2])
		}
		out := shell(example[1], asideAirGap+example[2])
		if i == 0 { // the root is pinned, and mesh.yaml is shared
			shell("south", `pin=$(openssl x509 -in trust/root-cert.pem -noout -fingerprint -sha256 | cut -d= -f2 | tr -d : | tr A-F a-f)
sed "s/# pin/trust: {ca: {roots: [$pin]}}/" ../mesh.yaml > mesh.yaml; cp mesh.yaml ../north/mesh.yaml`)
		}
		if strings.Contains(example[2], "--from-receipts") && !regexp.MustCompile(`(?m)^west +east +unknown +north +\S+$`).MatchString(out) {
			t.Errorf("the receipt of north is not in the matrix:\n%s", out)
		}
		if i == len(examples)-1 && !strings.Contains(out, `Good "kubectl-mesh.dev/exchange" signature for north`) {
			t.Errorf("ssh-keygen says: %s", out)
		}
	}
	for site, link := range map[string]string{"north": "west-east", "south": "east-west"} {
		// The credential of the other site is missing here, as it must be.
		shell(site, asideAirGap+"kubectl mesh ca status\n(kubectl mesh credentials status || true) | grep '^"+link+" .* ok '\nkubectl mesh render --output-dir deploy\nkubectl mesh render --output-dir deploy --check")
	}
	shell("north", `test ! -e credentials/root-key.pem && test ! -e credentials/east/ca-key.pem`)
	shell("south", `test ! -e credentials/west/ca-key.pem && test ! -e credentials/east/west/client.key`)
	shell("media", `! grep -l 'PRIVATE KEY' *
for key in ../north/credentials/west/ca-key.pem ../north/credentials/east/west/client.key ../south/credentials/west/east/client.key; do
  ! grep -l -F "$(sed -n 2p $key | cut -c1-40)" * || exit 1
done`)
}

func setUpSites(t *testing.T, dir string, shell func(site, script string) string) {
	t.Helper()
	for _, site := range []string{"north", "south", "media"} {
		if err := os.MkdirAll(filepath.Join(dir, site, "clusters"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	authority := "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSExNSCtnQXdJQkFnSUJBVEFGQmdNclpYQXdEekVOTUFzR0ExVUVBeE1FWldGemREQWdGdzB5TmpBeE1ERXcKTURBd01EQmFHQTh5TVRJMk1ERXdNVEF3TURBd01Gb3dEekVOTUFzR0ExVUVBeE1FWldGemREQXFNQVVHQXl0bApjQU1oQUlxSTQ5MTBDZkdWL1ZMYkxUeTZYWExLWndtL0haUVNHL04waUFHMEQyOWNNQVVHQXl0bGNBTkJBT2xCCnkrL2dpWnVqMUdnNWppVXZDTTNJa2t4eWVIeGx4SlExVFlKMExlZWRDWGxDdWJrMlRDR2NpbCsyQXRxRnZwNUIKVktjL1FzanNKdXErTVFlWXp3dz0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="
	facts := func(name, host string) string {
		return "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: " + name + "}\nspec:\n  network: " + name +
			"\n  gateway: {addresses: [198.51.100." + host + "]}\n  api: {server: https://203.0.113." + host + ", certificateAuthorityData: " + authority + "}\n"
	}
	for name, text := range map[string]string{
		"west.yaml": facts("west", "7"), "east.yaml": facts("east", "8"),
		"mesh.yaml": "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n  reader: {auth: clientCertificate}\n  # pin\n" +
			"  sites:\n  - {name: north, clusters: [west]}\n  - {name: south, clusters: [east]}\n  clusters: [{name: east, context: south}, {name: west, context: north}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, site := range []string{"north", "south"} {
		shell(site, `printf 'apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "https://203.0.113.1"}}]\ncontexts: [{name: %s, context: {cluster: c}}]\n' "$SITE" > kubeconfig
git init -q .; printf '/credentials/\n/.kubectl-mesh/lock\n/.kubectl-mesh/staging/\n' > .gitignore; cp ../mesh.yaml mesh.yaml
ssh-keygen -q -t ed25519 -N '' -f ../$SITE.key
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ../$SITE-api.key -out ../$SITE-api.crt -subj /CN=$SITE 2>/dev/null`)
	}
}
