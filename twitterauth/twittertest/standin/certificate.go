package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificateLifetime is longer than a stand-in runs, and within what browsers
// accept.
const certificateLifetime = 365 * 24 * time.Hour

// newCertificate makes a certificate for these hostnames and IP addresses, and the
// CA that signed it, in PEM. The CA's key is forgotten, and the CA may sign for these
// names alone (RFC 5280, section 4.2.1.10), so trusting it puts no other site at
// risk.
func newCertificate(hosts []string) (cert tls.Certificate, caPEM []byte, err error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	ca, leaf := templates(hosts)
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	caPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
	return tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}, caPEM, nil
}

func templates(hosts []string) (ca, leaf *x509.Certificate) {
	from := time.Now().Add(-time.Hour) // clocks of containers and virtual machines differ
	until := from.Add(certificateLifetime)
	ca = &x509.Certificate{
		SerialNumber: newSerial(), Subject: pkix.Name{CommonName: "CA of a stand-in for X, for tests"},
		NotBefore: from, NotAfter: until,
		IsCA: true, MaxPathLenZero: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true,
	}
	leaf = &x509.Certificate{
		SerialNumber: newSerial(), Subject: pkix.Name{CommonName: "Stand-in for X"},
		NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		ip := net.ParseIP(host)
		if ip == nil {
			ca.PermittedDNSDomains, leaf.DNSNames = append(ca.PermittedDNSDomains, host), append(leaf.DNSNames, host)
			continue
		}
		if v4 := ip.To4(); v4 != nil {
			ip = v4
		}
		ca.PermittedIPRanges = append(ca.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(8*len(ip), 8*len(ip))})
		leaf.IPAddresses = append(leaf.IPAddresses, ip)
	}
	return ca, leaf
}

func newSerial() *big.Int {
	var b [16]byte
	rand.Read(b[:])
	return new(big.Int).SetBytes(b[:])
}

// writeFile puts a file in place whole: a container that waits for it never reads
// half of it.
func writeFile(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".standin-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil { // a certificate is public
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
