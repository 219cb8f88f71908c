package cli

import (
	"testing"
	"time"
)

func TestExchangeFlags(t *testing.T) {
	live := newLiveFlags(System{})
	testFlags(t, newExchangeExport, []flagTest[exchangeExportOptions]{
		{"defaults", nil, exchangeExportOptions{liveFlags: live, filename: "mesh.yaml", validity: 30 * 24 * time.Hour}},
		{"all", []string{"-o=north.exchange", "--cluster=west", "--site=north", "--key=id.pub", "--validity=2h", "-f=m.yaml"},
			exchangeExportOptions{liveFlags: live, siteFlags: siteFlags{site: "north", key: "id.pub"}, filename: "m.yaml",
				out: "north.exchange", clusters: []string{"west"}, validity: 2 * time.Hour}},
	})
	testFlags(t, newExchangeImport, []flagTest[exchangeImportOptions]{
		{"all", []string{"a", "b", "--site=north", "--identity=k", "--accept-signer=SHA256:x", "--dry-run"},
			exchangeImportOptions{liveFlags: live, siteFlags: siteFlags{site: "north"}, filename: "mesh.yaml", files: []string{"a", "b"},
				accept: []string{"SHA256:x"}, ident: []string{"k"}, dryRun: true}},
	})
	testRefused(t, newExchangeExport, map[string][]string{
		"--validity 1s is too short or too long\nhint: use a duration from 1m to 8784h": {"--validity=1s"},
	})
	testRefused(t, newExchangeImport, map[string][]string{
		"import requires at least one exchange file\nhint: kubectl mesh exchange import FILE...":                  nil,
		"--accept-signer \"ab:cd\" is not a fingerprint\nhint: use the output of ssh-keygen -lf FILE: SHA256:...": {"a", "--accept-signer=ab:cd"},
	})
}
