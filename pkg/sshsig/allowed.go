package sshsig

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// maxAllowed bounds the allowed signers file: thousands of keys.
const maxAllowed = 1 << 20

// Allowed is a line of an allowed_signers file (ssh-keygen(1), ALLOWED SIGNERS): a key and its principals.
type Allowed struct {
	// Line in the file, starting at 1.
	Line       int
	Principals []string
	Key        ssh.PublicKey
	// Namespaces that the key may sign for; none means all.
	Namespaces []string
	// ValidAfter and ValidBefore are zero if the line does not limit them.
	ValidAfter, ValidBefore time.Time
}

// Fingerprint returns the key's fingerprint, as ssh-keygen -l prints it.
func (a Allowed) Fingerprint() string { return ssh.FingerprintSHA256(a.Key) }

// Is reports whether a line is for a key.
func (a Allowed) Is(key ssh.PublicKey) bool { return bytes.Equal(a.Key.Marshal(), key.Marshal()) }

// For reports whether the key may sign for a namespace.
func (a Allowed) For(namespace string) bool {
	return len(a.Namespaces) == 0 || slices.Contains(a.Namespaces, namespace)
}

// ParseAllowed parses an allowed_signers file. It is stricter than ssh-keygen: patterns, certificate authorities and
// unsupported key types are errors, because the line would mean less than it seems to. It returns all problems
// together.
func ParseAllowed(text []byte) ([]Allowed, error) {
	if len(text) > maxAllowed {
		return nil, errors.New("the file is larger than 1 MiB")
	}
	var all []Allowed
	var errs []error
	number := 0
	for line := range bytes.Lines(text) {
		number++
		fields := strings.TrimSpace(string(line))
		if fields == "" || fields[0] == '#' {
			continue
		}
		allowed, err := parseLine(fields)
		if err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", number, err))
			continue
		}
		allowed.Line = number
		all = append(all, allowed)
	}
	return all, errors.Join(errs...)
}

func parseLine(line string) (Allowed, error) {
	end := strings.IndexAny(line, " \t")
	if end < 0 {
		return Allowed{}, errors.New("no key: the format is PRINCIPAL KEY-TYPE KEY")
	}
	principals, rest := strings.Trim(line[:end], `"`), line[end:]
	if strings.ContainsAny(principals, `*?!"`) {
		return Allowed{}, errors.New("the principal is a pattern: use the name of one site")
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(strings.TrimSpace(rest)))
	if err != nil {
		return Allowed{}, errors.New("the key or an option cannot be parsed")
	}
	if err := CheckKey(key); err != nil {
		return Allowed{}, err
	}
	allowed := Allowed{Principals: strings.Split(principals, ","), Key: key}
	given := map[string]bool{}
	for _, option := range options {
		name, _, _ := strings.Cut(strings.ToLower(option), "=")
		if given[name] {
			return Allowed{}, fmt.Errorf("duplicate option %.40q", name)
		}
		given[name] = true
		if err := allowed.set(option); err != nil {
			return Allowed{}, err
		}
	}
	return allowed, nil
}

func (a *Allowed) set(option string) (err error) {
	name, value, _ := strings.Cut(option, "=")
	value = strings.Trim(value, `"`)
	switch strings.ToLower(name) {
	case "namespaces":
		a.Namespaces = strings.Split(value, ",")
		if strings.ContainsAny(value, "*?!") {
			err = errors.New("namespaces is a pattern: use names of namespaces")
		}
	case "valid-after":
		a.ValidAfter, err = parseTime(value)
	case "valid-before":
		a.ValidBefore, err = parseTime(value)
	default:
		err = fmt.Errorf("unknown option %.40q", name)
	}
	return err
}

// parseTime parses YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS. For ssh-keygen a time without Z is in the local time zone,
// which differs between sites: here it is UTC, within a day of what ssh-keygen uses.
func parseTime(text string) (time.Time, error) {
	digits := strings.TrimSuffix(text, "Z")
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if at, err := time.Parse(layout, digits); err == nil && len(layout) == len(digits) {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is not a time: use YYYYMMDD, or YYYYMMDDHHMMSSZ", text)
}

// Line formats a line of the file for one principal, one namespace and one key.
func Line(principal, namespace string, key ssh.PublicKey) string {
	return fmt.Sprintf("%s namespaces=%q %s", principal, namespace, ssh.MarshalAuthorizedKey(key))
}
