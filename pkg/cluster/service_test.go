package cluster

import "testing"

// TestService counts what is ready behind one port.
func TestService(t *testing.T) {
	const service = "/api/v1/namespaces/shop/services/cart"
	const slices = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dcart"
	const list = `{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","items":[{"metadata":{"name":"a"},"endpoints":[
		{"addresses":["10.0.0.1"],"conditions":{"ready":true}},{"addresses":["10.0.0.2"],"conditions":{"ready":false}},{"addresses":["10.0.0.3"],"conditions":{}}]}]}`
	for name, test := range map[string]struct {
		answers map[string]string
		port    int32
		want    ServiceState
		fails   bool
	}{
		"none":            {nil, 80, ServiceState{}, false},
		"ready":           {map[string]string{service: `{"kind":"Service","apiVersion":"v1","spec":{"ports":[{"port":80},{"port":8080}]}}`, slices: list}, 8080, ServiceState{Found: true, HasPort: true, Ready: 2}, false},
		"another port":    {map[string]string{service: `{"kind":"Service","apiVersion":"v1","spec":{"ports":[{"port":80}]}}`, slices: list}, 8080, ServiceState{Found: true, Ready: 2}, false},
		"slices not read": {map[string]string{service: `{"kind":"Service","apiVersion":"v1","spec":{"ports":[{"port":80}]}}`}, 80, ServiceState{Found: true, HasPort: true}, true},
	} {
		_, config := serve(t, objects(test.answers))
		client, err := Open(config)
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.Service(t.Context(), "shop", "cart", test.port)
		if got != test.want || (err != nil) != test.fails {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, test.want)
		}
	}
}
