module github.com/mesh256/mesh256/clients/go

go 1.23.0

require (
	golang.org/x/crypto v0.41.0
	golang.org/x/net v0.42.0
	google.golang.org/genproto/googleapis/rpc v0.0.0-20250707201910-8d1bb00bc6a7
	google.golang.org/grpc v1.75.1
	google.golang.org/protobuf v1.36.8
)

require (
	golang.org/x/sys v0.35.0 // indirect
	golang.org/x/text v0.28.0 // indirect
)
