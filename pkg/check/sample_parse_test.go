package check

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// said is what curl prints of one call.
func said(body, status string) string { return body + "\n" + callEnd + status + "\n" }

func TestParseAnswers(t *testing.T) {
	hello := func(name string) string { return said("Hello version: "+name+", instance: helloworld-5b9c\n", "200") }
	one := func(example string) Answers { return Answers{By: map[string]int{}, Failed: 1, Example: example} }
	tests := map[string]struct {
		text  string
		calls int
		want  Answers
	}{
		"all":               {hello("east") + hello("west") + hello("east"), 3, Answers{By: map[string]int{"east": 2, "west": 1}}},
		"no last newline":   {said("Hello version: a.b-c, instance: p", "200"), 1, Answers{By: map[string]int{"a.b-c": 1}}},
		"no answer":         {said("", "000") + hello("east"), 2, Answers{By: map[string]int{"east": 1}, Failed: 1, Example: "no response"}},
		"a proxy answers":   {said("upstream connect error\x1b[2J", "503"), 1, one(`status 503 and "upstream connect error\x1b[2J"`)},
		"hello, and 500":    {said("Hello version: a, instance: p", "500"), 1, one(`status 500 and "Hello version: a, instance: p"`)},
		"a capital":         {said("Hello version: A, instance: p", "200"), 1, one(`status 200 and "Hello version: A, instance: p"`)},
		"a line too many":   {said("Hello version: a, instance: p\nHello version: b, instance: p", "200"), 1, one(`status 200 and "Hello version: a, instance: p"`)},
		"an escape":         {said("Hello version: a\x1b[31m, instance: p", "200"), 1, one(`status 200 and "Hello version: a\x1b[31m, instance: p"`)},
		"nothing":           {said("", "204"), 1, one("status 204 and an empty body")},
		"long":              {said(strings.Repeat("x", 999), "200"), 1, one(`status 200 and "` + strings.Repeat("x", 120) + `…"`)},
		"cut off":           {"Hello version: a, instance: p\n", 1, one("the client exited without output")},
		"empty":             {"", 1, one("the client exited without output")},
		"more than calls":   {hello("a") + hello("b"), 1, Answers{By: map[string]int{"a": 1}}},
		"a status of words": {said("", "\x1b[2J"), 1, one(`status "\x1b[2J" and an empty body`)},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, parseAnswers(test.text, test.calls)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// FuzzParseAnswers: every call is accounted for once, and nothing that a terminal obeys is kept.
func FuzzParseAnswers(f *testing.F) {
	f.Add(said("Hello version: east, instance: p", "200")+said("", "000"), 2)
	f.Add("\x1b]0;x\x07\n"+callEnd, 1)
	f.Fuzz(func(t *testing.T, text string, calls int) {
		calls = max(0, min(calls, 1000))
		answers := parseAnswers(text, calls)
		if got := answers.count() + answers.Failed; got != calls {
			t.Errorf("%d calls are accounted for, want %d", got, calls)
		}
		for name := range answers.By {
			if strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) }) || len(name) > 63 {
				t.Errorf("name %q", name)
			}
		}
		if strings.ContainsFunc(answers.Example, func(r rune) bool { return !unicode.IsPrint(r) }) || len(answers.Example) > 2000 {
			t.Errorf("example %q", answers.Example)
		}
	})
}

const host = "helloworld.sample.svc.cluster.local"

// page is what Envoy prints of one host.
func page(cluster, address string, requests int) string {
	prefix := cluster + "::" + address + "::"
	return cluster + "::default_priority::max_requests::4294967295\n" + cluster + "::added_via_api::true\n" +
		prefix + "cx_total::3\n" + prefix + fmt.Sprintf("rq_total::%d\n", requests) + prefix + "weight::1\n" + prefix + "hostname::\n" + prefix + "zone::us-east1-b\n"
}

