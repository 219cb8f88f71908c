package exchange

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sops"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// sealedToken is the encrypted content: the token and what it is bound to, so that the ciphertext cannot be passed off
// as another reader's.
type sealedToken struct {
	Mesh       string `json:"mesh"`
	From       string `json:"from"`
	Cluster    string `json:"cluster"`
	Consumer   string `json:"consumer"`
	Generation int32  `json:"generation"`
	Token      string `json:"token"`
}

// maxSealed is more than any token with its binding.
const maxSealed = 256 << 10

// packTokens packs the collected tokens for control planes of other sites.
func (p *packing) packTokens() error {
	for _, pair := range p.ws.Pairs() {
		a, err := p.ws.Access(pair)
		if err != nil || !p.isOwn(pair.Target) || !p.isElsewhere(pair.Consumer) || a.Newest() == 0 {
			continue
		}
		if traits := a.Kind().Traits(); !traits.Held() || traits.Form != access.FormToken {
			continue
		}
		token, _, err := p.ws.ReadToken(pair)
		if errors.Is(err, fs.ErrNotExist) {
			p.leaveOut(p.ws.FetchCommand(pair), "the token of %s for %s is not collected yet", pair.Consumer, pair.Target)
			continue
		}
		if err != nil {
			return fmt.Errorf("read token of %s for %s: %w", pair.Consumer, pair.Target, err)
		}
		if err := p.packToken(a, token); err != nil {
			return err
		}
	}
	return nil
}

// leaveOut reports what another site still needs.
func (p *packing) leaveOut(remedy, format string, args ...any) {
	p.incomplete = true
	p.log.Warn(remedy, format, args...)
}

func (p *packing) packToken(a access.RemoteAccess, token kubeconfig.Token) error {
	pair, site := a.Pair(), "spec.sites: an entry with "+a.Consumer.Name
	named, known := p.ws.Doc.Mesh.Spec.SiteOf(a.Consumer.Name)
	if known {
		site = "spec.sites, site " + named.Name
	}
	recipients := recipientsOf(named, a.Consumer)
	if len(recipients) == 0 {
		p.leaveOut("at the site of "+pair.Consumer+": (umask 077; mkdir -p credentials; age-keygen -o "+
			layout.ExchangeIdentity()+"), then write the public key that it prints into "+p.ws.Name+", "+site+": "+
			"recipients: [age1...]",
			"the token of %s for %s is not exported: %s lists no age recipient for %s, and tokens are never written unencrypted",
			pair.Consumer, pair.Target, p.ws.Name, pair.Consumer)
		return nil
	}
	generation := generationOf(a, token)
	plain, err := json.Marshal(sealedToken{
		Mesh:       a.Mesh,
		From:       p.site.Name,
		Cluster:    pair.Target,
		Consumer:   pair.Consumer,
		Generation: generation,
		Token:      token.Reveal(),
	})
	if err != nil {
		return err
	}
	text, err := encrypt(plain, recipients)
	if err != nil {
		return fmt.Errorf("encrypt token of %s for %s: %w", pair.Consumer, pair.Target, err)
	}
	p.add(exchange.Item{
		Kind:       exchange.ItemToken,
		Cluster:    pair.Target,
		Consumer:   pair.Consumer,
		Generation: generation,
		Recipients: recipients,
		Text:       exchange.NewLines(text),
	})
	return nil
}

// generationOf returns the generation of a token: during a rotation, the collected one can be the previous one. A token
// without a Secret name counts as the newest.
func generationOf(a access.RemoteAccess, token kubeconfig.Token) int32 {
	claims, _ := token.Claims()
	for _, generation := range a.Generations() {
		if claims.Secret != "" && claims.Secret == a.Marker(generation) {
			return generation
		}
	}
	return a.Newest()
}

// recipientsOf returns those of the site, or otherwise those that can open what is sealed for the consumer.
func recipientsOf(site v1alpha1.Site, consumer *v1alpha1.Cluster) []string {
	if len(site.Recipients) > 0 {
		return slices.Sorted(slices.Values(site.Recipients))
	}
	return consumer.Sealing.Age.Recipients
}

