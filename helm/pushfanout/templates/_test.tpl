{{/* Whether a pod of `helm test` can reach the HTTP port. */}}
{{- define "pushfanout.hasTest" -}}
{{- if and .Values.helmTest.enabled .Values.service.exposeHttp -}}
true
{{- end -}}
{{- end -}}

{{/* Labels that no Service selects. */}}
{{- define "pushfanout.testLabels" -}}
app.kubernetes.io/name: {{ include "pushfanout.cut" (list (include "pushfanout.name" .) 58) | printf "%s-test" | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}
