package verdict_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func TestUsage(t *testing.T) {
	usage := verdict.Usage{nil}
	usage.Refuse(false, "unused", "unused")
	if err := usage.Err(); err != nil {
		t.Errorf("nothing is wrong: got %v", err)
	}
	usage.Refuse(true, "add --apply", "--yes requires --apply")
	usage.Refuse(true, "omit --force", "--check and --force are mutually exclusive")
	err := usage.Err()
	if got, want := err.Error(), "--yes requires --apply\n--check and --force are mutually exclusive"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := strings.Join(hint.Of(err), "; "), "add --apply; omit --force"; got != want {
		t.Errorf("remedies: got %q, want %q", got, want)
	}
	if got := verdict.Code(err); got != verdict.CodeInput {
		t.Errorf("code: got %d, want %d", got, verdict.CodeInput)
	}
}

func TestWord(t *testing.T) {
	for _, test := range []struct{ value, fault, remedy string }{
		{value: "json"},
		{value: ""},
		{value: "jsno", fault: `invalid value "jsno" for --output`, remedy: "did you mean json?"},
		{value: "table", fault: `invalid value "table" for --output`, remedy: "use one of json, yaml"},
	} {
		err := verdict.Word("--output", test.value, "", "json", "yaml")
		if err == nil {
			if test.fault != "" {
				t.Errorf("%q: no error, want %q", test.value, test.fault)
			}
			continue
		}
		if got := err.Error(); got != test.fault {
			t.Errorf("%q: got %q, want %q", test.value, got, test.fault)
		}
		if got := strings.Join(hint.Of(err), "; "); got != test.remedy {
			t.Errorf("%q: remedy %q, want %q", test.value, got, test.remedy)
		}
	}
}
