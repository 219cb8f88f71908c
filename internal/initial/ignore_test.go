package initial

import "testing"

// TestIgnore: the lines are there in the end, once, and all others are as they were.
func TestIgnore(t *testing.T) {
	const own = "/.kubectl-mesh/lock\n/.kubectl-mesh/staging/\n"
	for before, want := range map[string]string{
		"":                                "/credentials/\n" + own,
		"/bin/\n":                         "/bin/\n/credentials/\n" + own,
		"/bin/":                           "/bin/\n/credentials/\n" + own,
		"/credentials/\n/bin/\n":          "/credentials/\n/bin/\n" + own,
		"/credentials/\n" + own:           "/credentials/\n" + own,
		"/credentials/\r\n":               "/credentials/\r\n" + own,
		"# what is in /credentials/ is\n": "# what is in /credentials/ is\n/credentials/\n" + own,
		"!/credentials/\n":                "!/credentials/\n/credentials/\n" + own,
		" /credentials/\n":                " /credentials/\n/credentials/\n" + own,
	} {
		if got := withIgnored(before); got != want {
			t.Errorf("%q: got %q, want %q", before, got, want)
		}
	}
}
