package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"

	"google.golang.org/grpc/credentials"
)

// liveTLS goes by what the files hold when a connection begins.
func liveTLS(dir string) credentials.TransportCredentials {
	return credentials.NewTLS(&tls.Config{
		NextProtos: []string{"h2"},
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key"))
			if err != nil {
				return nil, err
			}
			bundle, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
			if err != nil {
				return nil, err
			}
			clients := x509.NewCertPool()
			clients.AppendCertsFromPEM(bundle)
			return &tls.Config{
				NextProtos:   []string{"h2"},
				Certificates: []tls.Certificate{pair},
				ClientCAs:    clients,
				ClientAuth:   tls.RequireAndVerifyClientCert,
			}, nil
		},
	})
}
