package trust_test

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// canary finds a key in a text, in any of the ways in which one could get there.
type canary struct{ needles []string }

func newCanary(t testing.TB, key trust.Key) canary {
	t.Helper()
	text, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	decoded, _ := pem.Decode(text)
	// PKCS#8 of P-256 has the scalar in octets 36 to 67 (RFC 5915 section 3).
	scalar := decoded.Bytes[36:68]
	var c canary
	for _, secret := range [][]byte{scalar, decoded.Bytes} {
		numbers := strings.Trim(fmt.Sprint(secret[:12]), "[]")
		c.needles = append(c.needles, base64.StdEncoding.EncodeToString(secret)[:16], hex.EncodeToString(secret[:12]),
			strings.ToUpper(hex.EncodeToString(secret[:12])), numbers, strings.ReplaceAll(numbers, " ", ","), string(secret[:12]))
	}
	return c
}

func (c canary) sings(t *testing.T, where, text string) {
	t.Helper()
	for _, needle := range c.needles {
		if strings.Contains(text, needle) {
			t.Errorf("%s shows the key: %q", where, text)
		}
	}
}

// holders are values with a key in them; hidden has it where fmt cannot call its methods.
func holders(t testing.TB, key trust.Key) map[string]any {
	t.Helper()
	root := newRoot(t, 1)
	type hidden struct{ key trust.Key }
	type deep struct{ hidden *hidden }
	return map[string]any{
		"key": key, "pointer": &key, "slice": []trust.Key{key}, "map": map[string]trust.Key{"east": key},
		"authority": trust.Authority{Certificate: root.Certificate, Key: key}, "bundle": trust.Bundle{Key: key}, "bundle by pointer": &trust.Bundle{Key: key},
		"hidden": hidden{key}, "hidden by pointer": &hidden{key}, "deep": deep{&hidden{key}}, "array": [1]hidden{{key}}, "map of hidden": map[trust.Key]hidden{key: {key}},
	}
}

func TestKeyNeverShows(t *testing.T) {
	key := newKey(t, trust.P256)
	c := newCanary(t, key)
	for name, value := range holders(t, key) {
		for _, verb := range "vsqxXdbcoOtTUeEfFgGpw" {
			for _, flags := range []string{"", "+", "#", "0", "-", " ", "+#"} {
				format := "%" + flags + string(verb)
				c.sings(t, name+" by "+format, fmt.Sprintf(format, value))
			}
		}
		c.sings(t, name+" by Sprintln", fmt.Sprintln(value))
		c.sings(t, name+" in an error", fmt.Errorf("refuse %v: %+v", value, value).Error())
		c.sings(t, name+" in logs", logged(value))
		encoded, err := json.Marshal(value)
		c.sings(t, name+" as JSON", fmt.Sprint(string(encoded), err))
		marked, err := xml.Marshal(value)
		c.sings(t, name+" as XML", fmt.Sprint(string(marked), err))
		var packed bytes.Buffer
		err = gob.NewEncoder(&packed).Encode(value)
		c.sings(t, name+" as gob", fmt.Sprint(packed.String(), err))
	}
}

func logged(value any) string {
	var out bytes.Buffer
	log.New(&out, "", 0).Print(value)
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("issue", "value", value, slog.Group("group", slog.Any("value", value)))
	}
	return out.String()
}

// TestCanarySings is the test of the test above.
func TestCanarySings(t *testing.T) {
	key := newKey(t, trust.P256)
	text, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	decoded, _ := pem.Decode(text)
	for _, shown := range []string{string(text), fmt.Sprint(decoded.Bytes), fmt.Sprintf("%x", decoded.Bytes), string(decoded.Bytes)} {
		var found bool
		for _, needle := range newCanary(t, key).needles {
			found = found || strings.Contains(shown, needle)
		}
		if !found {
			t.Errorf("not found in %q", shown)
		}
	}
}

func TestKeyShowsThatItIsThere(t *testing.T) {
	key := newKey(t, trust.P256)
	for format, want := range map[string]string{"%v": "[redacted]", "%+v": "[redacted]", "%#v": "[redacted]", "%x": "[redacted]", "%s": "[redacted]"} {
		if got := fmt.Sprintf(format, key); got != want {
			t.Errorf("%s gives %q", format, got)
		}
	}
	if got, err := json.Marshal(trust.Bundle{Key: key}); err != nil || !strings.Contains(string(got), `"Key":"[redacted]"`) {
		t.Errorf("JSON is %s, %v", got, err)
	}
	var into struct{ Key trust.Key }
	wantError(t, json.Unmarshal([]byte(`{"Key":"[redacted]"}`), &into), "read key: keys are read from PEM only")
	if _, err := (trust.Key{}).PEM(); err == nil || err.Error() != "encode key: no key" {
		t.Errorf("the zero key gives %v", err)
	}
}

// TestKeyNeverShowsInPanics lets a child panic with some of the values, and hands it the key as keys
// are handed: not in arguments, nor in the environment.
func TestKeyNeverShowsInPanics(t *testing.T) {
	if name := os.Getenv("TRUST_TEST_PANIC"); name != "" {
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			t.Fatal(err)
		}
		key, err := trust.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		panic(holders(t, key)[name])
	}
	key := newKey(t, trust.P256)
	text, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"key", "authority", "bundle", "hidden", "bundle by pointer"} {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKeyNeverShowsInPanics$")
		child.Env = append(os.Environ(), "TRUST_TEST_PANIC="+name)
		child.Stdin = bytes.NewReader(text)
		out, err := child.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic: ") {
			t.Errorf("%s: the child did not panic: %v\n%s", name, err, out)
		}
		newCanary(t, key).sings(t, name+" in a panic", string(out))
	}
}
