{{- define "pushfanout.pod" -}}
serviceAccountName: {{ include "pushfanout.serviceAccountName" . | quote }}
automountServiceAccountToken: true
# A Service named pushfanout-grpc would set PUSHFANOUT_GRPC_PORT, which is an option of ours.
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "pushfanout.gracePeriod" . }}
securityContext:
  {{- include "pushfanout.yaml" .Values.podSecurityContext | nindent 2 }}
{{- with include "pushfanout.imagePullSecrets" . }}
imagePullSecrets:
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- include "pushfanout.yaml" . | nindent 2 }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . | quote }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- include "pushfanout.yaml" . | nindent 2 }}
{{- end }}
{{- include "pushfanout.placement" . }}
{{- with .Values.extraInitContainers }}
initContainers:
  {{- include "pushfanout.yaml" . | nindent 2 }}
{{- end }}
containers:
  - name: pushfanout
    {{- include "pushfanout.container" . | nindent 4 }}
  {{- with .Values.extraContainers }}
  {{- include "pushfanout.yaml" . | nindent 2 }}
  {{- end }}
volumes:
  {{- include "pushfanout.volumes" . | nindent 2 }}
  {{- with .Values.extraVolumes }}
  {{- include "pushfanout.yaml" . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "pushfanout.container" -}}
image: {{ include "pushfanout.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy | quote }}
securityContext:
  {{- include "pushfanout.yaml" .Values.securityContext | nindent 2 }}
# The image's own entry point, with more flags for the JVM.
command:
  - java
  - "@/opt/pushfanout/bin/jvm.options"
  - "-XX:AOTCache=/opt/pushfanout/pushfanout.aot"
  {{- range .Values.jvmOptions }}
  - {{ . | quote }}
  {{- end }}
  - -jar
  - /opt/pushfanout/pushfanout.jar
args:
  {{- include "pushfanout.args" . | nindent 2 }}
  {{- range .Values.extraArgs }}
  - {{ . | quote }}
  {{- end }}
env:
  {{- include "pushfanout.env" . | nindent 2 }}
  {{- with .Values.extraEnv }}
  {{- include "pushfanout.yaml" . | nindent 2 }}
  {{- end }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- include "pushfanout.yaml" . | nindent 2 }}
{{- end }}
ports:
  - name: grpc
    containerPort: 50053
  - name: http
    containerPort: 8080
startupProbe:
  {{- include "pushfanout.probe" (list . "/livez" .Values.startupProbe) | nindent 2 }}
livenessProbe:
  {{- include "pushfanout.probe" (list . "/livez" .Values.livenessProbe) | nindent 2 }}
readinessProbe:
  {{- include "pushfanout.probe" (list . "/readyz" .Values.readinessProbe) | nindent 2 }}
{{- with .Values.lifecycle }}
lifecycle:
  {{- include "pushfanout.yaml" . | nindent 2 }}
{{- end }}
resources:
  {{- include "pushfanout.yaml" .Values.resources | nindent 2 }}
volumeMounts:
  {{- include "pushfanout.volumeMounts" . | nindent 2 }}
  {{- with .Values.extraVolumeMounts }}
  {{- include "pushfanout.yaml" . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "pushfanout.env" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- with .Values.etcd.auth.existingSecret }}
- name: PUSHFANOUT_ETCD_USER
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: username
- name: PUSHFANOUT_ETCD_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: password
{{- end }}
{{- end -}}

{{/* A probe of the HTTP port, from the root, a path and timings. */}}
{{- define "pushfanout.probe" -}}
httpGet:
  path: {{ index . 1 }}
  port: http
  {{- if (first .).Values.tls.http }}
  scheme: HTTPS
  {{- end }}
{{- with last . }}
{{ include "pushfanout.yaml" . }}
{{- end }}
{{- end -}}
