{{/* Rules across values and those of Kubernetes, which the schema cannot have. */}}
{{- define "pushfanout.check" -}}
{{- include "pushfanout.checkNames" . -}}
{{- include "pushfanout.checkServer" . -}}
{{- include "pushfanout.checkWorkload" . -}}
{{- include "pushfanout.checkService" . -}}
{{- include "pushfanout.checkExtras" . -}}
{{- end -}}

{{- define "pushfanout.checkNames" -}}
{{- if contains "." (include "pushfanout.fullname" .) -}}
{{- fail (printf "the release's name %s: a Service's name has no dot; set fullnameOverride, or another name" .Release.Name) -}}
{{- end -}}
{{- $namespaces := .Values.watchNamespaces -}}
{{- if and .Values.defaultFanout.create $namespaces (not (has .Release.Namespace $namespaces)) -}}
{{- fail (printf "defaultFanout.create: no server would serve it: watchNamespaces has no %s" .Release.Namespace) -}}
{{- end -}}
{{- end -}}

{{- define "pushfanout.checkServer" -}}
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
{{- end -}}

{{- define "pushfanout.checkWorkload" -}}
{{- with .Values.strategy -}}
{{- if and (eq (default "" .type) "Recreate") .rollingUpdate -}}
{{- fail "strategy.rollingUpdate: has no use with strategy.type Recreate" -}}
{{- end -}}
{{- with .rollingUpdate -}}
{{- if and (has (toString .maxSurge) (list "0" "0%")) (has (toString .maxUnavailable) (list "0" "0%")) -}}
{{- fail "strategy.rollingUpdate: maxSurge and maxUnavailable must not both be 0" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if not (dig "limits" "memory" "" .Values.resources) -}}
{{- if not (regexMatch "(^|\n)-(Xmx|XX:MaxHeapSize=|XX:MaxRAM=)" (join "\n" .Values.jvmOptions)) -}}
{{- fail "resources.limits.memory: is needed, since the heap is a part of it; or set -Xmx in jvmOptions" -}}
{{- end -}}
{{- end -}}
{{- range $resource, $limit := .Values.resources.limits -}}
{{- $request := dig "requests" $resource "" $.Values.resources -}}
{{- if gt (include "pushfanout.quantity" $request | float64) (include "pushfanout.quantity" $limit | float64) -}}
{{- fail (printf "resources.requests.%s: must be at most resources.limits.%s, is %v of %v" $resource $resource $request $limit) -}}
{{- end -}}
{{- end -}}
{{- if .Values.readinessProbe.terminationGracePeriodSeconds -}}
{{- fail "readinessProbe.terminationGracePeriodSeconds: Kubernetes has it for the other probes alone" -}}
{{- end -}}
{{- if and (eq .Values.dnsPolicy "None") (not .Values.dnsConfig.nameservers) -}}
{{- fail "dnsConfig.nameservers: is needed with dnsPolicy None" -}}
{{- end -}}
{{- with .Values.autoscaling -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas: must be at most maxReplicas, is %v of %v" .minReplicas .maxReplicas) -}}
{{- end -}}
{{- end -}}
{{- $fewest := include "pushfanout.fewestReplicas" . -}}
{{- with .Values.podDisruptionBudget -}}
{{- if and .enabled .minAvailable (gt (int $fewest) 0) -}}
{{- $least := int .minAvailable -}}
{{- if kindIs "string" .minAvailable -}}
{{- $least = div (add (mul (trimSuffix "%" .minAvailable | int) $fewest) 99) 100 -}}
{{- end -}}
{{- if ge (int $least) (int $fewest) -}}
{{- fail (printf "podDisruptionBudget.minAvailable: must be less than the replicas, or no pod can be moved, is %v of %s" .minAvailable $fewest) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with .Values.serviceMonitor -}}
{{- $interval := include "pushfanout.millis" .interval | atoi -}}
{{- $timeout := include "pushfanout.millis" .scrapeTimeout | atoi -}}
{{- if or (eq $timeout 0) (gt $timeout $interval) -}}
{{- fail (printf "serviceMonitor.scrapeTimeout: must be above 0s and at most serviceMonitor.interval, is %s of %s" .scrapeTimeout .interval) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "pushfanout.checkService" -}}
{{- with .Values.service -}}
{{- if and .exposeHttp (eq (int .grpcPort) (int .httpPort)) -}}
{{- fail (printf "service.httpPort: must differ from service.grpcPort, is %d" (int .httpPort)) -}}
{{- end -}}
{{- if and (or .grpcNodePort .httpNodePort) (eq .type "ClusterIP") -}}
{{- fail "service.grpcNodePort, service.httpNodePort: need service.type LoadBalancer or NodePort" -}}
{{- end -}}
{{- if and .externalTrafficPolicy (eq .type "ClusterIP") -}}
{{- fail "service.externalTrafficPolicy: needs service.type LoadBalancer or NodePort" -}}
{{- end -}}
{{- if and .loadBalancerClass (ne .type "LoadBalancer") -}}
{{- fail "service.loadBalancerClass: needs service.type LoadBalancer" -}}
{{- end -}}
{{- if and .loadBalancerSourceRanges (ne .type "LoadBalancer") -}}
{{- fail "service.loadBalancerSourceRanges: needs service.type LoadBalancer" -}}
{{- end -}}
{{- if and (gt (len .ipFamilies) 1) (not (has .ipFamilyPolicy (list "PreferDualStack" "RequireDualStack"))) -}}
{{- fail "service.ipFamilies: two need service.ipFamilyPolicy PreferDualStack or RequireDualStack" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Additions to the pod must not repeat a name of the pod: the API server would refuse them. */}}
{{- define "pushfanout.checkExtras" -}}
{{- with .Values -}}
{{- include "pushfanout.checkNew" (list "extraEnv" "name" (include "pushfanout.env" $ | fromYamlArray) .extraEnv) -}}
{{- include "pushfanout.checkNew" (list "extraVolumes" "name" (include "pushfanout.volumes" $ | fromYamlArray) .extraVolumes) -}}
{{- include "pushfanout.checkNew" (list "extraVolumeMounts" "mountPath" (include "pushfanout.volumeMounts" $ | fromYamlArray) .extraVolumeMounts) -}}
{{- $volumes := list -}}
{{- range concat (include "pushfanout.volumes" $ | fromYamlArray) .extraVolumes -}}
{{- $volumes = append $volumes .name -}}
{{- end -}}
{{- range .extraVolumeMounts -}}
{{- if not (has .name $volumes) -}}
{{- fail (printf "extraVolumeMounts: there is no volume %s" .name) -}}
{{- end -}}
{{- end -}}
{{- $own := list (dict "name" "pushfanout") -}}
{{- include "pushfanout.checkNew" (list "extraContainers" "name" $own .extraContainers) -}}
{{- include "pushfanout.checkNew" (list "extraInitContainers" "name" (concat $own .extraContainers) .extraInitContainers) -}}
{{- $options := list -}}
{{- range include "pushfanout.args" $ | fromYamlArray -}}
{{- $options = append $options (first (splitList "=" .)) -}}
{{- end -}}
{{- range .extraArgs -}}
{{- $option := first (splitList "=" .) -}}
{{- if has $option $options -}}
{{- fail (printf "extraArgs: %s is there already, from another value" $option) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Refuses repeated entries, from a value's name, the unique key, the pod's entries, and those of the value. */}}
{{- define "pushfanout.checkNew" -}}
{{- $value := index . 0 -}}
{{- $key := index . 1 -}}
{{- $there := list -}}
{{- range index . 2 -}}
{{- $there = append $there (get . $key) -}}
{{- end -}}
{{- range index . 3 -}}
{{- $new := get . $key -}}
{{- if has $new $there -}}
{{- fail (printf "%s: %s is there already" $value $new) -}}
{{- end -}}
{{- $there = append $there $new -}}
{{- end -}}
{{- end -}}
