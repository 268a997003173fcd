{{- define "pushfanout.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 52 characters, so that what is added to it stays within 63. */}}
{{- define "pushfanout.fullname" -}}
{{- $name := include "pushfanout.name" . -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- default $both .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* Of objects outside of namespaces, where another release may have the same name. */}}
{{- define "pushfanout.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "pushfanout.fullname" .) -}}
{{- end -}}

{{- define "pushfanout.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "pushfanout.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "pushfanout.selectorLabels" -}}
app.kubernetes.io/name: {{ include "pushfanout.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "pushfanout.labels" -}}
{{ include "pushfanout.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "pushfanout.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A duration such as 1m30s in milliseconds. */}}
{{- define "pushfanout.millis" -}}
{{- $millis := 0 -}}
{{- range regexFindAll "[0-9]+(ms|s|m|h)" . -1 -}}
{{- $unit := get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000) (regexFind "[a-z]+" .) -}}
{{- $millis = add $millis (mul (regexFind "[0-9]+" . | atoi) $unit) -}}
{{- end -}}
{{- $millis -}}
{{- end -}}

{{/*
Seconds from SIGTERM to SIGKILL: the delay and the drain, rounded up, and 15 more for the server
to close what is left, so that it is never killed with messages in its queues.
*/}}
{{- define "pushfanout.gracePeriod" -}}
{{- $delay := include "pushfanout.millis" .Values.shutdownDelay | atoi -}}
{{- $timeout := include "pushfanout.millis" .Values.shutdownTimeout | atoi -}}
{{- add (div (add $delay $timeout 999) 1000) 15 -}}
{{- end -}}

{{/* What the API server grants the operator in each namespace that it watches. */}}
{{- define "pushfanout.watchRules" -}}
- apiGroups: [pushfanout.io]
  resources: [pushfanouts]
  verbs: [get, list, watch]
- apiGroups: [pushfanout.io]
  resources: [pushfanouts/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end -}}

{{- define "pushfanout.subjects" -}}
- kind: ServiceAccount
  name: {{ include "pushfanout.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}

{{/* Rules across values, which the schema cannot have. */}}
{{- define "pushfanout.check" -}}
{{- $age := include "pushfanout.millis" .Values.maxConnectionAge | atoi -}}
{{- if and $age (or (lt $age 1000) (gt $age 86400000)) -}}
{{- fail (printf "maxConnectionAge: must be 0s (never) or from 1s to 24h, is %s" .Values.maxConnectionAge) -}}
{{- end -}}
{{- with .Values.tls -}}
{{- if and .clientCaSecret (not .existingSecret) -}}
{{- fail "tls.clientCaSecret: needs tls.existingSecret with it" -}}
{{- end -}}
{{- if and .clientCrlSecret (not .clientCaSecret) -}}
{{- fail "tls.clientCrlSecret: needs tls.clientCaSecret with it" -}}
{{- end -}}
{{- if and .http (not .existingSecret) -}}
{{- fail "tls.http: needs tls.existingSecret with it" -}}
{{- end -}}
{{- end -}}
{{- with .Values.autoscaling -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas: must be at most maxReplicas, is %v of %v" .minReplicas .maxReplicas) -}}
{{- end -}}
{{- end -}}
{{- with .Values.auth -}}
{{- if and (eq .mode "tokens") (not .tokens.existingSecret) -}}
{{- fail "auth.tokens.existingSecret: is needed with auth.mode tokens" -}}
{{- end -}}
{{- if and .audiences (ne .mode "kubernetes") -}}
{{- fail (printf "auth.audiences: has no use with auth.mode %s" .mode) -}}
{{- end -}}
{{- if and (eq .mode "mtls") (not $.Values.tls.clientCaSecret) -}}
{{- fail "tls.clientCaSecret: is needed with auth.mode mtls" -}}
{{- end -}}
{{- if and .sans (ne .mode "mtls") -}}
{{- fail (printf "auth.sans: has no use with auth.mode %s" .mode) -}}
{{- end -}}
{{- end -}}
{{- $namespaces := .Values.watchNamespaces -}}
{{- if and .Values.defaultFanout.create $namespaces (not (has .Release.Namespace $namespaces)) -}}
{{- fail (printf "defaultFanout.create: nobody would serve it: watchNamespaces has no %s" .Release.Namespace) -}}
{{- end -}}
{{- end -}}
