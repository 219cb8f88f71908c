package sandbox

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	if Inside() || Missing() != nil {
		os.Exit(m.Run())
	}
	code, err := Enter(os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// TestPods: pods of one network reach each other; of the other network they reach the outside address of its gateway
// and no pod; nothing reaches the machine or what is behind it.
func TestPods(t *testing.T) {
	if !Inside() {
		t.Skipf("needs %s", strings.Join(Missing(), ", "))
	}
	networks, err := Build(2, []string{"service.test"})
	if err != nil {
		t.Fatal(err)
	}
	pod := networks[0].Pod(t, "one", networks[0].Address(10), Options{})
	networks[0].Pod(t, "neighbour", networks[0].Address(11), Options{})
	networks[1].Pod(t, "gateway", networks[1].Address(15), Options{Outside: "203.0.113.2"})
	var reached []string
	for _, address := range []string{"10.1.0.11", "10.2.0.15", "203.0.113.2", "service.test", "192.0.2.1"} {
		// Nothing listens: who is there refuses the connection.
		said, _ := pod.Command(t.Context(), AppUser, "curl", "-sv", "--connect-timeout", "1", "http://"+address+":9").CombinedOutput()
		if strings.Contains(string(said), "Connection refused") {
			reached = append(reached, address)
		}
	}
	if want := []string{"10.1.0.11", "203.0.113.2", "service.test"}; !slices.Equal(reached, want) {
		t.Errorf("the pod reaches %v, want %v", reached, want)
	}
}
