{{/*
Sets the default of each value that is missing: Helm drops a null together with its default, and an
upgrade with --reuse-values has only the values of the older chart. A missing replicaCount stays
missing, because another party owns the number. Each template begins with it, since the order in
which Helm renders templates is not defined.
*/}}
{{- define "pushfanout.defaults" -}}
{{- include "pushfanout.withoutNulls" (omit .Values "global" "defaultFanout" "extraObjects") -}}
{{- $defaults := omit (.Files.Get "files/values.yaml" | fromYaml) "replicaCount" -}}
{{- include "pushfanout.fill" (list .Values $defaults) -}}
{{- end -}}

{{/* Removes null values from maps: Helm leaves a null where the chart has no default. */}}
{{- define "pushfanout.withoutNulls" -}}
{{- $map := . -}}
{{- range $key, $value := . -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $map $key -}}
{{- else if kindIs "map" $value -}}
{{- include "pushfanout.withoutNulls" $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Maps of Kubernetes' own fields are taken as they are: a null in them removes one. */}}
{{- define "pushfanout.fill" -}}
{{- $values := first . -}}
{{- $whole := list "resources" "podSecurityContext" "securityContext" "startupProbe" "livenessProbe" "readinessProbe" "labels" -}}
{{- range $key, $default := last . -}}
{{- $value := index $values $key -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := set $values $key $default -}}
{{- else if and (kindIs "map" $default) (kindIs "map" $value) (not (has $key $whole)) -}}
{{- include "pushfanout.fill" (list $value $default) -}}
{{- end -}}
{{- end -}}
{{- end -}}
