package reader_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// TestRotationDocuments: what a rotation does, step by step, with what follows, how it is verified, and how it is undone.
func TestRotationDocuments(t *testing.T) {
	for _, test := range []struct {
		name, west, want string
	}{
		{name: "a token", want: rotationOfToken},
		{name: "a certificate", west: "reader: {auth: clientCertificate}", want: rotationOfCertificate},
		{name: "a token in a store", west: "reader: {auth: external, external: {secretStoreRef: {name: vault}}}", want: rotationOfExternal},
		{name: "a token, granted again", west: "revokedReaders: {east: 1}", want: grantOfToken},
		{name: "federated, granted again", west: "reader: {auth: federated}, revokedReaders: {east: 1}", want: grantOfFederated},
	} {
		h := offline(t, test.west)
		steps, err := reader.PlanRotation(h.rotation())
		if err != nil {
			t.Fatal(h.Problems(err))
		}
		if diff := cmp.Diff(test.want, "\n"+h.Normalize(steps.String())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

const rotationOfToken = `
1. (here): record generation 2 in addition to generation 1
     effect:      both are rendered until one of them is dropped
     verified by: kubectl mesh credentials status -f mesh.yaml
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
2. west: apply ServiceAccount istio-system/mesh-reader-east, Role istio-system/mesh-reader, ClusterRole mesh-reader, RoleBinding istio-system/mesh-reader-east, ClusterRoleBinding mesh-reader-east, Secret istio-system/mesh-reader-east-token-1, Secret istio-system/mesh-reader-east-token-2
     effect:      west knows generation 2, in addition to earlier ones
     verified by: the API server confirms it
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort; then: kubectl mesh render --apply --prune --cluster west -f mesh.yaml
3. west: get the token from Secret istio-system/mesh-reader-east-token-2
     effect:      it is stored in credentials/west/east/token if that file exists, otherwise in memory
     verified by: a call: west accepts it, as system:serviceaccount:istio-system:mesh-reader-east, with all permissions of a reader
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
4. east: apply Secret istio-system/istio-remote-secret-west with generation 2
     effect:      istiod of east reads west with it
     verified by: the next steps
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort; then: kubectl mesh render --apply --cluster east -f mesh.yaml
5. east: call west with the remote secret's credential
     effect:      generation 2 is in use
     verified by: it is accepted, with all permissions of a reader
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
6. east: ask each istiod pod for the endpoints of west
     effect:      calls from east to west continue
     verified by: all are synced for a minute, with at least as many as before the change
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
7. west: remove Secret istio-system/mesh-reader-east-token-1
     effect:      new requests with its token, and with those bound to it, are refused within 10 seconds
     verified by: the API server of west confirms it
     undone by:   not possible: begin another rotation
8. (here): record only generation 2
     effect:      the old one is never rendered again
     verified by: kubectl mesh credentials status -f mesh.yaml
     undone by:   not possible: begin another rotation
`

const rotationOfCertificate = `
1. (here): record generation 2 in addition to generation 1
     effect:      both are rendered until one of them is dropped
     verified by: kubectl mesh credentials status -f mesh.yaml
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
2. west: apply Role istio-system/mesh-reader, ClusterRole mesh-reader, RoleBinding istio-system/mesh-reader-east, ClusterRoleBinding mesh-reader-east
     effect:      west knows generation 2, in addition to earlier ones
     verified by: the API server confirms it
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort; then: kubectl mesh render --apply --prune --cluster west -f mesh.yaml
3. west: create a key, and have its certificate signed: user mesh:east:2
     effect:      both are stored in credentials/west/east
     verified by: a call: west accepts it, as mesh:east:2, with all permissions of a reader
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
4. east: apply Secret istio-system/istio-remote-secret-west with generation 2
     effect:      istiod of east reads west with it
     verified by: the next steps
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort; then: kubectl mesh render --apply --cluster east -f mesh.yaml
5. east: call west with the remote secret's credential
     effect:      generation 2 is in use
     verified by: it is accepted, with all permissions of a reader
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
6. east: ask each istiod pod for the endpoints of west
     effect:      calls from east to west continue
     verified by: all are synced for a minute, with at least as many as before the change
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
7. west: apply RoleBinding istio-system/mesh-reader-east, ClusterRoleBinding mesh-reader-east
     effect:      generation 1: the certificate grants no access
     verified by: the API server of west confirms it
     undone by:   not possible: begin another rotation
8. (here): record only generation 2
     effect:      the old one is never rendered again
     verified by: kubectl mesh credentials status -f mesh.yaml
     undone by:   not possible: begin another rotation
`

const rotationOfExternal = `
1. (here): record generation 2 in addition to generation 1
     effect:      both are rendered until one of them is dropped
     verified by: kubectl mesh credentials status -f mesh.yaml
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
2. west: apply ServiceAccount istio-system/mesh-reader-east, Role istio-system/mesh-reader, ClusterRole mesh-reader, RoleBinding istio-system/mesh-reader-east, ClusterRoleBinding mesh-reader-east, Secret istio-system/mesh-reader-east-token-1, Secret istio-system/mesh-reader-east-token-2
     effect:      west knows generation 2, in addition to earlier ones
     verified by: the API server confirms it
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort; then: kubectl mesh render --apply --prune --cluster west -f mesh.yaml
3. east: apply what east has for west, which contains no secret
     effect:      istiod of east reads west with it
     verified by: the API server confirms it
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
4. (store): store the token of Secret istio-system/mesh-reader-east-token-2 in west as property token of entry shop/west/mesh-reader-east; External Secrets picks it up within 15 minutes
     effect:      External Secrets delivers generation 2 to east
     verified by: the remote secret in east contains it
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
5. east: call west with the remote secret's credential
     effect:      generation 2 is in use
     verified by: it is accepted, with all permissions of a reader
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
6. east: ask each istiod pod for the endpoints of west
     effect:      calls from east to west continue
     verified by: all are synced for a minute, with at least as many as before the change
     undone by:   kubectl mesh credentials rotate --link east-west -f mesh.yaml --abort
7. west: remove Secret istio-system/mesh-reader-east-token-1
     effect:      new requests with its token, and with those bound to it, are refused within 10 seconds
     verified by: the API server of west confirms it
     undone by:   not possible: begin another rotation
8. (here): record only generation 2
     effect:      the old one is never rendered again
     verified by: kubectl mesh credentials status -f mesh.yaml
     undone by:   not possible: begin another rotation
`

const grantOfToken = `
1. (here): record generation 2
     effect:      it is rendered
     verified by: kubectl mesh credentials status -f mesh.yaml
     undone by:   kubectl mesh credentials revoke --link east-west -f mesh.yaml --apply
2. west: apply ServiceAccount istio-system/mesh-reader-east, Role istio-system/mesh-reader, ClusterRole mesh-reader, RoleBinding istio-system/mesh-reader-east, ClusterRoleBinding mesh-reader-east, Secret istio-system/mesh-reader-east-token-2
     effect:      west knows generation 2
     verified by: the API server confirms it
     undone by:   kubectl mesh credentials revoke --link east-west -f mesh.yaml --apply
3. west: get the token from Secret istio-system/mesh-reader-east-token-2
     effect:      it is stored in credentials/west/east/token if that file exists, otherwise in memory
     verified by: a call: west accepts it, as system:serviceaccount:istio-system:mesh-reader-east, with all permissions of a reader
     undone by:   kubectl mesh credentials revoke --link east-west -f mesh.yaml --apply
4. east: apply Secret istio-system/istio-remote-secret-west with generation 2
     effect:      istiod of east reads west with it
     verified by: the next steps
     undone by:   kubectl mesh credentials revoke --link east-west -f mesh.yaml --apply
5. east: call west with the remote secret's credential
     effect:      generation 2 is in use
     verified by: it is accepted, with all permissions of a reader
     undone by:   kubectl mesh credentials revoke --link east-west -f mesh.yaml --apply
`

const grantOfFederated = `
1. (here): record generation 2
     effect:      it is rendered
     verified by: kubectl mesh credentials status -f mesh.yaml
     undone by:   kubectl mesh credentials revoke --link east-west -f mesh.yaml --apply
2. west: apply Role istio-system/mesh-reader, ClusterRole mesh-reader, RoleBinding istio-system/mesh-reader-east, ClusterRoleBinding mesh-reader-east
     effect:      west knows generation 2
     verified by: the API server confirms it
     undone by:   kubectl mesh credentials revoke --link east-west -f mesh.yaml --apply
3. east: apply what east has for west, which contains no secret
     effect:      istiod of east reads west with it
     verified by: the API server confirms it
     undone by:   kubectl mesh credentials revoke --link east-west -f mesh.yaml --apply
`

// TestRevocationDocuments: what a revocation does for each kind of credential, in its order, and what each step ends. What
// others still need stays; a run after the record looks for what an earlier one may have left.
func TestRevocationDocuments(t *testing.T) {
	for _, test := range []struct{ name, mesh, want string }{
		{"a certificate", westWith("reader: {auth: clientCertificate}"), revocationOfCertificate},
		{"federated", westWith("reader: {auth: federated}"), revocationOfFederated},
		{"a token in a store", westWith("reader: {auth: external, external: {secretStoreRef: {name: vault}}}"), revocationOfExternal},
		{"one of two readers", testmesh.Both + north, revocationOfOneOfTwo},
		{"a run after the record", westWith("revokedReaders: {east: 2}"), revocationAgain},
	} {
		h := &fixture{Fixture: testmesh.Offline(t, test.mesh), t: t}
		steps, err := reader.PlanRevocation(t.Context(), h.revocation(pair))
		if err != nil {
			t.Fatal(h.Problems(err))
		}
		document := "\n"
		for _, step := range steps {
			document += h.Normalize(step.Location + ": " + step.Action)
			if step.Done {
				document += " (done)"
			}
			document += "\n  " + step.Effect + "\n"
			if step.Verification == "" {
				continue // its owner takes it
			}
			if step.Undo != "not possible: a new credential is issued by kubectl mesh credentials rotate" {
				t.Errorf("%s: %s: undone by %q", test.name, step.Action, step.Undo)
			}
		}
		if diff := cmp.Diff(test.want, document); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

const revocationOfCertificate = `
(here): record in .kubectl-mesh/state.yaml that generation 1 is revoked
  no rendering restores it
west: remove ClusterRoleBinding mesh-reader-east
  the certificate grants no access
west: remove RoleBinding istio-system/mesh-reader-east
  the certificate grants no access
west: remove ClusterRole mesh-reader
  the credential grants no permissions
west: remove Role istio-system/mesh-reader
  the credential grants no permissions
east: remove Secret istio-system/istio-remote-secret-west
  istiod of east closes its watches and forgets the endpoints of west
west: if the credential is compromised, restart the API server on each control-plane node
  an established watch continues to deliver Secrets until it times out, as late as its client requested, or the API server restarts
`

const revocationOfFederated = `
(here): record in .kubectl-mesh/state.yaml that generation 1 is revoked
  no rendering restores it
west: remove ClusterRoleBinding mesh-reader-east
  the reader has no permissions left
west: remove RoleBinding istio-system/mesh-reader-east
  the reader has no permissions left
west: remove ClusterRole mesh-reader
  the credential grants no permissions
west: remove Role istio-system/mesh-reader
  the credential grants no permissions
west: remove the issuer of east from the file of --authentication-config
  its tokens are no longer accepted; before that they belong to a user without permissions, for at most an hour
east: remove Secret istio-system/istio-remote-secret-west
  istiod of east closes its watches and forgets the endpoints of west
west: if the credential is compromised, restart the API server on each control-plane node
  an established watch continues to deliver Secrets until it times out, as late as its client requested, or the API server restarts
`

const revocationOfExternal = `
(here): record in .kubectl-mesh/state.yaml that generation 1 is revoked
  no rendering restores it
west: remove Secret istio-system/mesh-reader-east-token-1
  new requests with its token, and with those bound to it, are refused within 10 seconds
west: remove ClusterRoleBinding mesh-reader-east
  the reader has no permissions left
west: remove RoleBinding istio-system/mesh-reader-east
  the reader has no permissions left
west: remove ClusterRole mesh-reader
  the credential grants no permissions
west: remove Role istio-system/mesh-reader
  the credential grants no permissions
west: remove ServiceAccount istio-system/mesh-reader-east
  every token of the account becomes invalid
(store): delete entry shop/west/mesh-reader-east
  an expired token is no longer delivered
east: remove ExternalSecret istio-system/istio-remote-secret-west
  its Secret is deleted too; istiod of east closes its watches and forgets the endpoints of west
west: if the credential is compromised, restart the API server on each control-plane node
  an established watch continues to deliver Secrets until it times out, as late as its client requested, or the API server restarts
`

const revocationOfOneOfTwo = `
(here): record in .kubectl-mesh/state.yaml that generation 1 is revoked
  no rendering restores it
west: remove Secret istio-system/mesh-reader-east-token-1
  new requests with its token, and with those bound to it, are refused within 10 seconds
west: remove ClusterRoleBinding mesh-reader-east
  the reader has no permissions left
west: remove RoleBinding istio-system/mesh-reader-east
  the reader has no permissions left
west: remove ServiceAccount istio-system/mesh-reader-east
  every token of the account becomes invalid
east: remove Secret istio-system/istio-remote-secret-west
  istiod of east closes its watches and forgets the endpoints of west
west: if the credential is compromised, restart the API server on each control-plane node
  an established watch continues to deliver Secrets until it times out, as late as its client requested, or the API server restarts
`

const revocationAgain = `
(here): record in .kubectl-mesh/state.yaml that generations 1 and 2 are revoked (done)
  no rendering restores it
west: remove Secret istio-system/mesh-reader-east-token-2
  new requests with its token, and with those bound to it, are refused within 10 seconds
west: remove Secret istio-system/mesh-reader-east-token-1
  new requests with its token, and with those bound to it, are refused within 10 seconds
west: remove ClusterRoleBinding mesh-reader-east
  the reader has no permissions left
west: remove RoleBinding istio-system/mesh-reader-east
  the reader has no permissions left
west: remove ClusterRole mesh-reader
  the credential grants no permissions
west: remove Role istio-system/mesh-reader
  the credential grants no permissions
west: remove ServiceAccount istio-system/mesh-reader-east
  every token of the account becomes invalid
east: remove Secret istio-system/istio-remote-secret-west
  istiod of east closes its watches and forgets the endpoints of west
west: if the credential is compromised, restart the API server on each control-plane node
  an established watch continues to deliver Secrets until it times out, as late as its client requested, or the API server restarts
`
