{{/* Options of serve, each of which has a default in values.yaml; secrets are not among them. */}}
{{- define "pushfanout.args" -}}
- serve
- --kubernetes
{{- with .Values.watchNamespaces }}
- {{ printf "--namespace=%s" (join "," .) | quote }}
{{- end }}
{{- with .Values.selector }}
- {{ printf "--selector=%s" . | quote }}
{{- end }}
{{- with .Values.allow.static }}
- {{ printf "--allow-static=%s" (join "," .) | quote }}
{{- end }}
{{- with .Values.allow.services }}
- {{ printf "--allow-service=%s" (join "," .) | quote }}
{{- end }}
{{- with .Values.allow.tls }}
- {{ printf "--allow-tls=%s" (join "," .) | quote }}
{{- end }}
{{- with .Values.ceilings }}
- {{ printf "--ceiling=%s" (join "," .) | quote }}
{{- end }}
{{- if .Values.stateDir.enabled }}
- --state-dir=/var/lib/pushfanout
{{- end }}
- {{ include "pushfanout.fullname" . | printf "--lease-name=%s" | quote }}
- {{ printf "--bind=%s" .Values.bind | quote }}
{{- with .Values.allowHosts }}
- {{ printf "--allow-host=%s" (join "," .) | quote }}
{{- end }}
{{- with .Values.allowOrigins }}
- {{ printf "--http-allow-origin=%s" (join "," .) | quote }}
{{- end }}
{{- with .Values.auth }}
- {{ printf "--auth=%s%s" .mode (eq .mode "tokens" | ternary ",/etc/pushfanout/auth/tokens" "") | quote }}
{{- if and (eq .mode "kubernetes") .audiences }}
- {{ printf "--auth-audience=%s" (join "," .audiences) | quote }}
{{- end }}
{{- if and (eq .mode "mtls") .sans }}
- {{ printf "--auth-san=%s" (join "," .sans) | quote }}
{{- end }}
{{- end }}
- --grpc-port=50053
- --http-port=8080
{{- with .Values.tls }}
{{- if .existingSecret }}
- --tls-cert=/etc/pushfanout/tls/tls.crt
- --tls-key=/etc/pushfanout/tls/tls.key
{{- end }}
{{- if .clientCaSecret }}
- --tls-client-ca=/etc/pushfanout/client-ca/ca.crt
{{- end }}
{{- if .clientCrlSecret }}
- --tls-client-crl=/etc/pushfanout/client-crl/ca.crl
{{- end }}
{{- if .http }}
- --http-tls
{{- end }}
{{- end }}
- {{ printf "--etcd-endpoints=%s" (join "," .Values.etcd.endpoints) | quote }}
{{- with .Values.etcd.authority }}
- {{ printf "--etcd-authority=%s" . | quote }}
{{- end }}
{{- with .Values.etcd.tls }}
{{- if .existingSecret }}
- --etcd-ca=/etc/pushfanout/etcd/ca.crt
{{- if .clientCertificate }}
- --etcd-cert=/etc/pushfanout/etcd/tls.crt
- --etcd-key=/etc/pushfanout/etcd/tls.key
{{- end }}
{{- end }}
{{- end }}
{{- range keys .Values.tlsProfiles | sortAlpha }}
- {{ printf "--tls-profile=%s=/etc/pushfanout/tls-profiles/%s" . . | quote }}
{{- end }}
{{- with .Values.defaultTarget }}
- {{ printf "--default-target=%s" . | quote }}
{{- end }}
- {{ printf "--max-message-size=%s" .Values.maxMessageSize | quote }}
- {{ printf "--max-connection-age=%s" .Values.maxConnectionAge | quote }}
- {{ int64 .Values.limits.connections | printf "--max-connections=%d" | quote }}
- {{ int64 .Values.limits.calls | printf "--max-calls=%d" | quote }}
- {{ int64 .Values.limits.callerRate | printf "--max-caller-rate=%d" | quote }}
{{- with .Values.memoryBudget }}
- {{ printf "--memory-budget=%s" . | quote }}
{{- end }}
- {{ printf "--shutdown-delay=%s" .Values.shutdownDelay | quote }}
- {{ printf "--shutdown-timeout=%s" .Values.shutdownTimeout | quote }}
- {{ printf "--log-level=%s" .Values.logLevel | quote }}
- {{ printf "--log-format=%s" .Values.logFormat | quote }}
{{- with .Values.auditLog }}
- {{ printf "--audit-log=%s" . | quote }}
{{- end }}
{{- with .Values.tracing.otlpEndpoint }}
- {{ printf "--otlp-endpoint=%s" . | quote }}
{{- end }}
{{- end -}}
