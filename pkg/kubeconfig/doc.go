// Package kubeconfig builds the kubeconfigs with which istiod reads its peers, holds the bearer
// tokens that go into them, and reads the contexts of a person's own kubeconfig.
// It knows nothing about meshes and opens no file; besides the standard library it imports
// client-go's clientcmd packages and pkg/nearest.
package kubeconfig
