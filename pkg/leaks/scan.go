package leaks

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"slices"
	"sync"
)

// Finding is a credential in text that must not contain any.
type Finding struct {
	// File is the name passed to Scan.
	File string
	// Line starts at 1. It is where the credential, or its encoding, starts.
	Line int
	// Rule that found it.
	Rule string
	// Description of the credential.
	Description string
	// Form is how it is encoded, such as "in base64"; empty in clear.
	Form string
	// Fingerprint is "sha256:" and the first 16 hexadecimal digits of the SHA-256, as for tokens elsewhere in kubectl
	// mesh; empty if it would help to guess the credential.
	Fingerprint string
	// Length of the credential, in bytes; 0 if it would help to guess it.
	Length int
}

// String is one line: "clusters/east.yaml:12: pem-private-key: a private key".
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Rule, f.Words())
}

// Words are the part of the line that describes it: "a private key, in base64 (227 bytes, sha256:…)".
func (f Finding) Words() string {
	text := f.Description
	if f.Form != "" {
		text += ", " + f.Form
	}
	if f.Fingerprint != "" {
		text += fmt.Sprintf(" (%d bytes, %s)", f.Length, f.Fingerprint)
	}
	return text
}

// maxFindings per text: more add no information.
const maxFindings = 100

// Scanner applies the rules. It is safe for concurrent use.
type Scanner struct {
	rules    []compiled
	keywords *keywords
	class    [256]byte
}

// compiled is a rule with its regular expressions, which are compiled when first needed: most text contains none of the
// keywords.
type compiled struct {
	Rule
	match   func() *regexp.Regexp
	allowed func() []*regexp.Regexp
}

// New returns a Scanner with all rules.
func New() *Scanner {
	s := &Scanner{keywords: newKeywords(Rules()), class: classes()}
	for _, rule := range Rules() {
		c := compiled{Rule: rule}
		c.match = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(rule.expression()) })
		c.allowed = sync.OnceValue(func() []*regexp.Regexp {
			var all []*regexp.Regexp
			for _, allowed := range rule.Allowed {
				all = append(all, regexp.MustCompile(allowed))
			}
			return all
		})
		s.rules = append(s.rules, c)
	}
	return s
}

// Scan returns the findings in a text, by line. The name is only for the findings.
func (s *Scanner) Scan(name string, text []byte) []Finding {
	found := (&pass{Scanner: s, inflate: maxInflate, unzips: maxUnzips}).text(text, maxDepth)
	slices.SortStableFunc(found, func(a, b hit) int { return cmp.Compare(a.start, b.start) })
	found = found[:min(len(found), maxFindings)]
	findings := make([]Finding, 0, len(found))
	line, counted := 1, 0
	for _, h := range found {
		line += bytes.Count(text[counted:h.start], []byte("\n"))
		counted = h.start
		h.Finding.File, h.Finding.Line = name, line
		findings = append(findings, h.Finding)
	}
	return findings
}

// pass is one scan, with a bound on all decompression.
type pass struct {
	*Scanner
	inflate int // how many bytes may still be decompressed
	unzips  int // how often
}

// text returns what is in a text: in the open, in several parts, and encoded as often as depth says. Where
// two overlap, the plainer one says enough.
func (p *pass) text(text []byte, depth int) []hit {
	possible := p.keywords.in(text)
	found := p.scanText(text, possible)
	found = add(found, p.parts(text, possible, depth))
	if depth > 0 {
		found = add(found, p.encoded(text, depth))
		found = add(found, p.escaped(text, depth))
	}
	return found
}

// add adds what does not overlap with what was found before.
func add(found, more []hit) []hit {
	before := found
	for _, h := range more {
		if !overlap(before, h) {
			found = append(found, h)
		}
	}
	return found
}

// hit is a finding and where it is in the text.
type hit struct {
	Finding
	start, end int
}

func overlap(hits []hit, other hit) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return other.start < h.end && h.start < other.end })
}

// scanText returns what the possible rules find in the text as it is. No two hits share a byte.
func (s *Scanner) scanText(text []byte, possible uint64) []hit {
	if possible == 0 {
		return nil
	}
	var hits []hit
	for i, rule := range s.rules {
		if possible&(1<<i) == 0 {
			continue
		}
		for _, groups := range rule.matches(text) {
			start, end := credential(groups)
			secret := bytes.TrimSpace(text[start:end])
			if h := (hit{start: start, end: end}); len(hits) < maxFindings && rule.isSecret(secret) && !overlap(hits, h) {
				h.Finding = rule.finding(secret)
				hits = append(hits, h)
			}
		}
	}
	return hits
}

// credential is the last group that took part in a match, or the whole match.
func credential(groups []int) (start, end int) {
	for i := len(groups) - 2; i > 0; i -= 2 {
		if groups[i] >= 0 {
			return groups[i], groups[i+1]
		}
	}
	return groups[0], groups[1]
}

func (c *compiled) isSecret(text []byte) bool {
	return entropy(text) >= c.Entropy &&
		!slices.ContainsFunc(c.allowed(), func(allowed *regexp.Regexp) bool { return allowed.Match(text) })
}

func (c *compiled) finding(secret []byte) Finding {
	f := Finding{Rule: c.ID, Description: c.Description}
	if !c.Guessable {
		sum := sha256.Sum256(secret)
		f.Fingerprint, f.Length = "sha256:"+hex.EncodeToString(sum[:8]), len(secret)
	}
	return f
}

// entropy of a text after Shannon, in bits per byte.
func entropy(text []byte) float64 {
	var counts [256]int
	for _, b := range text {
		counts[b]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(text))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
