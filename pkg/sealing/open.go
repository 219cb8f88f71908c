package sealing

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"maps"
	"slices"

	"filippo.io/age"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
)

// Keys decrypt sealed files.
type Keys struct {
	age         []age.Identity
	controllers []*rsa.PrivateKey
}

// ParseKeys parses the output of age-keygen, or the PEM key of a SealedSecrets controller. Its errors never repeat the
// text.
func ParseKeys(text []byte) (Keys, error) {
	switch {
	case bytes.Contains(text, []byte("-----BEGIN AGE ENCRYPTED FILE-----")):
		return Keys{}, errors.New("it is encrypted with a passphrase: decrypt it with age first")
	case bytes.Contains(text, []byte("-----BEGIN ")):
		key, err := sealedsecret.ParseKey(text)
		if err != nil {
			return Keys{}, err
		}
		return Keys{controllers: []*rsa.PrivateKey{key}}, nil
	}
	identities, err := sops.ParseIdentities(text)
	return Keys{age: identities}, err
}

// Add adds more keys.
func (k *Keys) Add(more Keys) {
	k.age, k.controllers = append(k.age, more.age...), append(k.controllers, more.controllers...)
}

// Age returns only the age identities.
func (k Keys) Age() []age.Identity { return k.age }

// IsZero reports whether there is no key.
func (k Keys) IsZero() bool { return len(k.age)+len(k.controllers) == 0 }

// ErrForOthers reports that a file is not encrypted to the available keys.
var ErrForOthers = errors.New("it is not encrypted to this identity")

// Opened is a decrypted sealed file.
type Opened struct {
	Plain map[string]string
	sops  *sops.Opened
}

// Open decrypts a file in memory.
func (f *File) Open(keys Keys) (*Opened, error) {
	if f.sops != nil && len(keys.age) > 0 {
		opened, err := f.sops.Open(keys.age)
		if errors.Is(err, sops.ErrNotRecipient) {
			return nil, ErrForOthers
		}
		if err != nil {
			return nil, err
		}
		return &Opened{Plain: opened.Values("stringData:"), sops: opened}, nil
	}
	for _, key := range keys.controllers {
		if opened, err := f.openSealedSecret(key); f.Kind == sealedKind && !errors.Is(err, ErrForOthers) {
			return opened, err
		}
	}
	return nil, ErrForOthers
}

func (f *File) openSealedSecret(key *rsa.PrivateKey) (*Opened, error) {
	opened := &Opened{Plain: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(f.encrypted)) {
		plain, err := sealedsecret.Open(key, sealedsecret.Name{Namespace: f.Namespace, Name: f.Name}, f.encrypted[name])
		if errors.Is(err, sealedsecret.ErrNotOpened) {
			return nil, ErrForOthers
		}
		if err != nil {
			return nil, fmt.Errorf("decrypt %s: %w", shown(name), err)
		}
		opened.Plain[name] = string(plain)
	}
	return opened, nil
}

// Prove decrypts a file and compares its content with its annotations. ErrForOthers reports that it could not be
// decrypted, so nothing is proven.
func (f *File) Prove(keys Keys) error {
	opened, err := f.Open(keys)
	if err != nil {
		return err
	}
	sealed, err := Describe(opened.Plain)
	if err != nil {
		return fmt.Errorf("the sealed content has an unexpected form: %w", err)
	}
	described := f.Description()
	if name := difference(sealed, described); name != "" {
		return fmt.Errorf("annotation %s is %q, but the sealed content is %q",
			Prefix+name, shown(described[Prefix+name]), sealed[Prefix+name])
	}
	return nil
}

// Before is what an encryption with sops may keep; nil for none.
func (o *Opened) Before() *sops.Opened {
	if o == nil {
		return nil
	}
	return o.sops
}
