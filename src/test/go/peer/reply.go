package main

import (
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// reply is what became of one call.
type reply struct {
	ID      int32  `json:"id"`
	SHA256  string `json:"sha256"`
	Status  string `json:"status"`            // of gRPC: OK, UNAVAILABLE ...
	Message string `json:"message,omitempty"` // of a status other than OK
	// RetryMs is the delay of google.rpc.RetryInfo, where there is one.
	RetryMs      int64    `json:"retryMs,omitempty"`
	Code         string   `json:"code,omitempty"`
	Msg          string   `json:"msg,omitempty"`
	Desc         string   `json:"desc,omitempty"`
	Nodes        int64    `json:"nodes"`
	Accepted     int64    `json:"accepted"`
	Dropped      int64    `json:"dropped"`
	DroppedNodes []string `json:"droppedNodes,omitempty"`
	Delivered    int64    `json:"delivered"`
	Failed       int64    `json:"failed"`
	Pending      int64    `json:"pending"`
	LatencyUs    int64    `json:"latencyUs"`
	// Retried are the messages of the attempts that were UNAVAILABLE, but for the last one's.
	Retried []string `json:"retried,omitempty"`
}

// statusNames are the codes as the specification and most libraries write them; grpc-go has its own
// way.
var statusNames = []string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
	"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
	"UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}

func (r *reply) read(answer []byte, err error, took time.Duration) {
	r.LatencyUs = took.Microseconds()
	ended := status.Convert(err)
	r.Status = statusNames[ended.Code()]
	r.Message = ended.Message()
	for _, detail := range ended.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			r.RetryMs = retry.GetRetryDelay().AsDuration().Milliseconds()
		}
	}
	eachField(answer, func(n protowire.Number, text []byte, number uint64) {
		switch n {
		case 1:
			r.Code = string(text)
		case 2:
			r.Msg = string(text)
		case 3:
			r.Desc = string(text)
		case 4:
			r.Nodes = int64(number)
		case 5:
			r.Accepted = int64(number)
		case 6:
			r.Dropped = int64(number)
		case 7:
			r.DroppedNodes = append(r.DroppedNodes, string(text))
		case 10:
			r.Delivered = int64(number)
		case 11:
			r.Failed = int64(number)
		case 12:
			r.Pending = int64(number)
		}
	})
}
