//go:build linux

package canary_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
)

// answered writes down each answer as the platform gives it, and to whose desk. What
// becomes of it on the way is fate's.
type answered struct {
	log  *slog.Logger
	fate func(*http.Request)
}

func (a answered) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		attrs := []any{"status", answer.Code, bodyField, answer.Body.String()}
		for name, values := range answer.Result().Header {
			attrs = append(attrs, "header "+name, strings.Join(values, ", "))
		}
		a.log.Info("answer to "+asker(r)+" of "+normal(r.URL.Path), attrs...)
		a.fate(r)
		maps.Copy(w.Header(), answer.Result().Header)
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // who asked may be gone
	})
}

// asker is the desk whose certificate asks, without the number in its name.
func asker(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return "nobody"
	}
	return normal(r.TLS.PeerCertificates[0].Subject.CommonName)
}

// certified is a connection of a desk.
func certified(desk string) *tls.ConnectionState {
	return &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Subject: pkix.Name{CommonName: desk}}}}
}

// Desks as answers name them.
const (
	deskCity    = "training-#"
	deskLibrary = "training-lending-#"
	deskSports  = "training-court-#"
)

func answersFile(run, life string) string { return run + "/answers-" + life }
