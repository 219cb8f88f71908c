package exchange

import (
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Kind is the kind of an exchange file.
const Kind = "Exchange"

// Namespace of the signature: signatures that the same key made for other purposes are invalid.
const Namespace = "kubectl-mesh.dev/exchange"

// Purpose of a file.
type Purpose string

// Purposes.
const (
	// PurposeExchange contains facts, requests and answers, which an import writes.
	PurposeExchange Purpose = "exchange"
	// PurposeReceipt states what clusters run. Imports reject it.
	PurposeReceipt Purpose = "receipt"
)

// Document is the content of a file, in the order of the JSON.
type Document struct {
	v1alpha1.TypeMeta `json:",inline"`
	// Mesh is the name of the mesh, From the site that wrote the file.
	Mesh    string  `json:"mesh"`
	From    string  `json:"from"`
	Purpose Purpose `json:"purpose"`
	// Serial orders a site's files: microseconds of its clock, because an export records nothing.
	Serial   int64     `json:"serial"`
	Issued   time.Time `json:"issued"`
	NotAfter time.Time `json:"notAfter"`
	// Clusters that the file is about.
	Clusters []string `json:"clusters"`
	Items    []Item   `json:"items"`
	// Receipts are what the clusters run; only in a receipt.
	Receipts []Receipt `json:"receipts,omitempty"`
}

// ItemKind is the kind of an item.
type ItemKind string

// Kinds of items.
const (
	// ItemFacts is the text of a cluster's facts file.
	ItemFacts ItemKind = "facts"
	// ItemRoots are the roots of the mesh, as PEM.
	ItemRoots ItemKind = "roots"
	// ItemSigningRequest requests the intermediate certificate of a cluster; ItemSigningCertificate is the certificate
	// with its chain.
	ItemSigningRequest     ItemKind = "signingRequest"
	ItemSigningCertificate ItemKind = "signingCertificate"
	// ItemClientRequest requests a consumer's client certificate; ItemClientCertificate is the certificate.
	ItemClientRequest     ItemKind = "clientRequest"
	ItemClientCertificate ItemKind = "clientCertificate"
	// ItemGenerations are the valid generations of a reader's credential: rotations and revocations.
	ItemGenerations ItemKind = "generations"
	// ItemToken is a reader token, encrypted with age.
	ItemToken ItemKind = "token"
)

// ItemKinds returns the kinds of items, in the order of a file.
func ItemKinds() []ItemKind {
	return []ItemKind{
		ItemFacts, ItemRoots, ItemSigningRequest, ItemSigningCertificate,
		ItemGenerations, ItemClientRequest, ItemClientCertificate, ItemToken,
	}
}

// Item is something that another site needs. Its kind determines which fields are set.
type Item struct {
	Kind ItemKind `json:"kind"`
	// Cluster that the item is about; if there is a consumer, the target.
	Cluster  string `json:"cluster,omitempty"`
	Consumer string `json:"consumer,omitempty"`
	// Generation of the credential.
	Generation int32 `json:"generation,omitempty"`
	// Answers is the RequestDigest of the request that a certificate answers.
	Answers string `json:"answers,omitempty"`
	// Current and Revoked are generations.
	Current []int32 `json:"current,omitempty"`
	Revoked int32   `json:"revoked,omitempty"`
	// Recipients are the age keys that can decrypt the text.
	Recipients []string `json:"recipients,omitempty"`
	// Text of the item, one string per line.
	Text Lines `json:"text,omitempty"`
}

// Lines is a text that is a list of lines in JSON.
type Lines []string
