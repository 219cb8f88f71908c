package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

func serverTrusted() Check {
	return Check{ID: "CHECK015", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK013",
		Title: "The API server in the remote kubeconfig responds, with a certificate of its CA",
		Why: "istiod calls this address and trusts no other CA. If it cannot verify the certificate, the cluster stays in " +
			"timeout. A server that does not respond here is unknown: it may respond in the control plane's network.",
		Remedy: "Correct api.server, api.certificateAuthority or, if the certificate has another name, api.tlsServerName " +
			"of the peer in mesh.yaml, and apply again.",
		run: func(s subject) []outcome {
			answer, tried := s.facts.Access[s.peer.Name]
			server := s.peer.API.Server
			switch {
			case !tried && s.kind().Traits().Form == access.FormPublic:
				return s.readByIstiodAlone()
			case !tried:
				return unknown("not tested: it does not point at the API server in mesh.yaml", "")
			case answer.Verdict == cluster.VerdictUnreachable:
				return unknown(fmt.Sprintf("%s does not respond here: %s", server, answer.Why),
					"run the check in the control plane's network")
			case answer.Verdict == cluster.VerdictUntrusted:
				return s.untrusted(answer)
			case answer.Verdict == cluster.VerdictOdd:
				return bad(fmt.Sprintf("%s does not respond like an API server: %s", server, answer.Why),
					"correct api.server of "+s.peer.Name)
			}
			return ok()
		}}
}

// readByIstiodAlone: if no Secret contains the credential, only istiod can use it. Its status is synced once it has
// listed all the kinds that it watches: the server answered, accepted the credential, and granted enough.
func (s subject) readByIstiodAlone() []outcome {
	only := "only " + s.cluster.Name + "'s istiod has the credential"
	if why := s.facts.Istiod.Clusters.Why; why != "" {
		return unknown(only+", and it could not be reached: "+why,
			"forward its port, and specify it: --istiod-debug "+s.cluster.Name+"=http://127.0.0.1:15014")
	}
	for _, state := range s.facts.Istiod.Clusters.Value {
		if state.ID == s.peer.ID() && state.SyncStatus == endpoints.StatusSynced {
			return fine(only + ", and reports that it has synced")
		}
	}
	return unknown(only+", and does not report that it has synced (CHECK021)", "")
}

// access returns the control plane's access to the peer.
func (s subject) access() access.RemoteAccess {
	return access.RemoteAccess{Mesh: s.Mesh.Metadata.Name, Consumer: s.cluster, Target: s.peer}
}

// kind returns the kind of the credential for the peer.
func (s subject) kind() access.Kind { return access.KindOf(s.peer) }

// untrusted explains what is wrong with the peer's server certificate, which is not always the authority.
func (s subject) untrusted(answer cluster.Access) []outcome {
	server := s.peer.API.Server
	switch answer.Fault.Kind {
	case cluster.FaultName:
		return bad(fmt.Sprintf("the certificate of %s is for another name: %s", server, answer.Why), nameHint(s.peer.Name,
			answer.Fault))
	case cluster.FaultAuthority, "":
		return bad(fmt.Sprintf("%s is not trusted by the CA in the remote secret: %s", server, answer.Why),
			"correct api.certificateAuthority of "+s.peer.Name+", or if mesh.yaml is right: "+
				s.Commands.Apply+" --force-conflicts")
	default:
		return bad(fmt.Sprintf("the certificate of %s cannot be verified: %s", server, answer.Why), answer.Fault.Remedy())
	}
}

// nameHint tells which server name to specify, because the certificate authority is correct.
func nameHint(peer string, fault cluster.CertificateFault) string {
	names := strings.Join(fault.Names, ", ")
	if fault.ServerName() == "" {
		return fmt.Sprintf("set api.server of %s to an address in the certificate: %s", peer, names)
	}
	return fmt.Sprintf("if that is the cluster, set api.tlsServerName: %s of %s, or an address in the certificate: %s",
		fault.ServerName(), peer, names)
}

func tokenAccepted() Check {
	return Check{ID: "CHECK016", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK015",
		Title: "The API server accepts the credential",
		Why: "A token becomes invalid with its Secret or its account, or when it expires. istiod does not notice: the " +
			"endpoints that it has stay synced, and become stale. Only a call with the credential detects this.",
		Remedy: "Apply again: kubectl mesh render --apply issues a new token, and stores it in the remote secrets.",
		run: func(s subject) []outcome {
			access := s.facts.Access[s.peer.Name]
			if access.Verdict == cluster.VerdictRejected {
				return bad(fmt.Sprintf("%s rejects the credential: %s", s.peer.Name, access.Why), s.Commands.Apply)
			}
			return ok()
		}}
}

