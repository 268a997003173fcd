{{/* An alias of the chart within another one may have letters and signs that a name must not have. */}}
{{- define "pushfanout.name" -}}
{{- $chart := regexReplaceAll "[^a-z0-9]+" (lower .Chart.Name) "-" -}}
{{- include "pushfanout.cut" (list (default $chart .Values.nameOverride) 63) -}}
{{- end -}}

{{/* The beginning of a name, from the name and the most characters; no hyphen ends it. */}}
{{- define "pushfanout.cut" -}}
{{- first . | trunc (last .) | trimAll "-" -}}
{{- end -}}

{{/* A name of at most 52 characters, so that a suffix stays within 63. */}}
{{- define "pushfanout.fullname" -}}
{{- $name := include "pushfanout.name" . -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- include "pushfanout.cut" (list (default $both .Values.fullnameOverride) 52) -}}
{{- end -}}

{{/* A Service's name must begin with a letter; a release's need not, such as one named by a commit. */}}
{{- define "pushfanout.serviceName" -}}
{{- $name := include "pushfanout.fullname" . -}}
{{- include "pushfanout.cut" (list (regexMatch "^[a-z]" $name | ternary $name (printf "pf-%s" $name)) 52) -}}
{{- end -}}

{{/*
The name of an object outside of namespaces, from the root and a suffix. No two releases have the same name:
neither namespace nor name has a dot, which therefore divides where hyphens would be ambiguous.
*/}}
{{- define "pushfanout.clusterName" -}}
{{- $root := first . -}}
{{- $name := include "pushfanout.fullname" $root -}}
{{- $ambiguous := or (contains "-" $name) (has $name (list "leases" "reviews" "broadcaster" "view" "edit")) -}}
{{- list $root.Release.Namespace $name (last .) | compact | join ($ambiguous | ternary "." "-") -}}
{{- end -}}

{{- define "pushfanout.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "pushfanout.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "pushfanout.selectorLabels" -}}
app.kubernetes.io/name: {{ include "pushfanout.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "pushfanout.ownLabels" -}}
{{ include "pushfanout.selectorLabels" . }}
app.kubernetes.io/version: {{ include "pushfanout.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end -}}

{{- define "pushfanout.labels" -}}
{{- include "pushfanout.labelsWith" (list . dict) -}}
{{- end -}}

{{/* The labels of an object, from the root and a map of its own. */}}
{{- define "pushfanout.labelsWith" -}}
{{- $root := first . -}}
{{- include "pushfanout.map" (list $root.Values.commonLabels (last .) (include "pushfanout.ownLabels" $root | fromYaml)) -}}
{{- end -}}

{{/*
The metadata of an object: name, and unless they are the release's: namespace ("" is none), labels
and annotations beside those that all have.
*/}}
{{- define "pushfanout.metadata" -}}
{{- $root := .root -}}
name: {{ .name | quote }}
{{- with hasKey . "namespace" | ternary .namespace $root.Release.Namespace }}
namespace: {{ . | quote }}
{{- end }}
labels:
  {{- include "pushfanout.labelsWith" (list $root .labels) | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- include "pushfanout.yaml" . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The chart's appVersion, in the characters that labels and tags may have. */}}
{{- define "pushfanout.version" -}}
{{- .Chart.AppVersion | replace "+" "_" | trunc 63 -}}
{{- end -}}

{{- define "pushfanout.image" -}}
{{- with .Values.image -}}
{{- $repository := .repository -}}
{{- with $.Values.global.imageRegistry -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) (regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" $repository "") -}}
{{- end -}}
{{- if .digest -}}
{{- printf "%s@%s" $repository .digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default (include "pushfanout.version" $) .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Names and {name: NAME} as one list, each once. */}}
{{- define "pushfanout.imagePullSecrets" -}}
{{- $secrets := list -}}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets -}}
{{- $secrets = append $secrets (kindIs "map" . | ternary . (dict "name" .)) -}}
{{- end -}}
{{- with uniq $secrets -}}
{{- include "pushfanout.yaml" . -}}
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

{{/* A quantity such as 1.5Gi or 500m as a number; the API server refuses those of other units. */}}
{{- define "pushfanout.quantity" -}}
{{- $number := regexFind "^[0-9.]+([eE][+-]?[0-9]+)?" (toString .) -}}
{{- $factors := dict "n" 1e-9 "u" 1e-6 "m" 1e-3 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 -}}
{{- $factors = merge $factors (dict "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0) -}}
{{- mulf (float64 $number) (get $factors (trimPrefix $number (toString .)) | default 1.0) -}}
{{- end -}}

{{/*
Seconds from SIGTERM to SIGKILL: the delay and the drain, rounded up, and 15 more for the server
to close the rest, so that it is never killed with messages in its queues.
*/}}
{{- define "pushfanout.gracePeriod" -}}
{{- $delay := include "pushfanout.millis" .Values.shutdownDelay | atoi -}}
{{- $timeout := include "pushfanout.millis" .Values.shutdownTimeout | atoi -}}
{{- add (div (add $delay $timeout 999) 1000) 15 -}}
{{- end -}}

{{/* The operator's rights in each namespace that it watches. */}}
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
{{- if .Values.discovery.endpointSlices }}
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
{{- end }}
{{- end -}}

{{- define "pushfanout.subjects" -}}
- kind: ServiceAccount
  name: {{ include "pushfanout.serviceAccountName" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
{{- end -}}
