package output_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

// A file that everybody may read never holds a key; one that is private may.
func TestPublicFilesHoldNoCredentials(t *testing.T) {
	key := "note: |\n  -----BEGIN " + "PRIVATE KEY-----\n  VEVTVCBPTkxZLCBubyBrZXkgb2YgYW55Ym9keQ==\n"
	public, private := filepath.Join(t.TempDir(), "clusters", "east.yaml"), filepath.Join(t.TempDir(), "credentials", "ca-key.pem")
	err := output.WriteFile(public, []byte(key), output.FileOptions{Mode: 0o644})
	if err == nil || !strings.Contains(err.Error(), "east.yaml:2: pem-private-key: a private key (") || strings.Contains(err.Error(), "VEVT") {
		t.Errorf("public: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(public)); !os.IsNotExist(err) {
		t.Errorf("something was made: %v", err)
	}
	if err := output.WriteFile(private, []byte(key), output.FileOptions{Mode: 0o600}); err != nil {
		t.Errorf("private: %v", err)
	}
}
