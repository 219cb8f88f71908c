# Rendered by kubectl mesh. Change mesh.yaml, not this file.

# calls from pod to pod
# edge, north, south may call shop
resource "google_compute_firewall" "mesh-retail-shop-pods_retail-shop" {
  project     = "retail-shop"
  name        = "mesh-retail-shop-pods"
  network     = "projects/retail-shop/global/networks/shop"
  description = "kubectl-mesh retail firewall"
  direction   = "INGRESS"
  priority    = 1000

  source_ranges = [
    "10.8.0.0/14",
    "10.12.0.0/14",
    "10.64.0.0/16",
  ]

  target_tags = [
    "mesh-shop",
  ]

  allow {
    protocol = "tcp"
    ports    = ["8080", "9000-9100"]
  }
}

# calls from pod to pod
# edge, north, south may call shop
resource "google_compute_firewall" "mesh-retail-shop-pods-v6_retail-shop" {
  project     = "retail-shop"
  name        = "mesh-retail-shop-pods-v6"
  network     = "projects/retail-shop/global/networks/shop"
  description = "kubectl-mesh retail firewall"
  direction   = "INGRESS"
  priority    = 1000

  source_ranges = [
    "2001:db8:8::/48",
  ]

  target_tags = [
    "mesh-shop",
  ]

  allow {
    protocol = "tcp"
    ports    = ["8080", "9000-9100"]
  }
}
