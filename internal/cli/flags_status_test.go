package cli

import "testing"

func TestStatusFlags(t *testing.T) {
	live := newLiveFlags(System{})
	testFlags(t, newStatus, []flagTest[statusOptions]{
		{"all", []string{"--live", "-o=json", "-f=other.yaml"}, statusOptions{liveFlags: live, filename: "other.yaml", output: "json", live: true}},
	})
	testRefused(t, newStatus, map[string][]string{"--context selects one cluster, but a link has two\nhint: set context: NAME for each cluster in mesh.yaml": {"--context=east"}})
}
