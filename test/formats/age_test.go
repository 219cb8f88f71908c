package formats

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// programs are this one and those of age, by the names in the documentation, and ssh-keygen.
type programs struct {
	t   *testing.T
	dir string // of the sites and the media
	env []string
}

func newPrograms(t *testing.T) programs {
	t.Helper()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("SKIPPED: ssh-keygen is not installed (Debian: openssh-client)")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a POSIX shell")
	}
	bin := t.TempDir()
	const age = "filippo.io/age/cmd/"
	for _, build := range [][]string{
		{"build", "-C", filepath.Join("..", ".."), "-o", bin, "./cmd/kubectl-mesh"},
		{"build", "-o", bin, age + "age", age + "age-keygen", age + "age-plugin-batchpass"},
	} {
		if out, err := exec.CommandContext(t.Context(), "go", build...).CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(build, " "), err, out)
		}
	}
	return programs{t: t, env: []string{"PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH")}}
}

// sh runs a script in a directory, which must exit with 0, and returns what it prints.
func (p programs) sh(dir, script string, env ...string) string {
	p.t.Helper()
	out, err := p.try(dir, script, env...)
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return out
}

func (p programs) try(dir, script string, env ...string) (string, error) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "sh", "-ec", script)
	cmd.Dir, cmd.Env = filepath.Join(p.dir, dir), append(p.env, env...)
	if err := os.MkdirAll(cmd.Dir, 0o700); err != nil {
		p.t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out) + stderr.String(), err
	}
	return string(out), nil
}

