{{- define "pushfanout.pod" -}}
serviceAccountName: {{ include "pushfanout.serviceAccountName" . }}
automountServiceAccountToken: true
# A Service named pushfanout-grpc would set PUSHFANOUT_GRPC_PORT, which is an option of ours.
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "pushfanout.gracePeriod" . }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- include "pushfanout.placement" . }}
containers:
  - name: pushfanout
    image: {{ include "pushfanout.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    securityContext:
      {{- toYaml .Values.securityContext | nindent 6 }}
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
      {{- include "pushfanout.args" . | nindent 6 }}
    env:
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
            name: {{ . }}
            key: username
      - name: PUSHFANOUT_ETCD_PASSWORD
        valueFrom:
          secretKeyRef:
            name: {{ . }}
            key: password
      {{- end }}
    ports:
      - name: grpc
        containerPort: 50053
      - name: http
        containerPort: 8080
    # The JVM has a minute to bind its ports; afterwards only a process that hangs is restarted.
    startupProbe:
      httpGet:
        path: /livez
        port: http
        {{- if .Values.tls.http }}
        scheme: HTTPS
        {{- end }}
      periodSeconds: 2
      failureThreshold: 30
    livenessProbe:
      httpGet:
        path: /livez
        port: http
        {{- if .Values.tls.http }}
        scheme: HTTPS
        {{- end }}
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    readinessProbe:
      httpGet:
        path: /readyz
        port: http
        {{- if .Values.tls.http }}
        scheme: HTTPS
        {{- end }}
      periodSeconds: 5
      timeoutSeconds: 5
      failureThreshold: 2
    resources:
      {{- toYaml .Values.resources | nindent 6 }}
    volumeMounts:
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
      # Folders, not single files: those would stay as they are when the Secret is renewed.
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
        mountPath: /etc/pushfanout/tls-profiles/{{ $name }}
        readOnly: true
      {{- end }}
volumes:
  # For Netty's native library; the rest of the file system is read-only.
  - name: tmp
    emptyDir:
      sizeLimit: 64Mi
  {{- with .Values.stateDir }}
  {{- if .enabled }}
  - name: state
    {{- if .existingClaim }}
    persistentVolumeClaim:
      claimName: {{ .existingClaim }}
    {{- else }}
    emptyDir:
      sizeLimit: {{ .sizeLimit }}
    {{- end }}
  {{- end }}
  {{- end }}
  {{- if eq .Values.auth.mode "tokens" }}
  - name: auth-tokens
    secret:
      secretName: {{ .Values.auth.tokens.existingSecret }}
      defaultMode: {{ include "pushfanout.secretMode" . }}
      items:
        - key: tokens
          path: tokens
  {{- end }}
  {{- with .Values.tls.existingSecret }}
  - name: tls
    secret:
      secretName: {{ . }}
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
      secretName: {{ . }}
      items:
        - key: ca.crt
          path: ca.crt
  {{- end }}
  {{- with .Values.tls.clientCrlSecret }}
  - name: client-crl
    secret:
      secretName: {{ . }}
      items:
        - key: ca.crl
          path: ca.crl
  {{- end }}
  {{- with .Values.etcd.tls }}
  {{- if .existingSecret }}
  - name: etcd-tls
    secret:
      secretName: {{ .existingSecret }}
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
  # Whole, since any of the keys may be missing; by number, since a name may be as long as a volume's.
  {{- range $index, $name := keys .Values.tlsProfiles | sortAlpha }}
  - name: tls-profile-{{ $index }}
    secret:
      secretName: {{ (get $.Values.tlsProfiles $name).existingSecret }}
      defaultMode: {{ include "pushfanout.secretMode" $ }}
  {{- end }}
{{- end -}}

{{/* 0440: private keys and hashes of tokens are for the pod's own group, which fsGroup is, alone. */}}
{{- define "pushfanout.secretMode" -}}
288
{{- end -}}

{{/* Options of serve, each of which has a default in values.yaml; secrets are not among them. */}}
{{- define "pushfanout.args" -}}
- serve
- --kubernetes
{{- with .Values.watchNamespaces }}
- --namespace={{ join "," . }}
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
- --lease-name={{ include "pushfanout.fullname" . }}
- {{ printf "--bind=%s" .Values.bind | quote }}
{{- with .Values.auth }}
- --auth={{ .mode }}{{ if eq .mode "tokens" }},/etc/pushfanout/auth/tokens{{ end }}
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
- --etcd-authority={{ . }}
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
- --tls-profile={{ . }}=/etc/pushfanout/tls-profiles/{{ . }}
{{- end }}
{{- with .Values.defaultTarget }}
- --default-target={{ . }}
{{- end }}
- --max-message-size={{ .Values.maxMessageSize }}
- --max-connection-age={{ .Values.maxConnectionAge }}
- --max-connections={{ int64 .Values.limits.connections }}
- --max-calls={{ int64 .Values.limits.calls }}
- --max-caller-rate={{ int64 .Values.limits.callerRate }}
{{- with .Values.memoryBudget }}
- --memory-budget={{ . }}
{{- end }}
- --shutdown-delay={{ .Values.shutdownDelay }}
- --shutdown-timeout={{ .Values.shutdownTimeout }}
- --log-level={{ .Values.logLevel }}
- --log-format={{ .Values.logFormat }}
{{- with .Values.auditLog }}
- --audit-log={{ . }}
{{- end }}
{{- end -}}

{{/* Where the pods may run. */}}
{{- define "pushfanout.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $affinity := deepCopy .Values.affinity }}
{{- with .Values.podAntiAffinity }}
{{- $apart := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "pushfanout.selectorLabels" $ | fromYaml)) }}
{{- if eq . "required" }}
{{- $_ := set $affinity "podAntiAffinity" (dict "requiredDuringSchedulingIgnoredDuringExecution" (list $apart)) }}
{{- else }}
{{- $_ := set $affinity "podAntiAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list (dict "weight" 100 "podAffinityTerm" $apart))) }}
{{- end }}
{{- end }}
{{- with $affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpread }}
{{- if .enabled }}
topologySpreadConstraints:
  {{- $whenUnsatisfiable := .whenUnsatisfiable }}
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ $whenUnsatisfiable }}
    # Of one version at a time, so that a rolling update ends as evenly as it began.
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "pushfanout.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}
