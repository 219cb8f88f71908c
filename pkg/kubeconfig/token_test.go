package kubeconfig_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

func TestParseToken(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	tests := []struct {
		name, in, want, err string
	}{
		{name: "as it is", in: "s3cret", want: "s3cret"},
		{name: "trailing white space", in: "s3cret \t\r\n\n", want: "s3cret"},
		{name: "longest", in: long + "\n", want: long},
		{name: "empty", in: "", err: "parse token: it is empty"},
		{name: "blank", in: " \n", err: "parse token: it is empty"},
		{name: "too long", in: long + "x", err: "parse token: it has 65537 bytes, more than 65536"},
		{name: "leading space", in: " s3cret", err: "parse token: byte 0 is white space"},
		{name: "two lines", in: "s3c\nret", err: "parse token: byte 3 is white space"},
		{name: "control character", in: "s3cret\x00\n", err: "parse token: byte 6 is a control character"},
		{name: "delete", in: "s3\x7fret", err: "parse token: byte 2 is a control character"},
		{name: "byte-order mark", in: "\ufeffs3cret", err: "parse token: byte 0 is not ASCII"},
		{name: "non-breaking space", in: "s3cret\u00a0", err: "parse token: byte 6 is not ASCII"},
		{name: "our own mask", in: "[redacted]\n", err: "parse token: it is the placeholder of a masked token"},
		{name: "kubectl's mask", in: "REDACTED", err: "parse token: it is the placeholder of a masked token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tok, err := kubeconfig.ParseToken([]byte(tt.in))
			if tok.Reveal() != tt.want || text(err) != tt.err {
				t.Errorf("got %.20q, %v; want %.20q, %s", tok.Reveal(), err, tt.want, tt.err)
			}
		})
	}
}

func TestParseTokenCopies(t *testing.T) {
	data := []byte("s3cret")
	tok, err := kubeconfig.ParseToken(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	if got := tok.Reveal(); got != "s3cret" {
		t.Errorf("token changed with its source: %q", got)
	}
}

func TestTokenFingerprint(t *testing.T) {
	if got, want := token(t, "s3cret").Fingerprint(), "sha256:1ec1c26b50d5d3c5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := (kubeconfig.Token{}).Fingerprint(); got != "" {
		t.Errorf("no token has fingerprint %s", got)
	}
}

func TestTokenEqual(t *testing.T) {
	if !cmp.Equal(token(t, "a"), token(t, "a\n")) || cmp.Equal(token(t, "a"), token(t, "b")) {
		t.Error("tokens are not compared by value")
	}
	if !(kubeconfig.Token{}).Equal(kubeconfig.Token{}) || token(t, "a").Equal(kubeconfig.Token{}) {
		t.Error("the zero token equals itself alone")
	}
}

// Every way in which a token may be printed without anyone meaning to.
func TestTokenStaysHidden(t *testing.T) {
	const secret = "c4n4ry"
	type public struct{ Token kubeconfig.Token }
	type private struct{ token kubeconfig.Token }
	tok := token(t, secret)
	values := map[string]any{
		"token": tok, "pointer": &tok, "slice": []kubeconfig.Token{tok}, "map": map[string]kubeconfig.Token{"k": tok},
		"exported field": public{tok}, "unexported field": private{tok}, "pointer to struct": &private{tok},
		"remote": kubeconfig.Remote{Credential: kubeconfig.Credential{Token: tok}},
	}
	for name, v := range values {
		for _, out := range []string{
			fmt.Sprint(v), sprint("%v", v), sprint("%+v", v), sprint("%#v", v), sprint("%s", v), sprint("%q", v),
			sprint("%x", v), sprint("%X", v), sprint("%d", v), sprint("%c", v), sprint("%p", v), sprint("%t", v),
			sprint("%T", v), sprint("%w", v), sprint("%!", v), asJSON(t, v), asYAML(t, v), logged(v), templated(t, v), panicked(v),
		} {
			for _, leak := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), "YzRuNHJ5", "99 52 110"} {
				if strings.Contains(out, leak) {
					t.Errorf("%s shows in %s", name, out)
				}
			}
		}
	}
}

func TestTokenSaysThatItIsHidden(t *testing.T) {
	tok := token(t, "c4n4ry")
	asXML, err := xml.Marshal(tok)
	if err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]string{
		"[redacted]": tok.String(), "[redacted] ": tok.GoString() + " ", "[redacted] x": sprint("%x x", tok),
		`"[redacted]"`: asJSON(t, tok), "'[redacted]'\n": asYAML(t, tok), "<Token>[redacted]</Token>": string(asXML),
		"{Token:[redacted]}": sprint("%+v", struct{ Token kubeconfig.Token }{tok}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if out := logged(tok); strings.Count(out, "[redacted]") != 2 {
		t.Errorf("logged as %s", out)
	}
}

// sprint hides its format from vet, which knows that some verbs are wrong.
func sprint(format string, v any) string { return fmt.Errorf(format, v).Error() }

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func asYAML(t *testing.T, v any) string {
	t.Helper()
	data, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func logged(v any) string {
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "k", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "k", v)
	return out.String()
}

func templated(t *testing.T, v any) string {
	t.Helper()
	var out strings.Builder
	if err := template.Must(template.New("").Parse(`{{.}} {{printf "%d" .}}`)).Execute(&out, v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func panicked(v any) (out string) {
	defer func() { out = errors.Join(fmt.Errorf("%v", recover())).Error() }()
	panic(v)
}

func FuzzParseToken(f *testing.F) {
	f.Add([]byte("s3cret\n"))
	f.Add([]byte(jwt(`{"alg":"RS256"}`, `{"iss":"i","sub":"s","aud":["a"],"iat":1,"exp":2e9}`)))
	f.Add([]byte(jwt(`{}`, `{"exp":1e400,"aud":{}}`)))
	f.Add([]byte("e30.e30.\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := kubeconfig.ParseToken(data)
		if err != nil {
			if tok.Reveal() != "" {
				t.Error("an error came with a token")
			}
			return
		}
		value := tok.Reveal()
		if value == "" || len(value) > 64<<10 || strings.TrimFunc(value, func(r rune) bool { return r > ' ' && r <= '~' }) != "" {
			t.Errorf("accepted %q", value)
		}
		if !bytes.HasPrefix(data, []byte(value)) {
			t.Errorf("%q became %q", data, value)
		}
		again, err := kubeconfig.ParseToken([]byte(value + "\r\n"))
		if err != nil || !again.Equal(tok) || again.Fingerprint() != tok.Fingerprint() {
			t.Errorf("a second reading differs: %v", err)
		}
		if c, ok := tok.Claims(); ok {
			asJSON(t, c) // its times have years that RFC 3339 can write
		}
	})
}
