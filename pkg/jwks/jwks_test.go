package jwks_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/jwks"
)

// The order of keys and members, blanks and escapes do not matter, and what is not needed is left out.
func TestParse(t *testing.T) {
	const want = `{"keys":[{"alg":"ES256","crv":"P-256","kid":"b","kty":"EC","use":"sig","x":"AQ","y":"Ag"},{"alg":"RS256","e":"AQAB","kid":"a","kty":"RSA","n":"AQ"}]}`
	for _, text := range []string{want,
		`{"keys":[{"use":"sig","kty":"EC","kid":"b","crv":"P-256","alg":"ES256","x":"AQ","y":"Ag"},{"kty":"RSA","kid":"a","alg":"RS256","n":"AQ","e":"AQAB"}]}`,
		" { \"other\": {}, \"keys\" : [ {\"\\u006bty\": \"RSA\", \"alg\": \"RS256\", \"kid\": \"a\", \"n\": \"AQ\", \"e\": \"AQAB\", \"x5c\": [\"MIIB\"], \"x5t#S256\": \"AQ\"},\n{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"b\",\"use\":\"sig\",\"alg\":\"ES256\",\"x\":\"AQ\",\"y\":\"Ag\"} ] }\n",
	} {
		if set, err := jwks.Parse([]byte(text)); err != nil || set.String() != want {
			t.Errorf("%s:\n got %s, %v\nwant %s", text, set, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	none := jwks.ErrNoSet.Error()
	const private = "must contain only public keys: keys[%d] has %s, which is a part of a private key"
	for text, want := range map[string]string{
		``:                                  none,
		`null`:                              none,
		`[]`:                                none,
		`{}`:                                none,
		`{"keys": []}`:                      none,
		`{"keys": null}`:                    none,
		`{"keys": 1}`:                       none,
		`{"keys": [null]}`:                  "must contain keys with a type: keys[0] has no kty",
		`{"keys": [`:                        none,
		`{"keys": [{"kty": "EC"}]} x`:       none,
		"{\"keys\": [{\"kty\": \"\xff\"}]}": none,
		`-----BEGIN PRIVATE KEY-----`:       none,
		`{"keys": [{"kid": "a"}]}`:          "must contain keys with a type: keys[0] has no kty",
		`{"keys": [{"kty": 1}]}`:            "must contain keys with text members: keys[0]: kty: must be a string, and is a number",
		`{"keys": [{"kty": "RSA"}, {"kty": "EC", "d": "secret"}]}`:          fmt.Sprintf(private, 1, "d"),
		`{"keys": [{"kty": "EC", "D": "secret"}]}`:                          fmt.Sprintf(private, 0, "d"),
		`{"keys": [{"kty": "oct", "\u212a": "secret"}]}`:                    fmt.Sprintf(private, 0, "k"),
		`{"keys": [{"kty": "RSA", "qi": null}]}`:                            fmt.Sprintf(private, 0, "qi"),
		`{"keys": [{"kty": "EC"}], "keys": [{"kty": "EC", "d": "secret"}]}`: "must have each member once: keys: duplicate field",
		`{"keys": [{"kty": "EC", "d": "secret"}], "keys": [{"kty": "EC"}]}`: "must have each member once: keys: duplicate field",
		`{"keys": [{"kty": "EC"}], "Keys": [{"kty": "EC"}]}`:                "must use exact member names: it has keys in another letter case",
		`{"\u212aeys": [{"kty": "EC"}]}`:                                    "must use exact member names: it has keys in another letter case",
		`{"keys": [{"kty": "EC", "kid": "a", "kid": "b"}]}`:                 "must have each member once: keys[0].kid: duplicate field",
		`{"keys": [{"kty": "EC", "kid": "a", "Kid": "b"}]}`:                 "must use exact member names: keys[0] has kid in another letter case",
		`{"keys": [{"kty": "EC", "KTY": "RSA"}]}`:                           "must use exact member names: keys[0] has kty in another letter case",
		`{"keys": [{"kty": "RSA", "n": "a b"}]}`:                            "must contain keys in base64url: keys[0].n is not",
		`{"keys": [{"kty": "RSA", "n": "AQ=="}]}`:                           "must contain keys in base64url: keys[0].n is not",
		`{"keys": [{"kty": "RSA", "e": "AQ\nAB"}]}`:                         "must contain keys in base64url: keys[0].e is not",
		`{"keys": [{"kty": "EC", "x": "AR"}]}`:                              "must contain keys in base64url: keys[0].x is not",
		`{"keys": [{"kty": "` + strings.Repeat("x", jwks.MaxSize) + `"}]}`:  "must not be larger than 64 KiB",
	} {
		_, err := jwks.Parse([]byte(text))
		if fmt.Sprint(err) != want || errors.Is(err, jwks.ErrPrivate) != strings.Contains(want, "private") {
			t.Errorf("%.70s: got %v, want %s", text, err, want)
		}
		if strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%s: it repeats a value: %v", text, err)
		}
	}
}

// FuzzParse: what is taken is written in one form, which is taken as the same set; a reader who folds case and
// takes the last of equal members finds the same keys in the text, and nothing private.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"keys":[{"use":"sig","kty":"EC","kid":"b","crv":"P-256","alg":"ES256","x":"AQ","y":"Ag"},{"kty":"RSA","n":"AQ","e":"AQAB"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC","kid":"\u2028","KTY":"RSA"}],"Keys":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := jwks.Parse(text)
		if err != nil {
			return
		}
		again, err := jwks.Parse([]byte(set.String()))
		if diff := cmp.Diff(set, again); diff != "" || err != nil || again.String() != set.String() {
			t.Errorf("%v: written again as %s:\n%s", err, again, diff)
		}
		var folding struct {
			Keys []struct {
				jwks.Key
				D any `json:"d"`
				K any `json:"k"`
			} `json:"keys"`
		}
		if err := json.Unmarshal(text, &folding); err != nil || len(folding.Keys) != len(set.Keys) {
			t.Fatalf("%v: a reader who folds case finds %d keys and not %d", err, len(folding.Keys), len(set.Keys))
		}
		counted := map[jwks.Key]int{}
		for _, key := range set.Keys {
			counted[key]++
		}
		for _, key := range folding.Keys {
			if counted[key.Key]--; counted[key.Key] < 0 || key.D != nil || key.K != nil {
				t.Errorf("a reader who folds case finds another key in %s", text)
			}
		}
	})
}
