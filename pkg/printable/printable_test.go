package printable_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

func TestRune(t *testing.T) {
	for name, r := range map[string]rune{
		"a letter": 'a', "a blank": ' ', "an umlaut": 'ü', "a tilde": '~', "Chinese": '東', "Arabic": 'ع', "an accent": '\u0301', "a symbol": '→',
		"an emoji": '😀', "the replacement of what is no text": '\ufffd',
	} {
		if !printable.Rune(r) {
			t.Errorf("%s (%U) is not printable", name, r)
		}
	}
	for name, r := range map[string]rune{
		"NUL": 0, "tab": '\t', "line feed": '\n', "carriage return": '\r', "ESC": 0x1b, "DEL": 0x7f, "CSI of C1": 0x9b, "next line": 0x85,
		"no-break space": 0xa0, "soft hyphen": 0xad, "grapheme joiner": 0x34f, "Arabic letter mark": 0x61c, "Hangul filler": 0x3164,
		"half-width filler": 0xffa0, "Hangul choseong filler": 0x115f, "Khmer vowel": 0x17b4, "Mongolian separator": 0x180b,
		"zero-width space": 0x200b, "zero-width joiner": 0x200d, "left-to-right mark": 0x200e, "right-to-left override": 0x202e,
		"line separator": 0x2028, "paragraph separator": 0x2029, "word joiner": 0x2060, "isolate": 0x2066, "pop isolate": 0x2069,
		"empty Braille": 0x2800, "ideographic space": 0x3000, "variation selector": 0xfe0f, "byte order mark": 0xfeff,
		"interlinear annotation": 0xfff9, "tag": 0xe0041, "variation selector of plane 14": 0xe0100, "private use": 0xe000, "no character": 0xffff,
	} {
		if printable.Rune(r) {
			t.Errorf("%s (%U) is printable", name, r)
		}
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "größe": "größe", "a\u202eb": `a\u202eb`, "x\ufe0f": `x\ufe0f`, "\x1b[31m": `\x1b[31m`, "a\nb": `a\nb`, "\u200b": `\u200b`, "it's": "it's",
	} {
		if got := printable.Escape(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if printable.Text(text) != (text == want) {
			t.Errorf("%q: printable is %t", text, printable.Text(text))
		}
	}
	if printable.Text("a\xff") || !printable.Text("a\ufffd") {
		t.Error("bytes that are no UTF-8 pass for a character")
	}
	if got := printable.Map("a\u202eb\n", '?'); got != "a?b?" {
		t.Errorf("got %q", got)
	}
}
