package check

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func gatewayReached() Check {
	return Check{ID: "CHECK045", Severity: mesh.SeverityError, Scope: ScopeGateway,
		Title: "Every address of the east-west gateway accepts connections",
		Why: "--handshake connects from this machine to every address of the gateway: those in mesh.yaml, those that the " +
			"cluster reports, and those that its callers' istiods know. Istio spreads calls over all of them, so one bad " +
			"address fails a share of the calls. Callers may reach a private address that this machine cannot reach.",
		Remedy: "Correct the address, start the gateway, or open the firewall. For a private address, run the check on a " +
			"host in a caller's network; --offline requires no access to a cluster.",
		run: func(s subject) []outcome {
			var found []outcome
			for _, seen := range s.handshakeState() {
				found = append(found, s.connected(seen)...)
			}
			if s.handshakeState() == nil {
				return unknown("no address of its east-west gateway is known", "declare gateway.addresses in mesh.yaml, or: "+
					"kubectl mesh collect --cluster "+s.cluster.Name)
			}
			return found
		}}
}

// handshakeState returns the handshakes with the cluster's gateway.
func (s subject) handshakeState() []handshake.Result { return s.Handshakes.Results[s.cluster.Name] }

func (s subject) connected(seen handshake.Result) []outcome {
	services := s.Commands.Kubectl(s.cluster.Name) + " get services,gateways -A -l " + s.gatewayLabel()
	at := place(seen)
	switch seen.Fault {
	case handshake.FaultUnresolved:
		return bad(fmt.Sprintf("%s does not resolve: %s", at, seen.Detail), "correct gateway.addresses in mesh.yaml, or the "+
			"DNS record; the name comes from: "+services)
	case handshake.FaultRefused:
		return bad(at+" refuses the connection: nothing listens there", s.revive(seen))
	case handshake.FaultTimeout:
		return bad(at+" does not respond: the connection times out", fmt.Sprintf("if that is the gateway's address, open "+
			"port %d of %s to this machine and to the callers: %s", seen.Port, seen.Host, services))
	case handshake.FaultUnreachable:
		return bad(fmt.Sprintf("%s cannot be reached from this machine: %s", at, seen.Detail),
			"run the check on a host in a caller's network, or "+s.correct(seen))
	case handshake.FaultNone, handshake.FaultReset, handshake.FaultSilent, handshake.FaultNotTLS, handshake.FaultAlert,
		handshake.FaultBroken:
	}
	return fine(at)
}

// revive restarts a gateway at an address that its cluster reports; any other address may be wrong.
func (s subject) revive(seen handshake.Result) string {
	if !slices.Contains(seen.Origins, s.cluster.Name) {
		return s.correct(seen)
	}
	namespace, name := s.gatewayService()
	return fmt.Sprintf("%s -n %s rollout restart deployment/%s", s.Commands.Kubectl(s.cluster.Name), namespace, name)
}

// correct fixes an address at its source: mesh.yaml, or the status of the gateway's Service.
func (s subject) correct(seen handshake.Result) string {
	if slices.Contains(seen.Origins, originMesh) {
		return "correct gateway.addresses in mesh.yaml"
	}
	namespace, name := s.gatewayService()
	return fmt.Sprintf("correct the address that Service %s/%s reports: %s -n %s get service %s", namespace, name,
		s.Commands.Kubectl(s.cluster.Name), namespace, name)
}

// gatewayService returns the gateway's Service; its Deployment has the same name.
func (s subject) gatewayService() (namespace, name string) {
	return cmp.Or(s.cluster.EastWest().Namespace, s.cluster.Istio.Namespace), s.Mesh.Spec.EastWestService(s.cluster)
}

func gatewayServesMesh() Check {
	return Check{ID: "CHECK046", Severity: mesh.SeverityError, Scope: ScopeGateway,
		Title: "The east-west gateway forwards to workloads of the mesh",
		Why: "A gateway forwards TLS by server name to a workload, which presents a certificate that its istiod signed. A " +
			"gateway that does not know the service, or has no endpoint for it, closes the connection. A layer 7 load " +
			"balancer responds in HTTP, or presents its own certificate: it terminates TLS, and every call through it fails " +
			"with status 503.",
		Remedy: "Specify a service that has endpoints in both clusters: --handshake-service NAMESPACE/NAME:PORT. Configure " +
			"the load balancer to forward TCP.",
		run: func(s subject) []outcome {
			var found []outcome
			for _, seen := range s.handshakeState() {
				found = append(found, s.led(seen)...)
			}
			return found
		}}
}

