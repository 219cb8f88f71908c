# Rendered by kubectl mesh. Change mesh.yaml, not this file.

# calls from other networks through the east-west gateway
# abroad may call north
resource "google_compute_firewall" "mesh-retail-corp-gateways_retail-net" {
  project     = "retail-net"
  name        = "mesh-retail-corp-gateways"
  network     = "projects/retail-net/global/networks/corp"
  description = "kubectl-mesh retail firewall"
  direction   = "INGRESS"
  priority    = 1000

  source_ranges = [
    "203.0.113.16/28",
  ]

  target_tags = [
    "mesh-north",
  ]

  allow {
    protocol = "tcp"
    ports    = ["15443"]
  }
}

# calls from pod to pod
# north, south may call each other
# shop may call them too
resource "google_compute_firewall" "mesh-retail-corp-pods_retail-net" {
  project     = "retail-net"
  name        = "mesh-retail-corp-pods"
  network     = "projects/retail-net/global/networks/corp"
  description = "kubectl-mesh retail firewall"
  direction   = "INGRESS"
  priority    = 1000

  source_ranges = [
    "10.8.0.0/14",
    "10.12.0.0/14",
    "10.16.0.0/14",
  ]

  target_tags = [
    "mesh-north",
    "mesh-south",
  ]

  allow {
    protocol = "tcp"
    ports    = ["8080", "9000-9100"]
  }
}

# calls from pod to pod
# north, south may call each other
# shop may call them too
resource "google_compute_firewall" "mesh-retail-corp-pods-v6_retail-net" {
  project     = "retail-net"
  name        = "mesh-retail-corp-pods-v6"
  network     = "projects/retail-net/global/networks/corp"
  description = "kubectl-mesh retail firewall"
  direction   = "INGRESS"
  priority    = 1000

  source_ranges = [
    "2001:db8:8::/48",
  ]

  target_tags = [
    "mesh-north",
    "mesh-south",
  ]

  allow {
    protocol = "tcp"
    ports    = ["8080", "9000-9100"]
  }
}

# north: its control plane to the injection webhook, at the port of the pod
resource "google_compute_firewall" "mesh-retail-north-webhook_retail-net" {
  project     = "retail-net"
  name        = "mesh-retail-north-webhook"
  network     = "projects/retail-net/global/networks/corp"
  description = "kubectl-mesh retail webhook north"
  direction   = "INGRESS"
  priority    = 1000

  source_ranges = [
    "172.16.0.0/28",
  ]

  target_tags = [
    "mesh-north",
  ]

  allow {
    protocol = "tcp"
    ports    = ["15017"]
  }
}

# south: its control plane to the injection webhook, at the port of the pod
resource "google_compute_firewall" "mesh-retail-south-webhook_retail-net" {
  project     = "retail-net"
  name        = "mesh-retail-south-webhook"
  network     = "projects/retail-net/global/networks/corp"
  description = "kubectl-mesh retail webhook south"
  direction   = "INGRESS"
  priority    = 1000

  source_ranges = [
    "172.16.0.16/28",
  ]

  target_tags = [
    "mesh-south",
  ]

  allow {
    protocol = "tcp"
    ports    = ["15017"]
  }
}
