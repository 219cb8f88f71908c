package check

import (
	"regexp"
	"strconv"
	"strings"
)

// callEnd terminates each call's output, before its HTTP status.
const callEnd = "kubectl-mesh-call: "

// Answers are the responses to calls. Any pod may have answered, with any content.
type Answers struct {
	// By is the number of responses per name of a cluster or sample.
	By map[string]int
	// Failed is the number of calls with another response or none, and Example the first of them.
	Failed  int
	Example string
}

// hello matches only responses of the sample. It captures a Kubernetes name.
const hello = `^Hello version: ([a-z0-9](?:[-a-z0-9.]{0,61}[a-z0-9])?), ` +
	`instance: [a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$`

// parseAnswers parses the client's output for a number of calls, and ignores the rest.
func parseAnswers(text string, calls int) Answers {
	form := regexp.MustCompile(hello)
	answers := Answers{By: map[string]int{}}
	var body []string
	done := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		status, end := strings.CutPrefix(line, callEnd)
		switch {
		case done == calls:
			return answers
		case !end && line != "":
			body = append(body, line)
		case end:
			answers.take(form, body, status)
			body = nil
			done++
		}
	}
	for ; done < calls; done++ {
		answers.fail("the client exited without output")
	}
	return answers
}

// take counts one response.
func (a *Answers) take(form *regexp.Regexp, body []string, status string) {
	if len(body) == 1 && status == "200" {
		if match := form.FindStringSubmatch(body[0]); match != nil {
			a.By[match[1]]++
			return
		}
	}
	switch {
	case status == "000":
		a.fail("no response")
	case len(body) == 0:
		a.fail("status " + digits(status) + " and an empty body")
	default:
		a.fail("status " + digits(status) + " and " + strconv.Quote(clip(body[0])))
	}
}

// digits returns an HTTP status unchanged, and anything else quoted.
func digits(status string) string {
	if number, err := strconv.ParseUint(status, 10, 16); err == nil {
		return strconv.FormatUint(number, 10)
	}
	return strconv.Quote(clip(status))
}

func (a *Answers) fail(example string) {
	a.Failed++
	if a.Example == "" {
		a.Example = example
	}
}

func (a *Answers) add(more Answers) {
	if a.By == nil {
		a.By = map[string]int{}
	}
	for name, count := range more.By {
		a.By[name] += count
	}
	a.Failed += more.Failed
	if a.Example == "" {
		a.Example = more.Example
	}
}

// count returns the number of responses from a sample, whatever its name.
func (a Answers) count() int {
	sum := 0
	for _, count := range a.By {
		sum += count
	}
	return sum
}

// clip bounds external text.
func clip(text string) string {
	const most = 120
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
