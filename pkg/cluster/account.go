package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
)

// Account is a ServiceAccount with its token Secrets, or a deleted one whose token Secrets still exist. It contains no
// token.
type Account struct {
	Name         string
	Labels       map[string]string
	TokenSecrets []AccountSecret
}

// AccountSecret is a Secret with an account's token.
type AccountSecret struct {
	Name string
	// LastUsed is the day on which the API server last saw the token, 2026-11-21; empty if never, or not recorded.
	LastUsed string
}

// Accounts lists the accounts of a namespace, sorted by name.
func (c *Client) Accounts(ctx context.Context, namespace string) ([]Account, error) {
	resource := corev1.SchemeGroupVersion.WithResource("serviceaccounts")
	list, err := c.any.Resource(resource).Namespace(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("list service accounts: %w", err)
	}
	byName := map[string]*Account{}
	for _, item := range list.Items {
		byName[item.GetName()] = &Account{Name: item.GetName(), Labels: item.GetLabels()}
	}
	ofType := fields.OneTermEqualSelector("type", string(corev1.SecretTypeServiceAccountToken)).String()
	secrets, err := c.kube.secrets(ctx, namespace, metav1.ListOptions{FieldSelector: ofType})
	if err != nil {
		return nil, fmt.Errorf("list token secrets: %w", err)
	}
	for _, secret := range secrets.Items {
		name := secret.Annotations[corev1.ServiceAccountNameKey]
		if secret.Type != corev1.SecretTypeServiceAccountToken || name == "" {
			continue
		}
		if byName[name] == nil {
			byName[name] = &Account{Name: name}
		}
		byName[name].TokenSecrets = append(byName[name].TokenSecrets, AccountSecret{
			Name:     secret.Name,
			LastUsed: lastUsed(secret.Labels),
		})
	}
	return sortedAccounts(byName), nil
}

func sortedAccounts(byName map[string]*Account) []Account {
	accounts := make([]Account, 0, len(byName))
	for _, account := range byName {
		slices.SortFunc(account.TokenSecrets, func(a, b AccountSecret) int { return strings.Compare(a.Name, b.Name) })
		accounts = append(accounts, *account)
	}
	slices.SortFunc(accounts, func(a, b Account) int { return strings.Compare(a.Name, b.Name) })
	return accounts
}

// lastUsed returns the day in a token Secret's label, if any.
func lastUsed(labels map[string]string) string {
	day, err := time.Parse(time.DateOnly, labels[labelLastUsed])
	if err != nil {
		return ""
	}
	return day.Format(time.DateOnly)
}