func rightCluster() Check {
	return Check{ID: "CHECK017", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK016",
		Title: "The remote kubeconfig points at the right cluster",
		Why: "Behind a load balancer or after a rebuild, another cluster may respond at the same address. Its endpoints " +
			"are then used as those of the peer. The cluster's UID is compared with the recorded one.",
		Remedy: "Correct api.server of the peer, or record the new UID of a re-created cluster.",
		run: func(s subject) []outcome {
			found, want := s.facts.Access[s.peer.Name].UID, s.peer.UID
			if want == "" && s.peerFacts != nil {
				want = s.peerFacts.UID
			}
			switch {
			case found == "" || want == "":
				return nil
			case found != want:
				return bad(fmt.Sprintf("%s points at a cluster with UID %s, but the UID of %s is %s", s.peer.API.Server, found,
					s.peer.Name, want),
					"correct api.server of "+s.peer.Name+", or its uid if it was re-created")
			}
			return ok()
		}}
}

func tokenLife() Check {
	return Check{ID: "CHECK018", Severity: mesh.SeverityWarning, Scope: ScopeLink, After: "CHECK016",
		Title: "The credential does not expire soon",
		Why: "Tokens and client certificates in remote secrets are not renewed automatically. The warning starts 14 days " +
			"before the expiry or, for shorter-lived credentials, in the last third of their validity. A token without an " +
			"expiry never expires.",
		Remedy: "Rotate it: kubectl mesh credentials rotate; for a requested token: kubectl mesh collect --token=request, " +
			"then kubectl mesh render --apply",
		run: func(s subject) []outcome {
			_, remote, _ := s.facts.find(s.peer.ID())
			if why := remote.Life.warning(s.Now); why != "" {
				if s.kind().Traits().Collected() {
					return bad(why, "kubectl mesh collect --token=request --cluster "+s.peer.Name+", then: "+s.Commands.Apply)
				}
				return bad(why, "kubectl mesh credentials rotate --link "+s.cluster.Name+":"+s.peer.Name)
			}
			return ok()
		}}
}

func permissionsGranted() Check {
	return Check{ID: "CHECK019", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK016",
		Title: "The credential has permission to read all resources that istiod watches",
		Why: "istiod waits until it has listed every resource that it watches, including Secrets. If one permission is " +
			"missing, the whole cluster stays in timeout. The API server reviews each permission of the credential.",
		Remedy: "Apply the peer's reader accounts again: kubectl mesh render --apply --cluster PEER --force-conflicts. " +
			"The flag takes ownership of the rules of a role from the field manager that changed them.",
		run: func(s subject) []outcome {
			access := s.facts.Access[s.peer.Name]
			if access.Unasked != "" {
				return unknown("its permissions could not be verified: "+access.Unasked, "")
			}
			if len(access.Missing) == 0 {
				return ok()
			}
			var missing []string
			for _, right := range access.Missing {
				missing = append(missing, right.String())
			}
			// Rules are a single field: anyone who edited the role owns all of them, and an apply without the flag stops at the
			// conflict.
			return bad(fmt.Sprintf("%s has no permission in %s for: %s", who(access), s.peer.Name, abridged(missing)),
				s.Commands.Apply+" --cluster "+s.peer.Name+" --force-conflicts")
		}}
}

func who(access cluster.Access) string {
	if access.User == "" {
		return "the credential"
	}
	return access.User
}

func newestCredential() Check {
	return Check{ID: "CHECK031", Severity: mesh.SeverityWarning, Scope: ScopeLink, After: "CHECK013",
		Title: "The remote secret contains the current generation of the credential",
		Why: "During a rotation two generations are valid. The old one cannot be revoked while a control plane uses it; a " +
			"generation that is no longer valid grants no access.",
		Remedy: "Apply the new one: kubectl mesh render --apply. Then drop the old one: kubectl mesh credentials rotate",
		run: func(s subject) []outcome {
			_, remote, _ := s.facts.find(s.peer.ID())
			if remote.Credential == "" {
				return nil // unknown: created manually, or missing
			}
			generation := s.access().Newest()
			want := s.access().Marker(generation)
			if want == "" {
				return nil
			}
			if remote.Credential != want {
				return bad(fmt.Sprintf("it belongs to %s, and generation %d belongs to %s", remote.Credential, generation, want),
					s.Commands.Apply)
			}
			return ok()
		}}
}
