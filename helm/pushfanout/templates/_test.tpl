{{/* Whether a pod of `helm test` has a way to the HTTP port. */}}
{{- define "pushfanout.hasTest" -}}
{{- if and .Values.helmTest.enabled .Values.service.exposeHttp -}}
true
{{- end -}}
{{- end -}}

{{/* Others than those that the Services select by. */}}
{{- define "pushfanout.testLabels" -}}
app.kubernetes.io/name: {{ include "pushfanout.cut" (list (include "pushfanout.name" .) 58) | printf "%s-test" | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}
