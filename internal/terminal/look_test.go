package terminal

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// TestLookFor: what the environment says of colours and characters, at a terminal and in a pipe.
func TestLookFor(t *testing.T) {
	plain := Look{Columns: 80, movesCursor: true}
	colour := Look{Columns: 80, Colour: true, movesCursor: true}
	full := Look{Columns: 80, Colour: true, Symbols: true, movesCursor: true}
	for name, test := range map[string]struct {
		environ string
		columns int
		want    Look
	}{
		"a terminal":                     {"TERM=xterm LANG=en_GB.UTF-8", 80, full},
		"LC_ALL wins over LANG":          {"TERM=xterm LC_ALL=C LANG=en_GB.UTF-8", 80, colour},
		"the C locale":                   {"TERM=xterm", 80, colour},
		"no colours":                     {"TERM=xterm NO_COLOR=1", 80, plain},
		"an empty NO_COLOR says nothing": {"TERM=xterm NO_COLOR= LANG=C.UTF-8", 80, full},
		"CLICOLOR":                       {"TERM=xterm CLICOLOR=0", 80, plain},
		"a dumb terminal":                {"TERM=dumb LANG=C.UTF-8", 80, Look{Columns: 80}},
		"a pipe":                         {"TERM=xterm LANG=C.UTF-8", 0, Look{}},
		"a pipe with colours":            {"CLICOLOR_FORCE=1 LANG=C.UTF-8", 0, Look{Colour: true}},
		"CLICOLOR_FORCE of 0":            {"CLICOLOR_FORCE=0", 0, Look{}},
		"NO_COLOR wins":                  {"CLICOLOR_FORCE=1 NO_COLOR=1", 0, Look{}},
	} {
		if got := lookFor(strings.Fields(test.environ), test.columns); got != test.want && localeIsUTF8 == false {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

// at is a stream with a look, and what it has printed.
func at(look Look) (*Stream, *strings.Builder) {
	var out strings.Builder
	return &Stream{to: &out, look: look, screen: &screen{said: map[string]bool{}}}, &out
}

// TestLabelled: symbols and colours stand around a text that no longer fits, and none of them in a pipe.
func TestLabelled(t *testing.T) {
	const text = "the clusters east and west share no root"
	for _, test := range []struct {
		look Look
		want string
	}{
		{Look{}, "error: the clusters east and west share no root"},
		{Look{Columns: 30}, "error: the clusters east and\n  west share no root"},
		{Look{Columns: 30, Symbols: true}, "✗ error: the clusters east and\n  west share no root"},
		{Look{Columns: 80, Colour: true}, "\x1b[1;31merror: \x1b[22;0mthe clusters east and west share no root"},
	} {
		if got := test.look.Labelled(Bad, "error: ", text); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.look, got, test.want)
		}
	}
}

// TestFold keeps a word in one piece, counts wide characters as two columns, and leaves commands alone.
func TestFold(t *testing.T) {
	look := Look{Columns: 20}
	for _, test := range []struct{ text, want string }{
		{"short", "short"},
		{"CA SHA-256 0123456789abcdef0123456789abcdef", "CA SHA-256\n  0123456789abcdef0123456789abcdef"},
		{"  set in, and much too long", "  set in, and much\n    too long"},
		{"網網網網網網網網網網 網", "網網網網網網網網網網\n  網"},
	} {
		if got := look.Fold(test.text, hangingColumns); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	out, printed := at(look)
	Hint(out, "render the tree and commit it: kubectl mesh render --output-dir deploy")
	if want := "hint: render the\n  tree and commit\n  it:\n  kubectl mesh render --output-dir deploy\n"; printed.String() != want {
		t.Errorf("got %q, want %q", printed, want)
	}
}

// TestStreamsAreNeverRaw: colours are ours; what a file brings is escaped.
// TestFoldAdvice: a command is copied, so no line ends within one.
func TestFoldAdvice(t *testing.T) {
	for advice, want := range map[string]string{
		"run kubectl mesh validate":                       "hint: run kubectl mesh validate",
		"kubectl mesh render --output-dir deploy --check": "hint: kubectl mesh render --output-dir deploy --check",
		"kubectl mesh ca init, then: kubectl mesh ca issue --all; or set a provider that issues them": "hint: kubectl mesh ca init, then:\n" +
			"  kubectl mesh ca issue --all; or set a\n  provider that issues them",
		"remove it: kubectl patch secret a -p '{\"a\": 1, \"b\": 2}', and look again": "hint: remove it:\n" +
			"  kubectl patch secret a -p '{\"a\": 1, \"b\": 2}',\n  and look again",
	} {
		if got := (Look{Columns: 40}).foldAdvice(advice); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestStreamsAreNeverRaw(t *testing.T) {
	out, printed := at(Look{Columns: 80, Colour: true})
	Notice(out, noticed("cluster \x1b[2Jeast"))
	if want := "\x1b[33mwarning: \x1b[0mcluster \\x1b[2Jeast\n"; printed.String() != want {
		t.Errorf("got %q, want %q", printed, want)
	}
}

// TestWarningsOnce: the files may be read twice in a run.
func TestWarningsOnce(t *testing.T) {
	out, printed := at(Look{})
	Notice(out, noticed("not verified"))
	Notice(out, noticed("not verified"))
	Notice(out, noticed("something else"))
	if want := "warning: not verified\nwarning: something else\n"; printed.String() != want {
		t.Errorf("got %q, want %q", printed, want)
	}
}

// TestColourFlag decides for both streams, and refuses another word.
func TestColourFlag(t *testing.T) {
	out, _ := at(Look{})
	errOut, _ := at(Look{Colour: true})
	flag := ColourOf(out, errOut)
	if err := flag.Set("always"); err != nil || !out.look.Colour || !errOut.look.Colour {
		t.Errorf("always: got %v, %+v, %+v", err, out.look, errOut.look)
	}
	if err := flag.Set("never"); err != nil || out.look.Colour || errOut.look.Colour || flag.String() != "never" {
		t.Errorf("never: got %v, %+v, %+v", err, out.look, errOut.look)
	}
	if err := flag.Set("blue"); err == nil || err.Error() != "use one of auto, always, never" {
		t.Errorf("got %v", err)
	}
}

// TestDraw: the progress line gives way to what is printed, and leaves a question alone.
func TestDraw(t *testing.T) {
	out, printed := at(Look{Columns: 40})
	out.screen.erase = func() { printed.WriteString("<erased>") }
	write := func(text string) {
		if _, err := out.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	out.draw("kubectl mesh check", "", 16)
	write("east: ok\n")
	out.draw("kubectl mesh check", "east, west", 25)
	write("apply this? [y/N] ")
	out.draw("kubectl mesh check", "east", 32)
	write("\n")
	out.draw("a name that is much longer than the terminal is wide", "east", 8)
	out.draw("kubectl mesh check", "step 2 of 7: east: apply Secret", 8)
	out.draw("kubectl mesh credentials rotate", "east", 9)
	want := "| kubectl mesh check: 2s<erased>east: ok\n/ kubectl mesh check: 3s, east, west<erased>apply this? [y/N] \n" +
		"| kubectl mesh check: 1s, step 2 of ...<erased>/ kubectl mesh credentials rotate: 1s"
	if printed.String() != want {
		t.Errorf("got %q, want %q", printed, want)
	}
}

// TestProgressElsewhere shows nothing where no line can be erased.
func TestProgressElsewhere(t *testing.T) {
	for _, look := range []Look{{}, {Columns: 80}} {
		out, printed := at(look)
		Progress(out, "kubectl mesh check").End()
		if printed.String() != "" {
			t.Errorf("got %q", printed)
		}
	}
	line := Progress(&strings.Builder{}, "kubectl mesh check")
	line.Show([]string{"east"})
	line.End()
}

// TestProgressNames a few of many clusters.
func TestProgressNames(t *testing.T) {
	for want, now := range map[string][]string{
		"":                             nil,
		"east, west":                   {"east", "west"},
		"east, west, north and 2 more": {"east", "west", "north", "south", "edge"},
	} {
		line := &ProgressLine{}
		line.Show(now)
		if got := line.doing(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func noticed(text string) hint.Notice { return hint.Notice{Text: text, Warning: true} }