func encrypt(plain []byte, to []string) ([]byte, error) {
	var recipients []age.Recipient
	for _, text := range to {
		recipient, err := sops.ParseRecipient(text)
		if err != nil {
			return nil, err
		}
		recipients = append(recipients, recipient.Age())
	}
	var text bytes.Buffer
	armored := armor.NewWriter(&text)
	writer, err := age.Encrypt(armored, recipients...)
	if err != nil {
		return nil, hint.Add(err, "use keys of one kind, age1... or age1pq1...: age cannot mix them in one file")
	}
	_, err = writer.Write(plain)
	err = errors.Join(err, writer.Close(), armored.Close()) // Close writes the rest
	return text.Bytes(), err
}

// errNotRecipient reports a token encrypted for others.
var errNotRecipient = errors.New("none of the age keys can decrypt it")

// takeToken decrypts the token of a control plane of this site.
func (i *intake) takeToken(item exchange.Item) error {
	pair := access.Pair{Consumer: item.Consumer, Target: item.Cluster}
	what := fmt.Sprintf("token of %s for %s", pair.Consumer, pair.Target)
	if err := i.speaksFor(item.Cluster, what); err != nil {
		return err
	}
	if !i.isOurs(pair.Consumer) {
		return nil
	}
	if err := i.reads(pair, access.FormToken, what); err != nil {
		return err
	}
	if current := i.generations(pair).Current; !slices.Contains(current, item.Generation) {
		return fmt.Errorf("%s: for generation %d, but the current one is %s",
			what, item.Generation, cmp.Or(workspace.Numbers(current), "none"))
	}
	token, err := i.decrypt(item)
	if errors.Is(err, errNotRecipient) && i.own == nil {
		return nil // of another site
	}
	if err != nil {
		return hint.Prefix(err, what+": ")
	}
	return i.keepToken(pair, item, token, what)
}

// decrypt opens a token, and verifies what it is bound to.
func (i *intake) decrypt(item exchange.Item) (kubeconfig.Token, error) {
	if len(i.identities) == 0 {
		return kubeconfig.Token{}, hint.New(
			"specify the age key of this site: --identity FILE; or store it as "+i.ws.Path(layout.ExchangeIdentity()),
			"no age key is available to decrypt it")
	}
	reader, err := age.Decrypt(armor.NewReader(bytes.NewReader(item.Text.Join())), i.identities...)
	if _, other := errors.AsType[*age.NoIdentityMatchError](err); other {
		return kubeconfig.Token{}, hint.Add(errNotRecipient,
			"specify the key of a recipient: --identity FILE; encrypted to "+strings.Join(item.Recipients, ", "))
	}
	if err != nil {
		return kubeconfig.Token{}, errors.New("cannot be decrypted: damaged")
	}
	plain, err := io.ReadAll(io.LimitReader(reader, maxSealed))
	if err != nil {
		return kubeconfig.Token{}, errors.New("cannot be decrypted: damaged")
	}
	var sealed sealedToken
	if err := strict.JSON(plain, &sealed); err != nil {
		return kubeconfig.Token{}, errors.New("the content is not a token of an exchange file")
	}
	want := sealedToken{
		Mesh:       i.ws.Doc.Mesh.Metadata.Name,
		From:       i.site.Name,
		Cluster:    item.Cluster,
		Consumer:   item.Consumer,
		Generation: item.Generation,
		Token:      sealed.Token,
	}
	if sealed != want {
		return kubeconfig.Token{}, errors.New("the content was encrypted for another reader")
	}
	return kubeconfig.ParseToken([]byte(sealed.Token))
}

func (i *intake) keepToken(pair access.Pair, item exchange.Item, token kubeconfig.Token, what string) error {
	a, err := i.ws.Access(pair)
	if err != nil {
		return err
	}
	want := a.Subject(item.Generation).User()
	if claims, ok := token.Claims(); ok && claims.Subject != "" && claims.Subject != want {
		return fmt.Errorf("%s: issued to %q, expected %q", what, claims.Subject, want)
	}
	before, err := i.read(pair.TokenFile())
	if err != nil {
		return err
	}
	if before != nil {
		if held, err := kubeconfig.ParseToken(before); err == nil && held.Equal(token) {
			return nil
		}
	}
	i.plan(pair.TokenFile(), []byte(token.Reveal()+"\n"))
	i.info(pair.TokenFile(), what+", "+token.Fingerprint())
	return nil
}
