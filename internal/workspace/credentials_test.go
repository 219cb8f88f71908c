package workspace_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// now is when the tests happen.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// listed are the problems that an error carries, as they are printed, each with its remedy.
func listed(h *testmesh.Fixture, err error) []string {
	problems, ok := errors.AsType[*workspace.Problems](err)
	if !ok {
		return h.Problems(err)
	}
	return lines(h, problems.List)
}

func lines(h *testmesh.Fixture, problems []mesh.Problem) []string {
	var lines []string
	for _, problem := range problems {
		lines = append(lines, h.Normalize(problem.String()+" | "+problem.Hint))
	}
	return lines
}

// missed are the lines of what does not exist yet.
func missed[K comparable](h *testmesh.Fixture, missing map[K]render.Missing) []string {
	var lines []string
	for _, one := range missing {
		lines = append(lines, h.Normalize(one.Why+" | "+one.Next))
	}
	slices.Sort(lines)
	return lines
}

const tokenFile = "credentials/west/east/token"

func TestReadCredentialsToken(t *testing.T) {
	const subject = "system:serviceaccount:istio-system:mesh-reader-"
	for _, test := range []struct {
		name, mesh string
		files      map[string]string
		want       []string
		warnings   []string
	}{
		{"all are there", testmesh.Both, map[string]string{tokenFile: fakeapi.JWT(map[string]any{"sub": subject + "east"}),
			"credentials/east/west/token": "opaque\n"}, nil, nil},
		{"none is there", testmesh.Both, nil, []string{
			"east has no token for west | kubectl mesh collect --cluster west -f mesh.yaml",
			"west has no token for east | kubectl mesh collect --cluster east -f mesh.yaml"}, nil},
		{"nobody reaches it from here", strings.Replace(testmesh.Both, "context: prod-west, ", "", 1), map[string]string{"credentials/east/west/token": "opaque"}, []string{
			"east has no token for west | after applying west's overlay: (umask 077; mkdir -p credentials/west/east && " +
				"kubectl --context=CONTEXT_OF_west -n istio-system get secret mesh-reader-east-token-1 " +
				"-o go-template='{{.data.token | base64decode}}' > credentials/west/east/token)"}, nil},
		{"no token", testmesh.Both, map[string]string{tokenFile: "", "credentials/east/west/token": "two words"}, []string{
			tokenFile + ": the token of east for west cannot be used: parse token: it is empty | kubectl mesh collect --cluster west -f mesh.yaml",
			"credentials/east/west/token: the token of west for east cannot be used: parse token: byte 3 is white space | " +
				"kubectl mesh collect --cluster east -f mesh.yaml"}, nil},
		{"the tokens were swapped", testmesh.Both, map[string]string{tokenFile: fakeapi.JWT(map[string]any{"sub": subject + "west"}),
			"credentials/east/west/token": fakeapi.JWT(map[string]any{"sub": subject + "east"})}, nil, []string{"MESH016", "MESH016"}},
	} {
		h, ws := open(t, test.mesh, test.files)
		tokens, err := ws.ReadCredentials([]access.Pair{pair, {Consumer: "west", Target: "east"}})
		if diff := cmp.Diff(test.want, append(listed(h, err), missed(h, tokens.Absent)...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if test.want == nil && len(tokens.Held) != 2 {
			t.Errorf("%s: got %d tokens, want 2", test.name, len(tokens.Held))
		}
		var warnings []string
		for _, problem := range tokens.Problems {
			if problem.Rule == "MESH016" || problem.Rule == "MESH017" {
				warnings = append(warnings, problem.Rule)
			}
		}
		if diff := cmp.Diff(test.warnings, warnings); diff != "" {
			t.Errorf("%s: warnings (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestOpenToken: others may read it, which is said.
func TestOpenToken(t *testing.T) {
	h, ws := open(t, testmesh.Both, map[string]string{tokenFile: "opaque"})
	for mode, want := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true} {
		if err := os.Chmod(filepath.Join(h.Dir(), tokenFile), mode); err != nil {
			t.Fatal(err)
		}
		if _, open, err := ws.ReadToken(pair); err != nil || open != want {
			t.Errorf("mode %o: got %t, %v", mode, open, err)
		}
	}
}

// certificate for a user, and its key.
func certificate(t *testing.T, user string, end time.Time) (text, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: user}, NotBefore: end.AddDate(-1, 0, 0), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

func TestReadCredentialsCertificate(t *testing.T) {
	first, firstKey := certificate(t, "mesh:east", now.AddDate(1, 0, 0))
	second, secondKey := certificate(t, "mesh:east:2", now.AddDate(2, 0, 0))
	const dir, request = "credentials/west/east/", "kubectl mesh credentials request --from east --to west -f mesh.yaml"
	for _, test := range []struct {
		name, west string
		files      map[string]string
		user       string
		want       []string
	}{
		{"one", "reader: {auth: clientCertificate}", map[string]string{dir + "client.crt": first, dir + "client.key": firstKey}, "mesh:east", nil},
		{"no key yet", "reader: {auth: clientCertificate}", nil, "", []string{"east has no client certificate for west | " + request}},
		{"not approved yet", "reader: {auth: clientCertificate}", map[string]string{dir + "client.key": firstKey}, "", []string{
			"east has no client certificate for west | approve the request at the site of west: kubectl mesh credentials approve --help"}},
		{"of another key", "reader: {auth: clientCertificate}", map[string]string{dir + "client.crt": first, dir + "client.key": secondKey}, "", []string{
			dir + "client.crt: the client certificate of east for west cannot be used: parse client certificate: " +
				"certificate and key do not belong together, or are not PEM | " + request}},
		{"of another user", "reader: {auth: clientCertificate}", map[string]string{dir + "client.crt": second, dir + "client.key": secondKey}, "", []string{
			dir + `client.crt: the client certificate of east for west cannot be used: it belongs to "mesh:east:2", not to "mesh:east" | ` + request}},
		{"the new one", "reader: {auth: clientCertificate}, readerGenerations: {east: [1, 2]}", map[string]string{dir + "client.crt": first, dir + "client.key": firstKey,
			dir + "client-2.crt": second, dir + "client-2.key": secondKey}, "mesh:east:2", nil},
		{"the old one until the new one is there", "reader: {auth: clientCertificate}, readerGenerations: {east: [1, 2]}",
			map[string]string{dir + "client.crt": first, dir + "client.key": firstKey, dir + "client-2.key": secondKey}, "mesh:east", nil},
	} {
		h, ws := open(t, west(test.west), test.files)
		certificates, err := ws.ReadCredentials([]access.Pair{pair})
		if diff := cmp.Diff(test.want, append(listed(h, err), missed(h, certificates.Absent)...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if got := certificates.Held[pair].Certificate; test.user != "" && (got.IsZero() || got.User() != test.user) {
			t.Errorf("%s: got the certificate of %v", test.name, got)
		}
	}
	_, ws := open(t, west("reader: {auth: clientCertificate}, revokedReaders: {east: 1}"), map[string]string{dir + "client.crt": first, dir + "client.key": firstKey})
	if _, err := ws.ReadClientCertificate(pair); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a reader that is cut off: got %v", err)
	}
}

func TestClientPair(t *testing.T) {
	h, ws := open(t, west("reader: {auth: clientCertificate}"), nil)
	if got, err := ws.ClientPair("east", "west"); err != nil || got != pair {
		t.Errorf("got %v, %v", got, err)
	}
	_, err := ws.ClientPair("west", "east")
	want := []string{"west does not read east with a client certificate | set reader: {auth: clientCertificate} for east, and add a link from west"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = ws.ClientPair("east", "wets")
	if diff := cmp.Diff([]string{`no cluster "wets" in mesh.yaml | did you mean west?`}, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRefuseExpired: what has ended is kept from clusters, all of it named at once.
func TestRefuseExpired(t *testing.T) {
	h, ws := open(t, testmesh.Both, nil)
	token := func(end time.Time) kubeconfig.Token {
		parsed, err := kubeconfig.ParseToken([]byte(fakeapi.JWT(map[string]any{"exp": end.Unix()})))
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	parsed := func(end time.Time) kubeconfig.ClientCertificate {
		text, key := certificate(t, "mesh:east", end)
		certificate, err := kubeconfig.ParseClientCertificate([]byte(text), []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		return certificate
	}
	other := access.Pair{Consumer: "west", Target: "east"}
	north, south := access.Pair{Consumer: "north", Target: "east"}, access.Pair{Consumer: "south", Target: "west"}
	err := ws.RefuseExpired(map[access.Pair]kubeconfig.Credential{
		pair:  {Token: token(now)},
		other: {Token: token(now.Add(time.Second))},
		north: {Certificate: parsed(now.AddDate(0, 0, -1))},
		south: {Certificate: parsed(now.AddDate(0, 0, 1))},
	}, now)
	want := []string{
		"the client certificate of north for east expired at 2026-05-31T12:00:00Z | rotate it: kubectl mesh credentials rotate --link north:east -f mesh.yaml",
		"the token of east for west expired at 2026-06-01T12:00:00Z | get a new one: kubectl mesh collect --token=request --cluster west -f mesh.yaml"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestValidities goes by what is there.
func TestValidities(t *testing.T) {
	claims := fakeapi.JWT(map[string]any{"iat": now.Unix(), "exp": now.AddDate(0, 0, 2).Unix()})
	_, ws := open(t, testmesh.Both, map[string]string{tokenFile: claims, "credentials/east/north/token": claims, "credentials/east/west/token": "opaque"})
	known := ws.Validities()
	if len(known) != 1 || known[0].Target != "west" || known[0].Consumer != "east" || !known[0].NotBefore.Equal(now) || !known[0].NotAfter.Equal(now.AddDate(0, 0, 2)) {
		t.Errorf("got %+v", known)
	}
}

func TestApplyCommand(t *testing.T) {
	h, ws := open(t, strings.Replace(testmesh.Both, "context: prod-west, ", "", 1), nil)
	for name, want := range map[string]string{
		"east": "kubectl mesh render --apply --cluster east -f mesh.yaml",
		"west": "kubectl mesh render --cluster west --secrets=skip -f mesh.yaml | kubectl --context=CONTEXT_OF_west apply --server-side --field-manager=mesh-cli -f -",
	} {
		cluster, _ := ws.Graph.Cluster(name)
		if got := h.Normalize(ws.ApplyCommand(cluster, "skip")); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestWritePrivate: a key is written where git cannot see it and others cannot read it, or not at all.
func TestWritePrivate(t *testing.T) {
	h, ws := open(t, testmesh.Both, nil)
	if err := ws.WritePrivate(t.Context(), tokenFile, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(h.Dir(), tokenFile))
	if err != nil || info.Mode().Perm() != 0o600 || h.Files()["credentials/.gitignore"] != "*\n" {
		t.Errorf("got %v, %v, .gitignore %q", info.Mode(), err, h.Files()["credentials/.gitignore"])
	}
	h.Write("credentials/.gitignore", "*\n!token\n")
	err = ws.WritePrivate(t.Context(), tokenFile, []byte("other"))
	want := []string{"keep credentials out of git: .gitignore does not ignore everything | its only line must be: *"}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" || h.Files()[tokenFile] != "secret" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := ws.Forget(t.Context(), tokenFile); err != nil {
		t.Error(err)
	}
	if err := ws.Forget(t.Context(), tokenFile); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if _, there := h.Files()[tokenFile]; there {
		t.Error("it is still there")
	}
}
