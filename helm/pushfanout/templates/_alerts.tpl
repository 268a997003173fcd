{{/* The groups of rules: files/alerts.yaml with prometheusRule.alerts over it, and prometheusRule.extraRules. */}}
{{- define "pushfanout.alertGroups" -}}
{{- $rules := list -}}
{{- range .Files.Get "files/alerts.yaml" | fromYamlArray -}}
{{- $alert := mergeOverwrite (deepCopy .) (get (default dict $.Values.prometheusRule.alerts) .alert | default dict) -}}
{{- if get $alert "enabled" | toString | ne "false" -}}
{{- $rules = append $rules (include "pushfanout.alert" (list $ $alert)) -}}
{{- end -}}
{{- end -}}
{{- with $rules -}}
- name: pushfanout
  rules:
    {{- join "\n" . | nindent 4 }}
{{ end -}}
{{- with .Values.prometheusRule.extraRules -}}
- name: pushfanout-extra
  rules:
    {{- include "pushfanout.yaml" . | nindent 4 }}
{{- end -}}
{{- end -}}

{{/* One rule, of the chart's root and an alert. */}}
{{- define "pushfanout.alert" -}}
{{- $alert := index . 1 -}}
{{- with (index . 0).Values.prometheusRule -}}
{{- $only := default "" .matchers -}}
{{- $expr := $alert.expr | replace "REPLICA" (default (list "instance" "pod") .replicaLabels | join ", ") -}}
{{- $expr = $expr | replace "{ONLY}" (empty $only | ternary "" (printf "{%s}" $only)) -}}
{{- $expr = $expr | replace ",ONLY" (empty $only | ternary "" (printf ",%s" $only)) -}}
{{- $expr = $expr | replace "THRESHOLD" (toString (get $alert "threshold")) -}}
{{- $expr = $expr | replace "AT_LEAST" (toString (get $alert "atLeast")) | replace "LOOKBACK" (toString (get $alert "lookback")) -}}
{{- $own := dict "severity" $alert.severity -}}
{{- $texts := dict "summary" $alert.summary "description" $alert.description -}}
{{- if .runbookUrl -}}
{{- $_ := set $texts "runbook_url" (printf "%s#%s" .runbookUrl (lower $alert.alert)) -}}
{{- end -}}
- alert: {{ $alert.alert }}
  expr: |
    {{- trim $expr | nindent 4 }}
  for: {{ $alert.for | quote }}
  labels:
    {{- include "pushfanout.map" (list .alertLabels $own (get $alert "labels" | default dict)) | nindent 4 }}
  annotations:
    {{- include "pushfanout.map" (list .alertAnnotations $texts (get $alert "annotations" | default dict)) | nindent 4 }}
{{- end -}}
{{- end -}}

{{/* Rules beyond the schema: an alert of that name is there, and has that field. */}}
{{- define "pushfanout.checkAlerts" -}}
{{- $known := dict -}}
{{- range .Files.Get "files/alerts.yaml" | fromYamlArray -}}
{{- $_ := set $known .alert . -}}
{{- end -}}
{{- range $name, $changes := default dict .Values.prometheusRule.alerts -}}
{{- if not (hasKey $known $name) -}}
{{- fail (printf "prometheusRule.alerts.%s: is none of %s" $name (keys $known | sortAlpha | join ", ")) -}}
{{- end -}}
{{- range $field, $_ := $changes -}}
{{- if and (has $field (list "threshold" "atLeast" "lookback")) (not (hasKey (get $known $name) $field)) -}}
{{- fail (printf "prometheusRule.alerts.%s.%s: has no use with this alert" $name $field) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
