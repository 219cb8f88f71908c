package cli

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
)

// compareFingerprint demands that somebody has compared the fingerprint of a request with what the
// site reads where the key is: given is what a flag says, or empty.
func (s System) compareFingerprint(given, fingerprint, site string) error {
	switch {
	case given != "" && !sameFingerprint(given, fingerprint):
		return inputErrorf("ask the site for the fingerprint again, over another channel; if it stays so, somebody has exchanged the request",
			"the request has fingerprint %s, not the one that is given", fingerprint)
	case given != "":
		return nil
	case !s.InIsTerminal:
		return inputErrorf("get it from the site over another channel, and give it: --fingerprint SHA256:...", "the fingerprint of the request has to be compared: %s", fingerprint)
	}
	fmt.Fprintf(s.ErrOut, "%s\ndoes the site of %s read the same fingerprint? [y/N] ", fingerprint, site)
	answer, _ := bufio.NewReader(s.In).ReadString('\n') // no answer is no
	if word := strings.ToLower(strings.TrimSpace(answer)); word != "y" && word != "yes" {
		return errors.New("not signed")
	}
	return nil
}

// sameFingerprint does not mind how people write hexadecimal digits.
func sameFingerprint(given, fingerprint string) bool {
	clean := func(text string) string {
		return strings.NewReplacer(":", "", " ", "").Replace(strings.TrimPrefix(strings.ToUpper(text), "SHA256:"))
	}
	return clean(given) == clean(fingerprint)
}
