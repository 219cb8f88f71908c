package upstream_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]struct {
		minor, short string
		stated       bool
	}{
		"1.30.2":               {"1.30", "1.30.2", true},
		"1.30.0":               {"1.30", "1.30", true},
		"1.30":                 {"1.30", "1.30", true},
		"v1.28.0":              {"1.28", "1.28", true},
		"1.24.3-solo":          {"1.24", "1.24.3-solo", true},
		"1.27.3-asm.3":         {"1.27", "1.27.3-asm.3", true},
		"1.31-alpha.7ac86d3d6": {"1.31", "1.31", true},
		"v1.30.5-gke.1014001":  {"1.30", "v1.30.5-gke.1014001", true},
		"rapid":                {"", "rapid", false},
		"asm-managed-stable":   {"", "asm-managed-stable", false},
		"":                     {"", "", false},
	} {
		v, err := upstream.Parse(text)
		if err != nil || v.String() != text || v.Minor() != want.minor || v.Short() != want.short || v.Stated() != want.stated {
			t.Errorf("Parse(%q) = %q, minor %q, short %q, stated %t, %v; want %+v", text, v, v.Minor(), v.Short(), v.Stated(), err, want)
		}
	}
	for _, text := range []string{"latest", "1", "x1.30.2", "1..2", " 1.30.2", "1.30.2\n", "-1.2.3", "asm-managed-canary"} {
		if v, err := upstream.Parse(text); err == nil {
			t.Errorf("Parse(%q) = %q", text, v)
		} else if want := `parse version ` + quote(text) + `: use a form such as 1.30.2`; err.Error() != want {
			t.Errorf("Parse(%q): %v\nwant %s", text, err, want)
		}
		if v := upstream.VersionOf(text); v.Stated() || v.String() != "" {
			t.Errorf("VersionOf(%q) = %q", text, v)
		}
	}
}

// A version is compared by its numbers: a build or a pre-release is one of its release.
func TestAtLeast(t *testing.T) {
	for _, test := range []struct {
		version, other string
		want           bool
	}{
		{"1.30.2", "1.30.2", true},
		{"1.30.2", "1.30.3", false},
		{"1.30.10", "1.30.9", true},
		{"1.9.30", "1.27.0", false},
		{"2.0.0", "1.31.4", true},
		{"1.30", "1.30.0", true},
		{"1.30", "1.30.1", false},
		{"1.24.3-solo", "1.24.3", true},
		{"1.31-alpha.7ac86d3d6", "1.31.0", true},
		{"1.27.0-rc.1", "1.27.0", true},
		{"1.27.3-asm.3", "1.27.4", false},
		{"v1.29.8+f10c92d", "1.30.0", false},
		{"", "1.99.0", true},
		{"rapid", "1.99.0", true},
	} {
		if got := upstream.VersionOf(test.version).AtLeast(upstream.VersionOf(test.other)); got != test.want {
			t.Errorf("%q at least %q: %t", test.version, test.other, got)
		}
	}
}

func TestIsFull(t *testing.T) {
	for text, want := range map[string]bool{
		"1.30.2": true, "1.28.0-solo": true, "1.27.3-asm.3": true, "1.30.2+x": true, "1.20.8.1": true,
		"1.30": false, "v1.30.2": false, "latest": false, "": false, "1.30.2-": false, "1.30.2_x": false, "1.30.2 ": false, "1234.0.0": false, "1.030.2": false,
	} {
		if upstream.IsFull(text) != want {
			t.Errorf("IsFull(%q) = %t", text, !want)
		}
	}
}

// FuzzParse: what is taken is kept as it is, and compares with itself.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "1.30.2", "v1.28", "1.24.3-solo", "rapid", "1.2.3.4", "99999999999999999999.1", "1.2\n", "00.0.0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := upstream.Parse(text)
		switch {
		case err != nil && (v.Stated() || v.String() != ""):
			t.Errorf("Parse(%q) = %q, %v", text, v, err)
		case err == nil && (v.String() != text || !v.AtLeast(v)):
			t.Errorf("Parse(%q) = %q, which is not at least itself", text, v)
		case upstream.IsFull(text) && err != nil:
			t.Errorf("IsFull(%q), but Parse: %v", text, err)
		}
	})
}
