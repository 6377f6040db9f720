module attest.example/scenario

go 1.19

require attest.example/api/go v0.1.0

replace attest.example/api/go => ../../../build/sdk/go
