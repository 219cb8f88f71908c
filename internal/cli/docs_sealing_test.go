package cli_test

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"
)

// beside stands between the page and the program in the test: it has no age-keygen, and no git. What
// age-keygen would make was made before.
const beside = `
mkdir bin && printf '#!/bin/sh\ntest -f "$2"\n' >bin/age-keygen && chmod +x bin/age-keygen && PATH=$PWD/bin:$PATH
git() { shift; ls -d "$@" >/dev/null; }
kubectl() { shift; kubectl-mesh "$@"; }
`

// Every example of the page about sealing runs, one after the other, with the mesh of the page.
func TestSealingPage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	text, err := os.ReadFile("../../docs/sealing.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	files := twoClusters()
	for i, block := range strings.Split(string(text), "\n```") {
		body, shell := strings.CutPrefix(block, "sh\n")
		mesh, yaml := strings.CutPrefix(block, "yaml\n")
		switch {
		case i%2 == 1 && shell:
			examples = append(examples, body)
		case i%2 == 1 && yaml && strings.Contains(mesh, "kind: Mesh\n"):
			files["mesh.yaml"] = mesh
		}
	}
	if len(examples) < 3 {
		t.Fatalf("%d examples: is the search broken?", len(examples))
	}
	for name, inPage := range map[string]string{"recovery": "age19yshfdqjd7zvw3lmgqjs7erq43yw7zpxuc9fetyu25a22dhskpxsw7v59w",
		"east": "age13yftnvjclcsujdze4tcumqvuj5s6egk2klyum9jxe6chas20s9cqrxmjmc", "west": ""} {
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		files[name+".agekey"] = identity.String() + "\n"
		if inPage != "" {
			if !strings.Contains(files["mesh.yaml"], inPage) {
				t.Errorf("the mesh of the page has no recipient %s", inPage)
			}
			files["mesh.yaml"] = strings.ReplaceAll(files["mesh.yaml"], inPage, identity.Recipient().String())
		}
	}
	for _, name := range []string{"clusters/east-api.crt", "clusters/west-api.crt"} {
		files[name] = authority
	}
	enter(t, files)
	cmd := exec.CommandContext(t.Context(), "sh", "-e")
	cmd.Stdin = strings.NewReader(beside + strings.Join(examples, "\n"))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "2 sealed files verified against the annotations") {
		t.Errorf("%v\n%s", err, out)
	}
}
