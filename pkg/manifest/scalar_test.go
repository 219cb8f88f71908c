package manifest

import (
	"strings"
	"testing"
)

// trickyStrings are written in every place where a string can stand.
func trickyStrings() []string {
	words := strings.Fields(`y Y yes Yes YES yEs n N no No NO on On ON oN off Off OFF true True TRUE tRUE
		false False FALSE null Null NULL nULL ~ << = .nan .NaN .inf -.inf +.inf NaN Inf nan inf nil t f T F
		0 1 -1 +1 007 08 0o7 0x10 0xg 0b1 0b2 -0b1 -0x1 1_000 _1 1e3 1e+3 1E3 1.5 1. .5 . .. ... ...a .../a ../a ./a .a/b .5/a -.5 1.2.3 10.0.0.1
		10.0.0.0/8 1:30 1:30:00 1:61 10.0.0.1:443 12e03 5e 123456789012345678 1234567890123456789012345678901234567890
		2024-01-01 2024-1-1 2024-01-01T00:00:00Z 2024-01-01t00:00:00Z 24-01-01 2024-01 2024- 1m 5s 100Mi 0.1Gi
		- -- --- ---a -a ? ?a : :a a: a:b a:b: # #x a#b ! !a & &a * *a *.example.com *a' % %a @ @a | |a > >a
		[ ] { } [a] {a} a[b] a,b , ,a ' " 'a' "a" a'b a"b \ a\b + a+b a=b == <a> a<b>&c ~a a~ (a) ; $a ^ /a/b _a`)
	return append(words, "", "`", "a`b", " ", "  ", " lead", "trail ", "a: b", "- x", "? x", "a # b", "a #", "a #b", "a  b", "a b",
		"multi\nline\n", "no newline at end\nx", "two\n\n", "three\n\n\n", "blank\n\nline", "\n", "\n\n", "\nx", "x\n",
		" lead\nx", "x\n lead", "x\n\n  lead\n", "trail \nx", "x\ntrail ", "x\n \ny", "x\n ", "# c\nx", "- x\n- y\n",
		"{\n}\n", "---\nx\n", "x\n...\n", "a: b\nc: d", "\t", "a\tb", "\tx\ny", "x\n\ty", "CR\r\nLF\r\n", "a\rb", "x\r",
		"ünïcode", "ünïcode\nzwei\n", "日本", "😀", "a 😀 b", "a😀\n", "\x00", "a\x00b", "\x07", "\x1b[0m", "\x7f", "a\x7fb",
		"\u0080", "\u0085", "a\u0085b", "a \u0085 b", "x\u0085--- y", "\u009f", "\u00a0", "\u2028", "a\u2028b", "x\n\u2028",
		"x\n\u2029y", "\u2029", "\ufeff", "\ufeffa", "a\ufeff", "\ufffd", "\ufffe", "\uffff", "\U0010ffff", "\xff", "a\xffb", "\xc3\x28",
		strings.Repeat("word ", 40)+"end", strings.Repeat("x", 70)+" y z", strings.Repeat("x", 200), strings.Repeat("x ", 60),
		strings.Repeat("ü", 60)+" y z", strings.Repeat("word  ", 30)+"end", `"`+strings.Repeat("word ", 40), "'"+strings.Repeat("word ", 40)+"'",
		"true "+strings.Repeat("word ", 40)+"end", "* "+strings.Repeat("word ", 40)+"end", strings.Repeat("TWFu", 500)+"TQ==",
		"1"+strings.Repeat("TWFu", 50), strings.Repeat("1234", 50), strings.Repeat("k", 128), strings.Repeat("k", 129),
		strings.Repeat("#", 128), strings.Repeat("ü", 64), strings.Repeat("ü", 65), strings.Repeat("k", 1100), strings.Repeat("x", 100)+"\n",
		strings.Repeat("word ", 40)+"\nend\n", "system:serviceaccount:a:b", "https://10.0.0.1:6443", "v1.28", "kubernetes.io/tls")
}

func TestScalarIsTheLibrarys(t *testing.T) {
	long := strings.Repeat("key", 28)
	for _, s := range trickyStrings() {
		for _, obj := range []any{
			map[string]string{"key": s},
			map[string]string{s: "value"},
			map[string]any{s: map[string]any{s: []any{s}}},
			map[string]string{s: s, "a": "b", "z": "c"},
			map[string]any{"a": []string{s, s}, "b": []any{[]any{s, []string{s}}, map[string]string{"k": s, "l": s}}},
			map[string]any{"a": map[string]any{"b": map[string]any{long: s, "c": s}}},
			map[string]any{"a": map[string]any{`"quoted" and longer`: s, "#" + long: s}, "z": s},
			[]string{s, s},
			[]any{[]any{s}, map[string]any{s: s}},
			s,
		} {
			checkSame(t, obj)
		}
	}
}

// A line is folded at the first space behind the width, so every column around it counts.
func TestFoldingIsTheLibrarys(t *testing.T) {
	for n := range 90 {
		s := strings.Repeat("x", n) + " y z"
		for _, text := range []string{s, "*" + s, "#" + s, "ü" + s, "\t" + s} {
			checkSame(t, map[string]string{"k": text})
			checkSame(t, map[string]any{"k": map[string]any{"käse": text, "#": text}})
			checkSame(t, map[string]any{"k": []any{text, []string{text}, map[string]string{"l": text, "m": text}}})
		}
	}
}

// The common styles must not need the library, or nothing is gained.
func TestStyle(t *testing.T) {
	for s, want := range map[string]style{
		"":                             styleDouble,
		"true":                         styleDouble,
		"y":                            styleDouble,
		"443":                          styleDouble,
		"007":                          styleDouble,
		"yet":                          stylePlain,
		"istio-system":                 stylePlain,
		"kubernetes.io/tls":            stylePlain,
		"system:serviceaccounts":       stylePlain,
		"https://10.0.0.1:6443":        stylePlain,
		"10.0.0.1":                     stylePlain,
		"10.0.0.0/8":                   stylePlain,
		"4TWFuTWFu":                    stylePlain,
		"LS0tLS1CRUdJTg==":             stylePlain,
		"written by hand; do not edit": stylePlain,
		"../../base":                   stylePlain,
		"*":                            styleSingle,
		"*.example.com":                styleSingle,
		"1.28":                         styleUnsure,
		"1e3":                          styleUnsure,
		"0x10":                         styleUnsure,
		"2024-01-01":                   styleUnsure,
		"1:30":                         styleUnsure,
		"a: b":                         styleUnsure,
		"a #b":                         styleUnsure,
		"a:":                           styleUnsure,
		"a ":                           styleUnsure,
		" a":                           styleUnsure,
		"-a":                           styleUnsure,
		".5":                           styleUnsure,
		".../a":                        styleUnsure,
		"ü":                            styleUnsure,
	} {
		if got := styleOf(s); got != want {
			t.Errorf("style of %q is %d, want %d", s, got, want)
		}
	}
}
