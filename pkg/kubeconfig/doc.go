// Package kubeconfig builds the kubeconfigs of Istio's remote secrets, holds their credentials without printing them,
// and reads the contexts of a user's kubeconfig.
//
// It does not know meshes and opens no files. Besides the standard library it imports client-go's clientcmd packages
// and pkg/nearest.
package kubeconfig