// led judges what answered at a reachable address.
func (s subject) led(seen handshake.Result) []outcome {
	layer4 := "configure the load balancer to forward TCP on port " + fmt.Sprint(seen.Port) +
		" instead of terminating TLS or HTTP: gateway.annotations in mesh.yaml, then: " + s.apply()
	switch at := place(seen); seen.Fault {
	case handshake.FaultReset:
		return s.closed(seen)
	case handshake.FaultSilent:
		return bad(at+" accepts the connection but does not respond", "something in front of the gateway holds the "+
			"connection, such as a firewall, or a load balancer without a healthy target: "+
			s.Commands.Kubectl(s.cluster.Name)+" get services,gateways -A -l "+s.gatewayLabel())
	case handshake.FaultNotTLS:
		return bad(at+" does not speak TLS: it is a layer 7 load balancer, or another server", layer4)
	case handshake.FaultAlert, handshake.FaultBroken:
		return bad(fmt.Sprintf("%s rejects TLS for %s: %s", at, seen.ServerName, seen.Detail), layer4)
	case handshake.FaultNone:
		found := handshake.Judge(seen.Chain, s.callersExpect())
		if found.Verdict == handshake.VerdictNoMesh {
			return bad(fmt.Sprintf("%s presents a certificate that is not a workload's: %s", at, describeChain(found)), layer4)
		}
		return fine(fmt.Sprintf("%s forwards to %s", at, found.Workload))
	case handshake.FaultUnresolved, handshake.FaultRefused, handshake.FaultTimeout, handshake.FaultUnreachable:
	}
	return nil // CHECK045 reports it
}

// closed: a gateway closes the connection if the service is missing, which is known if the network's clusters were
// queried.
func (s subject) closed(seen handshake.Result) []outcome {
	service := s.Handshakes.Service
	name := service.Namespace + "/" + service.Name
	look := s.Commands.Kubectl(s.cluster.Name) + " get services,gateways -A -l " + s.gatewayLabel()
	closes := place(seen) + " accepts the connection and closes it: "
	if seen.HBONE {
		return bad(closes+"the gateway behind it is not running", look)
	}
	endpoints := fmt.Sprintf("%s -n %s get service,endpointslices -l kubernetes.io/service-name=%s",
		s.Commands.Kubectl(s.cluster.Name), service.Namespace, service.Name)
	state, known := s.handshakeServiceName()
	reason, remedy := "the gateway does not know "+seen.ServerName+", or has no endpoint for it",
		fmt.Sprintf("verify that Service %s has port %d and ready endpoints there: %s", name, service.Port, endpoints)
	switch {
	case !known:
	case !state.Found:
		reason = fmt.Sprintf("%s has no Service %s", s.cluster.Name, name)
	case !state.HasPort:
		reason = fmt.Sprintf("Service %s of %s has no port %d", name, s.cluster.Name, service.Port)
	case state.Ready == 0:
		reason = fmt.Sprintf("Service %s of %s has no ready endpoint", name, s.cluster.Name)
	default:
		return bad(fmt.Sprintf("%sthe gateway has no route to Service %s, which has %s there, or the load balancer has no "+
			"healthy target", closes, name,
			counted(state.Ready, "ready endpoint")), s.apply())
	}
	if s.Handshakes.Named {
		return bad(closes+reason, remedy)
	}
	return unknown(closes+reason, s.Commands.Sample)
}

// handshakeServiceName returns the best result for the service among the clusters behind the gateway; false if none was
// queried.
func (s subject) handshakeServiceName() (best cluster.ServiceState, known bool) {
	for behind := range s.Graph.InNetwork(s.cluster.Network) {
		facts := s.Observed[behind.Name]
		if facts == nil || facts.hidden() || facts.HandshakeService.Why != "" {
			continue
		}
		state := facts.HandshakeService.Value
		serves := state.HasPort && (!best.HasPort || state.Ready > best.Ready)
		if !known || serves || state.Found && !best.Found {
			best = state
		}
		known = true
	}
	return best, known
}

func gatewayTrusted() Check {
	return Check{ID: "CHECK047", Severity: mesh.SeverityError, Scope: ScopeGateway,
		Title: "Callers accept the workload certificates behind the east-west gateway",
		Why: "Secrets and ConfigMaps show which certificates should be served; the handshake shows which one is, with its " +
			"root, the cluster that signed it, and its expiry. A caller rejects a certificate under a root that it does not " +
			"trust, and Istio's retries hide that as long as another cluster responds.",
		Remedy: "Give all clusters signing certificates under one root. Where the root changed, restart istiod, then the " +
			"workloads.",
		run: func(s subject) []outcome {
			var found []outcome
			for _, seen := range s.handshakeState() {
				if seen.Fault == handshake.FaultNone {
					found = append(found, s.accepted(seen)...)
				}
			}
			return found
		}}
}

