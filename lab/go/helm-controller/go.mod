module ironacre.test/lab/go/helm-controller

go 1.25.0

require github.com/k3s-io/helm-controller v0.16.13 // its definitions are read, nothing is built
