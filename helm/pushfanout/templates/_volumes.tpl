{{/* The volumes of the values, and their mounts in the container. */}}
{{- define "pushfanout.volumes" -}}
# The folder for Netty's native library; the rest of the file system is read-only.
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- with .Values.stateDir }}
{{- if .enabled }}
- name: state
  {{- if .existingClaim }}
  persistentVolumeClaim:
    claimName: {{ .existingClaim | quote }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ .sizeLimit | quote }}
  {{- end }}
{{- end }}
{{- end }}
{{- if eq .Values.auth.mode "tokens" }}
- name: auth-tokens
  secret:
    secretName: {{ .Values.auth.tokens.existingSecret | quote }}
    defaultMode: {{ include "pushfanout.secretMode" . }}
    items:
      - key: tokens
        path: tokens
{{- end }}
{{- with .Values.tls.existingSecret }}
- name: tls
  secret:
    secretName: {{ . | quote }}
    defaultMode: {{ include "pushfanout.secretMode" $ }}
    items:
      - key: tls.crt
        path: tls.crt
      - key: tls.key
        path: tls.key
{{- end }}
{{- with .Values.tls.clientCaSecret }}
- name: client-ca
  secret:
    secretName: {{ . | quote }}
    items:
      - key: ca.crt
        path: ca.crt
{{- end }}
{{- with .Values.tls.clientCrlSecret }}
- name: client-crl
  secret:
    secretName: {{ . | quote }}
    items:
      - key: ca.crl
        path: ca.crl
{{- end }}
{{- with .Values.etcd.tls }}
{{- if .existingSecret }}
- name: etcd-tls
  secret:
    secretName: {{ .existingSecret | quote }}
    defaultMode: {{ include "pushfanout.secretMode" $ }}
    items:
      - key: ca.crt
        path: ca.crt
      {{- if .clientCertificate }}
      - key: tls.crt
        path: tls.crt
      - key: tls.key
        path: tls.key
      {{- end }}
{{- end }}
{{- end }}
# The whole Secret, since any of the keys may be missing; its volume has a number, since a name may be too long.
{{- range $index, $name := keys .Values.tlsProfiles | sortAlpha }}
- name: tls-profile-{{ $index }}
  secret:
    secretName: {{ (get $.Values.tlsProfiles $name).existingSecret | quote }}
    defaultMode: {{ include "pushfanout.secretMode" $ }}
{{- end }}
{{- end -}}

{{- define "pushfanout.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .Values.stateDir.enabled }}
- name: state
  mountPath: /var/lib/pushfanout
{{- end }}
{{- if eq .Values.auth.mode "tokens" }}
- name: auth-tokens
  mountPath: /etc/pushfanout/auth
  readOnly: true
{{- end }}
{{- if .Values.tls.existingSecret }}
# Folders, not single files: mounted single files never change when the Secret is renewed.
- name: tls
  mountPath: /etc/pushfanout/tls
  readOnly: true
{{- end }}
{{- if .Values.tls.clientCaSecret }}
- name: client-ca
  mountPath: /etc/pushfanout/client-ca
  readOnly: true
{{- end }}
{{- if .Values.tls.clientCrlSecret }}
- name: client-crl
  mountPath: /etc/pushfanout/client-crl
  readOnly: true
{{- end }}
{{- if .Values.etcd.tls.existingSecret }}
- name: etcd-tls
  mountPath: /etc/pushfanout/etcd
  readOnly: true
{{- end }}
{{- range $index, $name := keys .Values.tlsProfiles | sortAlpha }}
- name: tls-profile-{{ $index }}
  mountPath: {{ printf "/etc/pushfanout/tls-profiles/%s" $name | quote }}
  readOnly: true
{{- end }}
{{- end -}}

{{/* 0440: private keys and hashes of tokens are for the pod's own group, which fsGroup is, alone. */}}
{{- define "pushfanout.secretMode" -}}
288
{{- end -}}
