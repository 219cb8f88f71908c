package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// maxSerial is the last microsecond that a JSON time can represent.
const maxSerial = 253402300799_999999

// maxValidity limits a file's validity: send older content again.
const maxValidity = 366 * 24 // hours

// check rejects documents that export does not write.
func check(d Document) error {
	if d.APIVersion != v1alpha1.APIVersion || d.Kind != Kind {
		return fmt.Errorf("the file is not of kind %s, %s", Kind, v1alpha1.APIVersion)
	}
	switch d.Purpose {
	case PurposeExchange, PurposeReceipt:
	default:
		return fmt.Errorf("purpose: %.40q is unknown", string(d.Purpose))
	}
	if !isName(d.Mesh) || !isName(d.From) {
		return fmt.Errorf("mesh and from: %.80q and %.80q must be names", d.Mesh, d.From)
	}
	for i, name := range d.Clusters {
		if !isName(name) || slices.Contains(d.Clusters[:i], name) {
			return fmt.Errorf("clusters[%d]: %.80q is not a cluster name, or is listed twice", i, name)
		}
	}
	if d.Serial < 1 || d.Serial > maxSerial {
		return errors.New("serial: must be a positive number of microseconds, before the year 10000")
	}
	if valid := d.NotAfter.Sub(d.Issued).Hours(); valid <= 0 || valid > maxValidity {
		return errors.New("notAfter: must be within a year after issued")
	}
	if len(d.Items) > maxItems {
		return fmt.Errorf("items: more than %d", maxItems)
	}
	return errors.Join(checkReceipts(d), checkItems(d.Items))
}

func checkItems(items []Item) error {
	seen := map[string]int{}
	for i, item := range items {
		if err := item.check(); err != nil {
			return fmt.Errorf("items[%d]: %w", i, err)
		}
		id := strings.Join([]string{string(item.Kind), item.Cluster, item.Consumer, fmt.Sprint(item.Generation)}, " ")
		if first, twice := seen[id]; twice {
			return fmt.Errorf("items[%d]: duplicate of items[%d]", i, first)
		}
		seen[id] = i
	}
	return nil
}

func (i Item) check() error {
	if !slices.Contains(ItemKinds(), i.Kind) {
		return fmt.Errorf("kind: %.40q is unknown", string(i.Kind))
	}
	ofPair := slices.Contains([]ItemKind{ItemClientRequest, ItemClientCertificate, ItemGenerations, ItemToken}, i.Kind)
	isCredential := ofPair && i.Kind != ItemGenerations
	switch {
	case i.Kind != ItemRoots && !isName(i.Cluster):
		return fmt.Errorf("cluster: %.80q is not a cluster name", i.Cluster)
	case ofPair && !isName(i.Consumer):
		return fmt.Errorf("consumer: %.80q is not a cluster name", i.Consumer)
	case isCredential && !isGeneration(i.Generation):
		return fmt.Errorf("generation: %d is not between 1 and %d", i.Generation, v1alpha1.MaxGeneration)
	case i.Kind != ItemGenerations && len(i.Text) == 0:
		return errors.New("text: must not be empty")
	}
	return errors.Join(i.checkForeign(ofPair, isCredential), i.checkText())
}

// checkText rejects text that could be misread: each line of the file is one line, and request digests and recipients
// have the form in which users see them.
func (i Item) checkText() error {
	for n, line := range i.Text {
		if strings.Contains(line, "\n") {
			return fmt.Errorf("text[%d]: more than one line", n)
		}
	}
	digest, named := strings.CutPrefix(i.Answers, "sha256:")
	if i.Answers != "" && !(named && isDigest(digest)) {
		return errors.New("answers: not a SHA-256")
	}
	for n, recipient := range i.Recipients {
		if !isRecipient(recipient) {
			return fmt.Errorf("recipients[%d]: not an age recipient", n)
		}
	}
	return nil
}

// checkForeign rejects fields of another kind of item, because readers could interpret the item differently.
func (i Item) checkForeign(ofPair, isCredential bool) error {
	isGenerations := i.Kind == ItemGenerations
	isCertificate := i.Kind == ItemSigningCertificate || i.Kind == ItemClientCertificate
	for _, field := range []struct {
		name    string
		foreign bool
	}{
		{name: "cluster", foreign: i.Kind == ItemRoots && i.Cluster != ""},
		{name: "consumer", foreign: !ofPair && i.Consumer != ""},
		{name: "generation", foreign: !isCredential && i.Generation != 0},
		{name: "answers", foreign: !isCertificate && i.Answers != ""},
		{name: "current", foreign: !isGenerations && len(i.Current) > 0},
		{name: "revoked", foreign: !isGenerations && i.Revoked != 0},
		{name: "recipients", foreign: i.Kind != ItemToken && len(i.Recipients) > 0},
		{name: "text", foreign: isGenerations && len(i.Text) > 0},
	} {
		if field.foreign {
			return fmt.Errorf("%s: not a field of %s", field.name, i.Kind)
		}
	}
	for _, generation := range i.Current {
		if !isGeneration(generation) {
			return fmt.Errorf("current: %d is not between 1 and %d", generation, v1alpha1.MaxGeneration)
		}
	}
	if i.Revoked != 0 && !isGeneration(i.Revoked) {
		return fmt.Errorf("revoked: %d is not between 1 and %d", i.Revoked, v1alpha1.MaxGeneration)
	}
	return nil
}

func isGeneration(number int32) bool { return number >= 1 && number <= v1alpha1.MaxGeneration }

// isDigest reports whether a text is a SHA-256 in hexadecimal digits.
func isDigest(text string) bool {
	const digits = "0123456789abcdef"
	return len(text) == 2*sha256.Size && strings.Trim(text, digits) == ""
}

// isRecipient reports whether a text looks like an age recipient, age1... or age1pq1...; encryption validates it.
func isRecipient(text string) bool {
	const digits, most = "0123456789abcdefghijklmnopqrstuvwxyz", 4 << 10
	return strings.HasPrefix(text, "age1") && len(text) <= most && strings.Trim(text, digits) == ""
}

func isName(name string) bool { return len(validation.IsDNS1123Label(name)) == 0 }

// RequestDigest identifies a request in its answer: the SHA-256 of its DER, without text around the PEM.
func RequestDigest(request []byte) string {
	block, _ := pem.Decode(request)
	if block == nil {
		return ""
	}
	sum := sha256.Sum256(block.Bytes)
	return "sha256:" + hex.EncodeToString(sum[:])
}