func (p programs) write(name, text string) {
	p.t.Helper()
	name = filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// documented is the example of a page that begins with a comment.
func documented(t *testing.T, page, begins string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```sh\n(# " + regexp.QuoteMeta(begins) + ".*?)```").FindStringSubmatch(string(text))
	if found == nil {
		t.Fatalf("%s has no command %q", page, begins)
	}
	return found[1]
}

const tokenMesh = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  reader: {allowNonExpiring: true}
  sites:
  - {name: north, clusters: [west], recipients: [%s]}
  - {name: south, clusters: [east]}
  clusters:
  - {name: east, network: a, api: {server: "https://203.0.113.10"}}
  - {name: west, network: b, api: {server: "https://203.0.113.20"}}
  links: [{from: [west], to: [east]}]
`

// TestOtherPrograms: age and ssh-keygen take what this program writes, and it takes what they make.
func TestOtherPrograms(t *testing.T) {
	p := newPrograms(t)
	for name, test := range map[string]func(programs){
		"age": programs.testAge, "age with a passphrase": programs.testPassphrase, "ssh-keygen": programs.testSSHKeygen,
	} {
		t.Run(name, func(t *testing.T) {
			test(programs{t: t, dir: p.dir, env: p.env}.elsewhere())
		})
	}
}

// elsewhere are the same programs in a directory of their own.
func (p programs) elsewhere() programs {
	dir := p.t.TempDir()
	return programs{t: p.t, dir: dir, env: append(slices.Clone(p.env), "HOME="+dir, "MEDIA="+dir)}
}

// testAge: the program age opens the token in an exchange file with the key of the site and the command of the page, and a
// token that age has encrypted is taken; with keys of both kinds.
func (p programs) testAge() {
	token := readerToken("system:serviceaccount:istio-system:mesh-reader-west")
	for _, kind := range []string{"", "-pq"} {
		p.t.Run("age-keygen "+kind, func(t *testing.T) {
			p := programs{t: t, dir: p.dir, env: p.env}.elsewhere()
			p.sh(".", "ssh-keygen -q -t ed25519 -N '' -f key; ssh-keygen -q -t ed25519 -N '' -f north.key")
			p.sh("north", "(umask 077; mkdir -p credentials; age-keygen "+kind+" -o credentials/exchange.agekey 2>/dev/null); mkdir trust; echo \"south $(cat ../key.pub)\" > trust/allowed_signers")
			recipient := strings.TrimSpace(p.sh("north", "age-keygen -y credentials/exchange.agekey"))
			for _, site := range []string{"north", "south"} {
				p.write(site+"/mesh.yaml", fmt.Sprintf(tokenMesh, recipient))
			}
			p.write("south/credentials/east/west/token", token+"\n")
			p.sh("south", "kubectl-mesh exchange export --site south --key ../key -o ../south.exchange")

			var opened map[string]any
			plain := p.sh("north", documented(t, "air-gap.md", "the first token of a file"))
			if err := json.Unmarshal([]byte(plain), &opened); err != nil || opened["token"] != token {
				t.Errorf("age opens %v: %v", opened, err)
			}

			p.write("plain", plain)
			p.sh(".", "age -e -a -r "+recipient+" plain > armored")
			p.write("resign.sh", resign)
			p.sh(".", "sh resign.sh")
			p.sh("north", "kubectl-mesh exchange import --site north ../again.exchange")
			if got := p.sh("north", "cat credentials/east/west/token"); got != token+"\n" {
				t.Errorf("the token of age is %q", got)
			}
		})
	}
}

// resign puts the file that age has made into the place of the one in the exchange file, and has ssh-keygen sign it.
const resign = `set -e
sed '/^-----BEGIN SSH SIGNATURE-----$/,$d' south.exchange | awk '
  /BEGIN AGE ENCRYPTED FILE/ { while ((getline line < "armored") > 0) printf "        \"%s\",\n", line; skip = 1 }
  !skip { print }
  /END AGE ENCRYPTED FILE/ { skip = 0 }' > text
ssh-keygen -q -Y sign -f key -n kubectl-mesh.dev/exchange < text > text.sig
cat text text.sig > again.exchange
`

// readerToken is one of a service account, with a signature that nobody has made.
func readerToken(subject string) string {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	return part(`{"alg":"RS256"}`) + "." + part(`{"sub":"`+subject+`"}`) + "." + part("signature")
}

// testPassphrase: age opens the key of the root with its passphrase, and a key that age has encrypted is taken, with
// armor and without.
func (p programs) testPassphrase() {
	const passphrase = "correct horse battery staple"
	secret := "AGE_PASSPHRASE=" + passphrase
	p.write("mesh.yaml", fmt.Sprintf(tokenMesh, ""))
	p.write("passphrase", passphrase+"\n")
	p.sh(".", "kubectl-mesh ca init --passphrase-fd 3 3< passphrase")
	key := p.sh(".", "age -d -j batchpass credentials/root-key.pem.age", secret)
	if !strings.HasPrefix(key, "-----BEGIN PRIVATE KEY-----\n") {
		p.t.Fatalf("age opens %d bytes, which are no key", len(key))
	}
	p.write("root-key.pem", key)
	for cluster, form := range map[string]string{"east": "-a", "west": ""} {
		p.sh(".", "age -e "+form+" -j batchpass root-key.pem > credentials/root-key.pem.age", secret)
		p.sh(".", "kubectl-mesh ca issue --cluster "+cluster+" --passphrase-fd 3 3< passphrase")
	}
}

// testSSHKeygen: ssh-keygen verifies what keys of every kind have signed, and what it signs is taken.
func (p programs) testSSHKeygen() {
	p.write("south/mesh.yaml", fmt.Sprintf(strings.Replace(tokenMesh, "allowNonExpiring: true", "auth: clientCertificate", 1), ""))
	for name, kind := range map[string]string{
		"ed25519": "-t ed25519", "ecdsa256": "-t ecdsa -b 256", "ecdsa384": "-t ecdsa -b 384", "ecdsa521": "-t ecdsa -b 521",
	} {
		p.sh(".", "ssh-keygen -q "+kind+" -N '' -f "+name)
		p.sh("south", "kubectl-mesh exchange export --site south --key ../"+name+" -o ../north.exchange 2>/dev/null")
		p.sh("north", "mkdir -p trust; echo \"north $(cat ../"+name+".pub)\" > trust/allowed_signers; rm -f .kubectl-mesh/state.yaml")
		out := p.sh("north", documented(p.t, "air-gap.md", "at south\nsed"))
		if !strings.Contains(out, `Good "kubectl-mesh.dev/exchange" signature for north`) {
			p.t.Errorf("%s: ssh-keygen says %s", name, out)
		}
	}
}
