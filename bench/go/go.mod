module pushfanout.io/bench

go 1.26.0

require (
	golang.org/x/net v0.61.0
	golang.org/x/sys v0.49.0
	google.golang.org/grpc v1.85.0
	google.golang.org/protobuf v1.36.12
	pushfanout.io/examples/connect-node v0.0.0
)

require (
	golang.org/x/text v0.43.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260817212433-ac3dfec99bb1 // indirect
)

// Its generated code of proto/push.proto.
replace pushfanout.io/examples/connect-node => ../../examples/connect-node-go
