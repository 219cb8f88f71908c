package sops_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/getsops/sops/v3/decrypt"
	"sigs.k8s.io/yaml"
)

// identities are a key of each kind, and their public keys.
func identities(t *testing.T) (private, public []string) {
	t.Helper()
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	quantum, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return []string{classic.String(), quantum.String()}, []string{classic.Recipient().String(), quantum.Recipient().String()}
}

func sealing(public ...string) string {
	return fmt.Sprintf("  sealing: {format: sops, age: {recipients: [%s]}}", strings.Join(public, ", "))
}

// The library of sops decrypts what was sealed, for each recipient, and verifies the MAC; so it does
// what render and kubectl kustomize have made of it. A second run changes no byte.
func TestSOPSDecryptsWhatWasSealed(t *testing.T) {
	private, public := identities(t)
	w := newWorkspace(t, sealing(public...), nil)
	w.mesh("seal")
	files := []string{"sealed/east/remote-secret-west.yaml", "sealed/east/cacerts.yaml", "sealed/west/remote-secret-east.yaml", "sealed/west/cacerts.yaml"}
	before := map[string]string{}
	for _, name := range files {
		before[name] = string(w.read(name))
	}
	w.mesh("seal")
	w.write("identity", private[0]+"\n")
	w.mesh("seal", "--identity", "identity")
	w.mesh("render", "--output-dir", "deploy")
	for _, name := range files {
		if string(w.read(name)) != before[name] {
			t.Errorf("%s has changed, and nothing else had", name)
		}
		rendered := w.rendered(name)
		asJSON, err := yaml.YAMLToJSON(rendered) // as Flux decrypts what kustomize has built
		if err != nil {
			t.Fatal(err)
		}
		for _, identity := range private {
			t.Setenv("SOPS_AGE_KEY", identity)
			for what, text := range map[string][]byte{"sealed": []byte(before[name]), "rendered": rendered, "JSON": asJSON} {
				format := "yaml"
				if what == "JSON" {
					format = "json"
				}
				plain, err := decrypt.Data(text, format)
				if err != nil {
					t.Fatalf("%s, %s: %v", name, what, err)
				}
				w.checkSecret(name, plain)
			}
		}
		tampered := strings.Replace(before[name], "mac: ENC[AES256_GCM,data:", "mac: ENC[AES256_GCM,data:AAAA", 1)
		if _, err := decrypt.Data([]byte(tampered), "yaml"); err == nil {
			t.Errorf("%s: the library takes a wrong MAC: it proves nothing here", name)
		}
	}
}

// rendered is a sealed object as the overlay of its cluster has it, where a remote secret is one of several.
func (w workspace) rendered(sealed string) []byte {
	w.t.Helper()
	overlay, file := filepath.Split(strings.Replace(sealed, "sealed/", "deploy/overlays/", 1))
	if !strings.HasPrefix(file, "remote-secret-") {
		return w.read(overlay + file)
	}
	name := "\n  name: istio-" + strings.TrimSuffix(file, ".yaml") + "\n"
	for part := range strings.SplitSeq(string(w.read(overlay+"readers.yaml")), "\n---\n") {
		if strings.Contains(part, name) {
			return []byte(part + "\n")
		}
	}
	w.t.Fatalf("%s: it is not in the overlay", sealed)
	return nil
}

// checkSecret compares what was decrypted with what is rendered in the open.
func (w workspace) checkSecret(name string, decrypted []byte) {
	w.t.Helper()
	cluster := strings.Split(name, "/")[1]
	var got struct {
		Metadata struct{ Name string }
		Data     map[string]string `json:"stringData"`
	}
	if err := yaml.Unmarshal(decrypted, &got); err != nil {
		w.t.Fatal(err)
	}
	for document := range strings.SplitSeq(w.mesh("render", "--cluster", cluster, "--secrets", "include"), "\n---\n") {
		want := got
		want.Data = nil
		if err := yaml.Unmarshal([]byte(document+"\n"), &want); err != nil {
			w.t.Fatal(err)
		}
		if want.Metadata.Name == got.Metadata.Name && fmt.Sprint(want.Data) == fmt.Sprint(got.Data) && len(got.Data) > 0 {
			return
		}
	}
	w.t.Errorf("%s: what was decrypted is not what is rendered:\n%s", name, decrypted)
}

