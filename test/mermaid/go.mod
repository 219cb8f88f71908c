module github.com/kubectl-mesh/kubectl-mesh/test/mermaid

go 1.26.0