// accepted judges a workload's chain.
func (s subject) accepted(seen handshake.Result) []outcome {
	found := handshake.Judge(seen.Chain, s.callersExpect())
	at, chain := place(seen), ""
	if found.Verdict != handshake.VerdictNoMesh {
		chain = ": " + describeChain(found)
	}
	restart := s.restartIstiodOf(s.cluster)
	switch found.Verdict {
	case handshake.VerdictForeignRoot:
		return bad(fmt.Sprintf("%s presents a certificate under another root than %s trust%s (%s)%s", at,
			abridged(found.Names), one(found.Names), short(s.trustedBy(found.Names[0])), chain),
			s.reroot(seen, found))
	case handshake.VerdictForeignIntermediate:
		return bad(fmt.Sprintf("%s presents a certificate signed by the intermediate of %s%s",
			at, abridged(found.Names), chain),
			"if the address belongs to "+abridged(found.Names)+", correct gateway.addresses in mesh.yaml; otherwise, give "+
				s.cluster.Name+" its own cacerts: "+s.apply())
	case handshake.VerdictExpired, handshake.VerdictNotYetValid:
		return bad(at+" presents "+untimely(found)+chain, s.timely(found, restart))
	case handshake.VerdictTrustDomain:
		return bad(fmt.Sprintf("%s presents a workload certificate of trust domain %q, but mesh.yaml sets %s%s",
			at, found.Names[0],
			abridged(s.callersExpect().TrustDomains), chain),
			"correct trustDomain in mesh.yaml, or gateway.addresses if the address belongs to another mesh")
	case handshake.VerdictInvalid:
		return bad(fmt.Sprintf("%s presents a certificate that its callers reject: %s%s", at, found.Why, chain),
			"issue the signing certificate again: kubectl mesh ca rotate --cluster "+s.signer())
	case handshake.VerdictUnknownRoot:
		return unknown(at+" presents a certificate whose root cannot be compared: the callers' roots are unknown"+chain,
			"collect them: kubectl mesh collect; or compare the fingerprint, and pin it in trust.ca.roots")
	case handshake.VerdictNoMesh:
		return nil // CHECK046 reports it
	case handshake.VerdictOK:
	}
	return fine(at + chain)
}

// reroot has a cluster sign under a root of the mesh, if that cluster reports the address.
func (s subject) reroot(seen handshake.Result, found handshake.Judgement) string {
	others := []string{trust.Fingerprint(found.Chain[len(found.Chain)-1])}
	if facts := s.Observed[s.signer()]; facts != nil && len(facts.Reported.RootSHA256) > 0 {
		others = facts.Reported.RootSHA256
	}
	command := s.commonRoot(s.cluster, others)
	if !slices.Contains(seen.Origins, s.cluster.Name) {
		return "if the address belongs to another mesh, correct gateway.addresses in mesh.yaml; otherwise: " + command
	}
	return command
}

// one returns the verb for one subject.
func one(names []string) string {
	if len(names) == 1 {
		return "s"
	}
	return ""
}

// signer returns the cluster whose istiod signs for the workloads behind the gateway.
func (s subject) signer() string { return signerOf(s.cluster) }

func untimely(found handshake.Judgement) string {
	if found.Verdict == handshake.VerdictNotYetValid {
		return fmt.Sprintf("%s is not valid before %s", holder(found), found.At.NotBefore.UTC().Format(time.RFC3339))
	}
	return fmt.Sprintf("%s expired at %s", holder(found), stamp(found.At))
}

// holder describes whose certificate is judged.
func holder(found handshake.Judgement) string {
	switch {
	case found.At == found.Chain[0]:
		return "a workload certificate that"
	case found.At == found.Chain[len(found.Chain)-1]:
		return "a chain whose root"
	}
	return "a chain whose intermediate"
}

// timely returns what renews a certificate.
func (s subject) timely(found handshake.Judgement, restart string) string {
	switch {
	case found.Verdict == handshake.VerdictNotYetValid:
		return "compare the clocks of this machine and of the nodes of " + s.cluster.Name
	case found.At == found.Chain[0]:
		return "istiod does not renew it: check istiod's log, then restart the workload"
	case found.At == found.Chain[len(found.Chain)-1]:
		return "replace the root: kubectl mesh ca rotate --root"
	}
	return "issue a new one: kubectl mesh ca rotate --cluster " + s.signer() + ", then: " + s.Commands.Apply +
		" --cluster " + s.signer() + ", then: " + restart
}

func stamp(certificate *x509.Certificate) string {
	return certificate.NotAfter.UTC().Format(time.RFC3339)
}
