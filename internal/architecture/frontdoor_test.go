package architecture_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOneFrontDoor: every kubectl apply that is printed or documented is server-side and has the field manager of
// render --apply. With another one the next change stops at a conflict, and a client-side one keeps a copy of each
// credential.
func TestOneFrontDoor(t *testing.T) {
	command := regexp.MustCompile(`kubectl[^|;]* apply .*|\bapply (--server-side|--filename|-f) .*`)
	about := []string{"without --server-side", "of the same streams", "everything is new", "render --apply -f"} // and no command
	found := 0
	for _, folder := range strings.Fields("README.md SECURITY.md CHANGELOG.md krew-manifest.yaml docs internal pkg templates testdata/scenarios") {
		err := filepath.WalkDir(filepath.Join("../..", folder), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for number, line := range strings.Split(string(text), "\n") {
				for _, apply := range command.FindAllString(line, -1) {
					if !regexp.MustCompile(`apply (--server-side|--filename|-f)\b`).MatchString(apply) || containsAny(line, about) {
						continue
					}
					if found++; !strings.Contains(apply, "apply --server-side --field-manager=mesh-cli") {
						t.Errorf("%s:%d: %s", path, number+1, apply)
					}
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 20 {
		t.Errorf("found %d commands: does it still find them?", found)
	}
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