// One recipient less is a new data key, also with an identity: what the leaver has opens nothing new.
func TestLeaversCannotDecrypt(t *testing.T) {
	private, public := identities(t)
	w := newWorkspace(t, sealing(public...), nil)
	w.mesh("seal")
	old := string(w.read("sealed/east/cacerts.yaml"))
	w.write("mesh.yaml", strings.Replace(string(w.read("mesh.yaml")), public[0]+", ", "", 1))
	w.write("identity", private[1]+"\n")
	w.mesh("seal", "--identity", "identity")
	sealed := string(w.read("sealed/east/cacerts.yaml"))
	t.Setenv("SOPS_AGE_KEY", private[1])
	if _, err := decrypt.Data([]byte(sealed), "yaml"); err != nil {
		t.Error(err)
	}
	t.Setenv("SOPS_AGE_KEY", private[0])
	grafted := sealed[:strings.Index(sealed, "  age:\n")] + old[strings.Index(old, "  age:\n"):strings.Index(old, "  encrypted_regex")] + sealed[strings.Index(sealed, "  encrypted_regex"):]
	for what, text := range map[string]string{"as it is": sealed, "with the old data key": grafted} {
		if _, err := decrypt.Data([]byte(text), "yaml"); err == nil {
			t.Errorf("%s: the leaver decrypts it", what)
		}
	}
}

// sops encrypts by the .sops.yaml of the workspace, edits and updates keys; what it leaves is taken, and
// proven like what was sealed here.
func TestTakesWhatSOPSMakes(t *testing.T) {
	private, public := identities(t)
	w := newWorkspace(t, sealing(public...), nil)
	w.mesh("seal")
	const name = "sealed/east/remote-secret-west.yaml"
	ours := w.read(name)
	w.write("identity", private[1]+"\n")
	plain := w.sops(private[0], "decrypt", name)
	if !strings.Contains(plain, "token: token-of-west-for-east") {
		t.Fatalf("sops decrypts it to\n%s", plain)
	}

	w.write(name, plain)
	w.sops(private[0], "encrypt", "--in-place", name)
	theirs := w.read(name)
	if string(theirs) == string(ours) || strings.Contains(string(theirs), "token-of-west-for-east") {
		t.Fatalf("sops has not encrypted it:\n%s", theirs)
	}
	const proven = "4 sealed files verified against the annotations\n"
	if out := w.mesh("validate", "--identity", "identity"); !strings.HasSuffix(out, proven) {
		t.Errorf("validate says %s", out)
	}
	w.mesh("seal")
	w.mesh("seal", "--identity", "identity")
	if string(w.read(name)) != string(theirs) {
		t.Error("what sops has encrypted was sealed again")
	}
	w.mesh("render", "--output-dir", "deploy")
	t.Setenv("SOPS_AGE_KEY", private[1])
	if _, err := decrypt.Data(w.rendered(name), "yaml"); err != nil {
		t.Errorf("rendered, it does not decrypt: %v", err)
	}

	w.sops(private[0], "set", name, `["stringData"]["west"]`, `"exchanged"`)
	cmd := w.command("kubectl-mesh", "validate", "--identity", "identity")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the sealed content has an unexpected form") {
		t.Errorf("an exchanged value: %v\n%s", err, out)
	}

	w.write(name, string(ours))
	third, more := identities(t)
	settings := string(w.read(".sops.yaml"))
	w.write(".sops.yaml", strings.ReplaceAll(settings, public[0], public[0]+","+more[0]))
	w.sops(private[0], "updatekeys", "--yes", name)
	t.Setenv("SOPS_AGE_KEY", third[0])
	if _, err := decrypt.File(filepath.Join(w.dir, name), "yaml"); err != nil {
		t.Errorf("the newcomer of sops: %v", err)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "credentials/sealing.key")); err != nil {
		t.Error(err)
	}
}
