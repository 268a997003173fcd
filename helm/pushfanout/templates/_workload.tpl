{{/*
The number of replicas; empty where another party owns it and the Deployment does not exist yet. Where it
exists, its number is repeated: without the field the API server would set the default, 1.
*/}}
{{- define "pushfanout.replicas" -}}
{{- if include "pushfanout.ownsReplicas" . -}}
{{- int64 .Values.replicaCount -}}
{{- else -}}
{{- $live := lookup "apps/v1" "Deployment" .Release.Namespace (include "pushfanout.fullname" .) -}}
{{- $number := dig "spec" "replicas" "" $live -}}
{{- if not (kindIs "string" $number) -}}
{{- int64 $number -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whether the chart is the one that sets the number of replicas. */}}
{{- define "pushfanout.ownsReplicas" -}}
{{- $other := or (kindIs "invalid" .Values.replicaCount) (eq (toString .Values.replicaCount) "") -}}
{{- if not (or $other .Values.autoscaling.enabled) -}}
true
{{- end -}}
{{- end -}}

{{/* The minimum number of replicas; empty where it is unknown. */}}
{{- define "pushfanout.fewestReplicas" -}}
{{- if .Values.autoscaling.enabled -}}
{{- int64 .Values.autoscaling.minReplicas -}}
{{- else if include "pushfanout.ownsReplicas" . -}}
{{- int64 .Values.replicaCount -}}
{{- end -}}
{{- end -}}

{{/*
The strategy of an update. By default a replica goes only when another one is ready. That would
never happen if two pods cannot run side by side: on one claim that may be ReadWriteOnce, or with a
required anti-affinity in a Kubernetes without terms of one version.
*/}}
{{- define "pushfanout.strategy" -}}
{{- $type := .Values.strategy.type | default "RollingUpdate" -}}
type: {{ $type | quote }}
{{- if eq $type "RollingUpdate" }}
{{- $fewest := include "pushfanout.fewestReplicas" . | default "1" | int }}
{{- $oneClaim := and .Values.stateDir.enabled .Values.stateDir.existingClaim (lt $fewest 2) }}
{{- $oneNode := and (eq .Values.podAntiAffinity "required") (not (include "pushfanout.hasMatchLabelKeys" .)) }}
{{- $bounds := or $oneClaim $oneNode | ternary (dict "maxSurge" 0 "maxUnavailable" 1) (dict "maxSurge" 1 "maxUnavailable" 0) }}
{{- with .Values.strategy.rollingUpdate }}
{{- if has (toString .maxSurge) (list "0" "0%") }}
{{- $_ := set $bounds "maxUnavailable" 1 }}
{{- end }}
{{- if has (toString .maxUnavailable) (list "0" "0%") }}
{{- $_ := set $bounds "maxSurge" 1 }}
{{- end }}
{{- range $key, $value := . }}
{{- $_ := set $bounds $key $value }}
{{- end }}
{{- end }}
rollingUpdate:
  {{- include "pushfanout.yaml" $bounds | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Whether terms of affinity between pods can be of one version: since Kubernetes 1.31. */}}
{{- define "pushfanout.hasMatchLabelKeys" -}}
{{- if semverCompare ">=1.31-0" .Capabilities.KubeVersion.Version -}}
true
{{- end -}}
{{- end -}}

{{/* The placement of the pods. */}}
{{- define "pushfanout.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- include "pushfanout.yaml" . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- include "pushfanout.yaml" . | nindent 2 }}
{{- end }}
{{- with include "pushfanout.affinity" . | fromJson }}
affinity:
  {{- include "pushfanout.yaml" . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpread }}
{{- if .enabled }}
topologySpreadConstraints:
  {{- $whenUnsatisfiable := .whenUnsatisfiable }}
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ $whenUnsatisfiable | quote }}
    # The term counts pods of one version, so that a rolling update ends as evenly as it began.
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "pushfanout.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The affinity of the values, with the term of podAntiAffinity beside its own ones. */}}
{{- define "pushfanout.affinity" -}}
{{- $affinity := deepCopy .Values.affinity -}}
{{- with .Values.podAntiAffinity -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "pushfanout.selectorLabels" $ | fromYaml)) -}}
{{- if include "pushfanout.hasMatchLabelKeys" $ -}}
{{- $_ := set $term "matchLabelKeys" (list "pod-template-hash") -}}
{{- end -}}
{{- $kind := "requiredDuringSchedulingIgnoredDuringExecution" -}}
{{- if eq . "preferred" -}}
{{- $kind = "preferredDuringSchedulingIgnoredDuringExecution" -}}
{{- $term = dict "weight" 100 "podAffinityTerm" $term -}}
{{- end -}}
{{- $apart := get $affinity "podAntiAffinity" | default dict -}}
{{- $_ := set $apart $kind (append (get $apart $kind | default list) $term) -}}
{{- $_ := set $affinity "podAntiAffinity" $apart -}}
{{- end -}}
{{- toJson $affinity -}}
{{- end -}}
