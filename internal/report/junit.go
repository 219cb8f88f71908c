package report

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

// junitCase is one check of one subject. An unknown result is skipped.
type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	Failure *junitText `xml:"failure,omitempty"`
	Skipped *junitText `xml:"skipped,omitempty"`
	Out     string     `xml:"system-out,omitempty"`
}

type junitText struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (c Check) printJUnit(w io.Writer) error {
	counted := counts(c.Results)
	suite := junitSuite{
		Name:     "kubectl mesh check",
		Tests:    len(c.Results),
		Failures: counted["failed"],
		Skipped:  counted["unknown"],
	}
	for _, result := range c.Results {
		suite.Cases = append(suite.Cases, newJUnitCase(result))
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

func newJUnitCase(result check.Result) junitCase {
	test := junitCase{Class: "mesh", Name: about(result) + result.ID + " " + result.Title}
	if result.Cluster != "" {
		test.Class += "." + result.Cluster
	}
	text := &junitText{Message: result.Reason, Text: result.Hint}
	switch result.Status {
	case check.StatusOK:
		test.Out = result.Reason
	case check.StatusFailed:
		test.Failure = text
	case check.StatusUnknown:
		test.Skipped = text
	case check.StatusWarning:
		test.Out = "warning: " + result.Reason + "\n" + result.Hint
	}
	return test
}