func TestCounters(t *testing.T) {
	ours := "outbound|5000||" + host
	text := page(ours, "10.1.2.3:5000", 7) + page(ours, "[2001:db8::1]:15443", 5) + page(ours, "envoy://connect_originate/10.1.2.4:5000", 2) +
		page("outbound|5000||other.sample.svc.cluster.local", "10.9.9.9:5000", 9) + page("outbound|80||"+host, "10.9.9.9:80", 9) +
		page(ours, "a.host.name:5000", 9) + page(ours, "[fe80::1%\x1b[2J]:5000", 9) + ours + "::10.8.8.8:5000::rq_total::-1\n" + ours + "::rq_total::1\n" + ours + "::::::\n" +
		ours + "::10.7.7.7:5000::rq_total::1" + strings.Repeat("0", maxLine) + "\n"
	want := map[string]uint64{"10.1.2.3:5000": 7, "[2001:db8::1]:15443": 5, "10.1.2.4:5000": 2}
	for _, size := range []int{1, 7, len(text)} {
		seen := newCounters(host)
		for rest := text; rest != ""; {
			n, err := seen.Write([]byte(rest[:min(size, len(rest))]))
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		got := map[string]uint64{}
		for address, count := range seen.requests {
			got[address.String()] = count
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in pieces of %d (-want +got):\n%s", size, diff)
		}
	}
}

// TestLost: what a proxy counts of a host that it does not reach, and of one that it does.
func TestLost(t *testing.T) {
	reading := func(hosts string) Reading[counters] {
		c := newCounters(host)
		for line := range strings.Lines(hosts) {
			_, _ = c.Write([]byte("outbound|5000||" + host + "::" + line))
		}
		return Reading[counters]{Value: *c}
	}
	before := reading("10.0.0.1:5000::rq_total::5\n10.0.0.1:5000::cx_total::5\n203.0.113.7:15443::rq_total::1\n203.0.113.7:15443::cx_total::1\n")
	for name, test := range map[string]struct {
		after string
		want  []Lost
	}{
		"all answered":                         {"10.0.0.1:5000::rq_total::9\n10.0.0.1:5000::cx_total::9\n", nil},
		"connections that carry several calls": {"10.0.0.1:5000::rq_total::9\n10.0.0.1:5000::cx_total::6\n", nil},
		"refused": {"203.0.113.7:15443::rq_total::1\n203.0.113.7:15443::cx_total::4\n203.0.113.7:15443::cx_connect_fail::3\n",
			[]Lost{{Address: "203.0.113.7:15443", Failed: 3}}},
		"begun, and never established": {"203.0.113.7:15443::rq_total::1\n203.0.113.7:15443::cx_total::4\n203.0.113.7:15443::cx_connect_fail::0\n",
			[]Lost{{Address: "203.0.113.7:15443", TimedOut: 3}}},
		"no answer in time": {"203.0.113.7:15443::rq_total::3\n203.0.113.7:15443::cx_total::3\n203.0.113.7:15443::rq_timeout::2\n",
			[]Lost{{Address: "203.0.113.7:15443", TimedOut: 2}}},
		"a new host": {"203.0.113.9:15443::rq_total::0\n203.0.113.9:15443::cx_total::2\n", []Lost{{Address: "203.0.113.9:15443", TimedOut: 2}}},
		"restarted":  {"10.0.0.1:5000::rq_total::1\n10.0.0.1:5000::cx_total::1\n", nil},
	} {
		if diff := cmp.Diff(test.want, lost(before, reading(test.after))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := lost(before, Reading[counters]{Why: "gone"}); got != nil {
		t.Errorf("unseen: got %v", got)
	}
}

// FuzzCounters: it does not matter in which pieces the page comes, and no line is kept whole.
func FuzzCounters(f *testing.F) {
	f.Add(page("outbound|5000||"+host, "[::1]:5000", 1), 3)
	f.Add("outbound|5000||"+host+"::::rq_total::1\n", 0)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		whole, parts := newCounters(host), newCounters(host)
		_, _ = whole.Write([]byte(text))
		cut = max(0, min(cut, len(text)))
		_, _ = parts.Write([]byte(text[:cut]))
		_, _ = parts.Write([]byte(text[cut:]))
		if diff := cmp.Diff(whole.requests, parts.requests, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
			t.Error(diff)
		}
		if len(parts.line) > maxLine {
			t.Errorf("%d bytes are kept", len(parts.line))
		}
	})
}

func TestDifference(t *testing.T) {
	seen := func(requests map[string]uint64) Reading[counters] {
		c := newCounters(host)
		for address, count := range requests {
			c.requests[netip.MustParseAddrPort(address)] = count
		}
		return Reading[counters]{Value: *c}
	}
	before := seen(map[string]uint64{"10.0.0.1:5000": 5, "10.0.0.2:5000": 1, "10.0.0.9:5000": 4})
	tests := map[string]struct {
		before, after Reading[counters]
		want          Reading[[]Hop]
	}{
		"counted": {before, seen(map[string]uint64{"10.0.0.1:5000": 12, "10.0.0.2:5000": 1, "[2001:db8::1]:15443": 3}),
			Reading[[]Hop]{Value: []Hop{{"10.0.0.1:5000", 7, WayDirect}, {"[2001:db8::1]:15443", 3, WayGateway}}}},
		"restarted":         {before, seen(map[string]uint64{"10.0.0.1:5000": 4}), Reading[[]Hop]{Why: "the proxy reset its counters"}},
		"nothing":           {before, before, Reading[[]Hop]{Why: "the proxy counted no calls"}},
		"first unseen":      {Reading[counters]{Why: "forbidden"}, before, Reading[[]Hop]{Why: "forbidden"}},
		"the second unseen": {before, Reading[counters]{Why: "gone"}, Reading[[]Hop]{Why: "gone"}},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, difference(test.before, test.after)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
