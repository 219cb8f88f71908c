package inspect

import "testing"

func TestCheckDebugURL(t *testing.T) {
	for url, fits := range map[string]bool{
		"http://127.0.0.1:15014": true, "http://[::1]:8080": true, "http://localhost:1": true, "https://istiod.example/debug": true,
		"http://192.0.2.1": false, "http://127.0.0.1.example": false, "ftp://127.0.0.1": false, "127.0.0.1:15014": false,
		"https://user:hush@istiod": false, "https://istiod?x=1": false, "": false,
	} {
		if err := checkDebugURL(url); (err == nil) != fits {
			t.Errorf("%q: got %v, want fits %t", url, err, fits)
		}
	}
}
