package exchange

import (
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Kind is the kind of an exchange file.
const Kind = "Exchange"

// Namespace of its signature: a signature that the same key made for something else is none of an exchange file.
const Namespace = "kubectl-mesh.dev/exchange"

// Purpose is what a file is for.
type Purpose string

// The purposes.
const (
	// PurposeExchange has facts, requests and answers, which an import writes.
	PurposeExchange Purpose = "exchange"
	// PurposeReceipt states what clusters run. An import refuses it.
	PurposeReceipt Purpose = "receipt"
)

// Document is what a file says. Its order is that of the JSON.
type Document struct {
	v1alpha1.TypeMeta `json:",inline"`
	// Mesh is the name of the mesh, From the site that wrote the file.
	Mesh    string  `json:"mesh"`
	From    string  `json:"from"`
	Purpose Purpose `json:"purpose"`
	// Serial orders the files of a site: microseconds of its clock, because an export records nothing.
	Serial   int64     `json:"serial"`
	Issued   time.Time `json:"issued"`
	NotAfter time.Time `json:"notAfter"`
	// Clusters are those that the file speaks for.
	Clusters []string `json:"clusters"`
	Items    []Item   `json:"items"`
	// Receipts are what the clusters run; only in a receipt.
	Receipts []Receipt `json:"receipts,omitempty"`
}

// ItemKind is what an item is.
type ItemKind string

// The kinds of items.
const (
	// ItemFacts of a cluster: the text of its facts file.
	ItemFacts ItemKind = "facts"
	// ItemRoots of the mesh, as PEM.
	ItemRoots ItemKind = "roots"
	// ItemSigningRequest asks for the intermediate certificate of a cluster, ItemSigningCertificate is one, with its
	// chain.
	ItemSigningRequest     ItemKind = "signingRequest"
	ItemSigningCertificate ItemKind = "signingCertificate"
	// ItemClientRequest asks for the client certificate of a consumer, ItemClientCertificate is one.
	ItemClientRequest     ItemKind = "clientRequest"
	ItemClientCertificate ItemKind = "clientCertificate"
	// ItemGenerations are the generations of a reader's credential that count: rotations and revocations.
	ItemGenerations ItemKind = "generations"
	// ItemToken is a reader token, encrypted with age.
	ItemToken ItemKind = "token"
)

// ItemKinds are the kinds of items, in the order of a file.
func ItemKinds() []ItemKind {
	return []ItemKind{
		ItemFacts, ItemRoots, ItemSigningRequest, ItemSigningCertificate,
		ItemGenerations, ItemClientRequest, ItemClientCertificate, ItemToken,
	}
}

// Item is one thing that another site needs. Which fields are set depends on the kind.
type Item struct {
	Kind ItemKind `json:"kind"`
	// Cluster that the item is about: the target, where there is a consumer.
	Cluster  string `json:"cluster,omitempty"`
	Consumer string `json:"consumer,omitempty"`
	// Generation of the credential.
	Generation int32 `json:"generation,omitempty"`
	// Answers is the SHA-256 of the request that a certificate answers, as RequestDigest gives it.
	Answers string `json:"answers,omitempty"`
	// Current and Revoked are generations.
	Current []int32 `json:"current,omitempty"`
	Revoked int32   `json:"revoked,omitempty"`
	// Recipients are the age keys that can decrypt the text.
	Recipients []string `json:"recipients,omitempty"`
	// Text of the item, a string for each line.
	Text Lines `json:"text,omitempty"`
}

// Lines is a text that reads as lines in JSON.
type Lines []string
